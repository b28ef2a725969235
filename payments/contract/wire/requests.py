"""Bodies of writes and of the answers that are no feed record."""

from __future__ import annotations

import msgspec

from payments.contract.lifecycles import AttemptState, Disposition
from payments.contract.roles import Permission, Role
from payments.contract.wire.fields import (
    Count,
    CurrencyCode,
    Days,
    Id,
    Instant,
    Line,
    Name,
    Note,
    Percent,
    Positive,
    Rate,
    Secret,
)
from payments.contract.wire.records import Method, ProductKind


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Password and, where the user has one, the second factor or a recovery code."""

    login: Name
    password: Secret
    code: Line = ""
    device: Line = ""


class Me(msgspec.Struct, frozen=True):
    """The signed-in user as the console needs it."""

    user_id: str
    login: str
    name: str
    role: Role
    merchant: str
    merchant_name: str
    zone: str
    base_currency: str
    permissions: tuple[Permission, ...]
    second_factor: bool
    refund_limit: int
    risk_threshold: str
    instructor_id: str = ""


class Session(msgspec.Struct, frozen=True):
    """Tokens of a session; both opaque. The refresh token is used once and replaced."""

    access_token: str
    refresh_token: str
    access_expires_at: Instant
    refresh_expires_at: Instant
    me: Me


class Refresh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for a new session with the refresh token of the last one."""

    refresh_token: Secret


class SecondFactorSetup(msgspec.Struct, frozen=True):
    """A new TOTP secret, confirmed by a first code before it counts."""

    secret: str
    uri: str


class SecondFactorConfirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first code of a new second factor."""

    code: Line


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Shown once; each works once instead of a TOTP code."""

    codes: tuple[str, ...]


class PayerInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payer as the course platform knows them; ``payer_id`` is the platform's own."""

    payer_id: Id
    name: Name
    phone: Line = ""
    email: Line = ""


class Device(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where an order was placed from, for risk."""

    device_id: Line = ""
    address: Line = ""
    country: Line = ""


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Place an order. Price, discount and tax are locked from the catalogue at this moment.

    ``discount_percent`` is exact decimal text between 0 and 100 (``"10"``).
    """

    product_id: Id
    payer: PayerInfo
    quantity: Count = 1
    discount_percent: Percent = "0"
    device: Device = Device()


class NewPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Start a payment attempt; without a method the services choose the channel."""

    method: Method | None = None


class Action(msgspec.Struct, frozen=True):
    """What the payer does next: show ``content`` as a QR code, or open it as a page."""

    kind: str
    content: str


class Started(msgspec.Struct, frozen=True):
    """A payment attempt as its payer needs it."""

    attempt_id: str
    order_id: str
    method: Method
    state: AttemptState
    amount: int
    currency: str
    expires_at: Instant
    action: Action | None = None
    failure: str = ""


class NewRefund(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask for a refund of part or all of an order; the amount is reserved from then on."""

    order_id: Id
    amount: Positive
    currency: CurrencyCode
    reason: Line
    note: Note = ""


class RefundDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Approve or reject a refund that waits for a second person."""

    approve: bool
    note: Note = ""


class CaseDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Decide a risk case: approve releases the hold, everything else refunds the order."""

    disposition: Disposition
    reason: Line
    note: Note = ""


class CaseNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note with an escalation, a reopening or a comment."""

    note: Note = ""


class NewProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Put a product on sale. Rates are exact decimal text."""

    id: Id
    kind: ProductKind
    title: Name
    currency: CurrencyCode
    price: Positive
    instructor_id: Id
    instructor: Name
    commission_rate: Rate = "0.7"
    tax_rate: Rate = "0"
    refund_days: Count = 7
    title_en: Line = ""
    expert: Line = ""
    period_days: Days = 0


class OpenCustomer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Support opens one customer: by order number, payer number, phone or email, exactly."""

    find: Name


class Customer(msgspec.Struct, frozen=True):
    """The one customer that a support agent has open."""

    payer_id: str
    payer: str
    phone: str
    orders: int


class Identity(msgspec.Struct, frozen=True):
    """A payer unmasked; the asking is in the audit log."""

    payer_id: str
    name: str
    phone: str
    email: str


class Posting(msgspec.Struct, frozen=True):
    """One line of a balanced ledger transaction; amounts of one transaction add up to zero."""

    transaction: str
    at: Instant
    account: str
    currency: str
    amount: int
    event: str


class Postings(msgspec.Struct, frozen=True):
    """The ledger postings of one order."""

    postings: tuple[Posting, ...]


class LedgerCheck(msgspec.Struct, frozen=True):
    """Whether the ledger balances in every currency and its hash chain verifies."""

    transactions: int
    balanced: bool
    chain_intact: bool
    sums: dict[str, int]
    first_broken: str = ""


class Health(msgspec.Struct, frozen=True):
    """Whether the services are up, and which version they are."""

    status: str
    version: str
