"""The records of the change feed: what a console may know of orders, refunds, cases, products.

Amounts are integers in minor units of the record's ``currency``. Personal data is masked here; a
full identity is asked for one field at a time (``Identity``) and the asking is audited. ``inner``
parts are present only for roles in ``roles.SEES_INNER``. ``version`` is the number of the record's
last change in the feed; it is also its ETag.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from payments.contract.lifecycles import (
    AttemptState,
    CaseState,
    Decider,
    Disposition,
    Fulfilment,
    OrderState,
    RefundState,
    Review,
    Settlement,
)
from payments.contract.wire.fields import Instant


class ProductKind(StrEnum):
    """The five kinds of product."""

    COURSE = "course"
    CONSULTATION = "consultation"
    PAID_READING = "paid_reading"
    MEMBERSHIP = "membership"
    TOP_UP = "top_up"


class ChannelName(StrEnum):
    """The payment channels; ``external`` is history brought in from another system."""

    ALIPAY = "alipay"
    WECHAT_PAY = "wechat_pay"
    UNIONPAY = "unionpay"
    CARDS = "cards"
    BANK_TRANSFER = "bank_transfer"
    BALANCE = "balance"
    EXTERNAL = "external"


class Method(StrEnum):
    """How a payer pays within a channel."""

    ALIPAY_QR = "alipay.qr"
    ALIPAY_PAGE = "alipay.page"
    WECHAT_PAY_NATIVE = "wechat_pay.native"
    BALANCE = "balance"
    EXTERNAL = "external"


class Happening(StrEnum):
    """What a line of a timeline says; the console has a sentence for each, ``data`` fills it."""

    PLACED = "placed"
    IMPORTED = "imported"
    ATTEMPT_STARTED = "attempt_started"
    ATTEMPT_SHOWN = "attempt_shown"
    ATTEMPT_UNKNOWN = "attempt_unknown"
    ATTEMPT_FAILED = "attempt_failed"
    ATTEMPT_ENDED = "attempt_ended"
    ATTEMPT_CONFLICTED = "attempt_conflicted"
    PAID = "paid"
    LATE_SUCCESS = "late_success"
    DUPLICATE_SUCCESS = "duplicate_success"
    RISK_SCORED = "risk_scored"
    HELD = "held"
    RELEASED = "released"
    DECLINED = "declined"
    GRANTED = "granted"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    REFUND_REQUESTED = "refund_requested"
    REFUND_WAITS = "refund_waits"
    REFUND_APPROVED = "refund_approved"
    REFUND_REJECTED = "refund_rejected"
    REFUND_CANCELLED = "refund_cancelled"
    REFUND_SUBMITTED = "refund_submitted"
    REFUND_PROCESSING = "refund_processing"
    REFUND_REQUIRES_ACTION = "refund_requires_action"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    REFUND_RETRIED = "refund_retried"
    CASE_OPENED = "case_opened"
    CASE_CLAIMED = "case_claimed"
    CASE_ESCALATED = "case_escalated"
    CASE_DECIDED = "case_decided"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    NOTED = "noted"


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a timeline: when, what, who (a person's name or empty), and its details."""

    at: Instant
    what: Happening
    by: str = ""
    data: dict[str, str | int] = {}


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One payment attempt of an order. ``took_ms`` holds measured phases in milliseconds."""

    id: str
    channel: ChannelName
    method: Method
    state: AttemptState
    amount: int
    started_at: Instant
    ended_at: Instant | None = None
    failure: str = ""
    channel_ref: str = ""
    took_ms: dict[str, int] = {}


class OrderLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of an order.

    ``unit_price`` is exact text in major units (imports have 3 decimals); ``amount`` is the line's
    share of the order amount in minor units: the shares add up to it.
    """

    product_id: str
    title: str
    quantity: int
    unit_price: str
    amount: int


class Hold(msgspec.Struct, frozen=True):
    """Why something is kept back, whose turn it is, what happens next and until when."""

    reason: str
    owner: str
    next_action: str
    review_by: Instant


class Candidate(msgspec.Struct, frozen=True):
    """One channel as routing saw it. Rates are exact decimal text (``"0.9621"``, ``"0.0060"``).

    ``objective`` is success rate ÷ fee rate, ``"infinite"`` for a zero fee; ``excluded`` says why
    a channel was no candidate (a code), empty when it was one.
    """

    method: Method
    success_rate: str
    attempts: int
    fee_rate: str
    objective: str
    excluded: str = ""


class Routing(msgspec.Struct, frozen=True):
    """Why a channel was chosen: the code of the reason, the window and every candidate."""

    chosen: Method
    reason: str
    window_days: int
    candidates: tuple[Candidate, ...]


class RiskPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """One named part of the coefficient. ``part`` is exact decimal text; ``data`` fills its words."""

    reason: str
    part: str
    data: dict[str, str | int] = {}


class Risk(msgspec.Struct, frozen=True):
    """A risk assessment: score = base amount × coefficient, all exact decimal text, major CNY."""

    score: str
    coefficient: str
    base_amount: str
    threshold: str
    parts: tuple[RiskPart, ...]


class OrderInner(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of an order for those who handle money and risk."""

    fee: int = 0
    routing: Routing | None = None
    risk: Risk | None = None


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order. ``price − discount + tax = amount``; ``refunding`` is reserved, not yet returned."""

    id: str
    version: int
    placed_at: Instant
    kind: ProductKind
    product_id: str
    title: str
    quantity: int
    instructor_id: str
    instructor: str
    payer_id: str
    payer: str
    currency: str
    price: int
    amount: int
    state: OrderState
    channel: ChannelName | None = None
    method: Method | None = None
    discount: int = 0
    discount_rate: str = "0"
    tax: int = 0
    tax_rate: str = "0"
    instructor_share: int = 0
    paid: int = 0
    refunded: int = 0
    refunding: int = 0
    fulfilment: Fulfilment = Fulfilment.UNFULFILLED
    review: Review = Review.NONE
    settlement: Settlement = Settlement.UNSETTLED
    payer_phone: str = ""
    paid_at: Instant | None = None
    expires_at: Instant | None = None
    refundable_until: Instant | None = None
    source: str = ""
    hold: Hold | None = None
    attempts: tuple[Attempt, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    events: tuple[Event, ...] = ()
    inner: OrderInner | None = None


class RefundEffects(msgspec.Struct, frozen=True):
    """Who carries a refund, in minor units: the parts of its amount, and the fee coming back."""

    instructor: int
    platform: int
    tax: int
    fee_returned: int


class Refund(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refund; ``order_id`` is empty for one brought in without a link to its order."""

    id: str
    version: int
    requested_at: Instant
    currency: str
    amount: int
    state: RefundState
    reason: str
    order_id: str = ""
    attempt_id: str = ""
    title: str = ""
    kind: ProductKind | None = None
    product_id: str = ""
    instructor_id: str = ""
    payer_id: str = ""
    payer: str = ""
    channel: ChannelName | None = None
    note: str = ""
    requested_by: str = ""
    requested_by_id: str = ""
    decided_by: str = ""
    decided_at: Instant | None = None
    finished_at: Instant | None = None
    needs_second_person: bool = False
    automatic: bool = False
    failure: str = ""
    source: str = ""
    effects: RefundEffects | None = None
    lines: tuple[OrderLine, ...] = ()
    events: tuple[Event, ...] = ()


class Related(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order shown as evidence: ``link`` says what ties it to the case (payer, device …)."""

    order_id: str
    at: Instant
    title: str
    currency: str
    amount: int
    status: str
    link: str = "payer"
    link_value: str = ""


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reviewer sees besides the score, gathered when the case was opened."""

    payer_since: Instant | None = None
    payer_orders: int = 0
    payer_paid: int = 0
    history: tuple[Related, ...] = ()
    linked: tuple[Related, ...] = ()
    similar_cases: int = 0
    similar_fraud: int = 0


class RiskCase(msgspec.Struct, frozen=True, omit_defaults=True):
    """A risk case over one order. ``at_risk`` is the expected loss in minor units of ``currency``."""

    id: str
    version: int
    order_id: str
    opened_at: Instant
    state: CaseState
    currency: str
    amount: int
    risk: Risk
    title: str
    payer_id: str
    payer: str
    review_by: Instant
    at_risk: int
    quantity: int = 1
    channel: ChannelName | None = None
    assignee_id: str = ""
    assignee: str = ""
    disposition: Disposition | None = None
    decided_by: Decider | None = None
    decider: str = ""
    decided_at: Instant | None = None
    reason: str = ""
    note: str = ""
    evidence: Evidence = Evidence()
    events: tuple[Event, ...] = ()


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something sold. Rates are exact decimal text (``"0.7"`` = 70 %)."""

    id: str
    version: int
    kind: ProductKind
    title: str
    currency: str
    price: int
    instructor_id: str
    instructor: str
    commission_rate: str
    tax_rate: str
    refund_days: int
    on_sale: bool = True
    title_en: str = ""
    expert: str = ""
    period_days: int = 0


Record = Order | Refund | RiskCase | Product
