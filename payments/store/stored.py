"""The records as they are stored: one frozen value per row, changed with ``dataclasses.replace``.

Fields are named and ordered as the columns of ``tables``; the merchant is the work's, not the
row's. Instants are milliseconds (see ``instants``), amounts minor units of the row's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from payments.contract.lifecycles import (
    AttemptState,
    CaseState,
    Decider,
    Disposition,
    Fulfilment,
    HoldState,
    OrderState,
    RefundState,
    Review,
    Settlement,
)
from payments.contract.wire.records import (
    ChannelName,
    Event,
    Evidence,
    Method,
    OrderLine,
    ProductKind,
    RefundEffects,
    Risk,
    Routing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProduct:
    """A product of the catalogue."""

    id: str
    kind: ProductKind
    title: str
    title_en: str = ""
    currency: str
    price: int
    instructor_id: str
    instructor: str
    commission_rate: str
    tax_rate: str
    refund_days: int
    period_days: int = 0
    expert: str = ""
    on_sale: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPayer:
    """Who pays, in full; leaves the services masked, or unmasked with an audit line."""

    id: str
    name: str
    phone: str = ""
    email: str = ""
    first_seen_ms: int
    at_risk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOrder:
    """An order with the terms locked when it was placed. ``payer`` and ``payer_phone`` are masked.

    ``at_risk`` makes it visible to risk review and never goes back. ``attempt_count`` numbers the
    attempts: the next one is ``<id>_<attempt_count + 1>``.
    """

    id: str
    placed_ms: int
    kind: ProductKind
    product_id: str
    title: str
    quantity: int = 1
    instructor_id: str
    instructor: str
    payer_id: str
    payer: str
    payer_phone: str = ""
    currency: str
    price: int
    discount: int = 0
    discount_rate: str = "0"
    tax: int = 0
    tax_rate: str = "0"
    amount: int
    commission_rate: str
    instructor_share: int = 0
    refund_days: int = 0
    state: OrderState
    fulfilment: Fulfilment = Fulfilment.UNFULFILLED
    review: Review = Review.NONE
    settlement: Settlement = Settlement.UNSETTLED
    channel: ChannelName | None = None
    method: Method | None = None
    attempt_count: int = 0
    paid: int = 0
    refunded: int = 0
    refunding: int = 0
    fee: int = 0
    paid_ms: int | None = None
    expires_ms: int | None = None
    refundable_until_ms: int | None = None
    device_id: str = ""
    address: str = ""
    country: str = ""
    at_risk: bool = False
    routing: Routing | None = None
    risk: Risk | None = None
    lines: tuple[OrderLine, ...] = ()
    events: tuple[Event, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttempt:
    """One payment attempt; its id is its number at the channel. ``asked`` counts the askings."""

    id: str
    order_id: str
    channel: ChannelName
    method: Method
    state: AttemptState
    currency: str
    amount: int
    started_ms: int
    ended_ms: int | None = None
    expires_ms: int
    failure: str = ""
    channel_ref: str = ""
    took: dict[str, int] = field(default_factory=dict)
    instruction_kind: str = ""
    instruction: str = ""
    asked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRefund:
    """A refund; its id is its number at the channel. ``at_risk`` follows its order."""

    id: str
    order_id: str
    attempt_id: str = ""
    requested_ms: int
    currency: str
    amount: int
    state: RefundState
    reason: str
    note: str = ""
    title: str = ""
    kind: ProductKind | None = None
    product_id: str = ""
    instructor_id: str = ""
    payer_id: str = ""
    payer: str = ""
    channel: ChannelName | None = None
    requested_by: str = ""
    requested_by_id: str = ""
    decided_by: str = ""
    decided_by_id: str = ""
    decided_ms: int | None = None
    submitted_ms: int | None = None
    finished_ms: int | None = None
    needs_second_person: bool = False
    automatic: bool = False
    at_risk: bool = False
    failure: str = ""
    channel_ref: str = ""
    asked: int = 0
    effects: RefundEffects | None = None
    lines: tuple[OrderLine, ...] = ()
    events: tuple[Event, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """A risk case over one order. ``expected_loss`` is minor units of ``currency``."""

    id: str
    order_id: str
    opened_ms: int
    state: CaseState
    currency: str
    amount: int
    expected_loss: int
    risk: Risk
    title: str
    quantity: int = 1
    payer_id: str
    payer: str
    channel: ChannelName | None = None
    review_by_ms: int
    assignee_id: str = ""
    assignee: str = ""
    disposition: Disposition | None = None
    decided_by: Decider | None = None
    decider_id: str = ""
    decider: str = ""
    decided_ms: int | None = None
    reason: str = ""
    note: str = ""
    evidence: Evidence = field(default_factory=Evidence)
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHold:
    """Why something is kept back. ``subject_kind`` and ``subject`` name it ("order", its id)."""

    id: str
    subject_kind: str
    subject: str
    state: HoldState
    reason: str
    owner: str
    next_action: str
    review_by_ms: int
