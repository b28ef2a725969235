"""What the payment services ask of a channel, whatever its wire protocol.

An adapter speaks to the provider and never sees the database. It maps what it is told to the few
outcomes below and has one default: what it does not understand is *unknown*, stays pending and is
asked about again. Everything here is a value; amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import msgspec

from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, Method


class PaymentResult(StrEnum):
    """What a channel says of a payment attempt."""

    NOT_YET = "not_yet"  # exists or may come to exist, not paid; also "trade does not exist yet"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"  # final: this attempt number can never be paid
    CLOSED = "closed"  # final: closed at the channel, unpaid
    REFUNDED = "refunded"  # was paid; the channel shows the money as returned
    UNKNOWN = "unknown"


class RefundResult(StrEnum):
    """What a channel says of a refund."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # final for this refund number; the reason is in ``failure``
    REQUIRES_ACTION = (
        "requires_action"  # the payer's account cannot take it: another way to pay back
    )
    RETRY_LATER = "retry_later"  # not taken (balance low, rate limit): same number again later
    NOT_FOUND = "not_found"  # never received: send again with the same number
    UNKNOWN = "unknown"


class ChannelTraits(msgspec.Struct, frozen=True):
    """What a channel can do, as data. ``fee_rate`` 0.0060 = 0.60 %; limits in minor units."""

    name: ChannelName
    methods: tuple[Method, ...]
    currencies: frozenset[str]
    smallest: int
    largest: int
    fee_rate: Decimal
    refund_window: timedelta
    partial_refunds: bool
    refund_spacing: timedelta
    fee_returned_on_refund: bool


class PaymentRequest(msgspec.Struct, frozen=True):
    """Start one attempt. ``attempt_id`` is the number at the channel and its idempotency key."""

    attempt_id: str
    method: Method
    amount: Money
    title: str
    expires_at: datetime
    notify_url: str
    return_url: str = ""


class Instruction(msgspec.Struct, frozen=True):
    """What the payer does next: ``kind`` is ``qr`` or ``page``; or why nothing can be done.

    ``result`` NOT_YET: show ``content``. FAILED: refused for good, ``failure`` is the channel's
    code. UNKNOWN: no or unverifiable answer; the attempt is asked about before anything else.
    """

    result: PaymentResult
    kind: str = ""
    content: str = ""
    failure: str = ""


class AttemptRef(msgspec.Struct, frozen=True):
    """An attempt to ask about or close."""

    attempt_id: str
    amount: Money
    method: Method


class Outcome(msgspec.Struct, frozen=True):
    """What the channel says of a payment, verified as coming from it.

    When ``result`` is PAID the flow compares ``amount``, ``merchant`` (the seller's id at the
    channel, checked by the adapter against its own: ``merchant_matches``) and ``attempt_id`` with
    its own records; a difference is a conflict and never a payment.
    """

    result: PaymentResult
    attempt_id: str
    amount: Money | None = None
    merchant_matches: bool = True
    channel_ref: str = ""
    paid_at: datetime | None = None
    payer_ref: str = ""
    failure: str = ""


class RefundRequest(msgspec.Struct, frozen=True):
    """Return part or all of a paid attempt. ``refund_id`` is the idempotency key at the channel."""

    refund_id: str
    attempt_id: str
    channel_ref: str
    amount: Money
    total: Money
    reason: str
    notify_url: str


class RefundOutcome(msgspec.Struct, frozen=True):
    """What the channel says of a refund; ``amount`` is this refund's amount where it says so."""

    result: RefundResult
    refund_id: str
    attempt_id: str = ""
    amount: Money | None = None
    channel_ref: str = ""
    finished_at: datetime | None = None
    failure: str = ""


class RawNotification(msgspec.Struct, frozen=True):
    """A notification as it came: lower-case header names, the body's bytes untouched."""

    headers: Mapping[str, str]
    body: bytes


class Notice(msgspec.Struct, frozen=True):
    """A verified notification: its id at the channel (same on retries) and what it says."""

    notice_id: str
    payment: Outcome | None = None
    refund: RefundOutcome | None = None


class Reply(msgspec.Struct, frozen=True):
    """How a channel wants a notification answered."""

    status: int
    body: bytes
    content_type: str


class BadSignatureError(Exception):
    """A notification or answer that is not provably from the channel; nothing may follow from it."""


class UnreadableNotificationError(Exception):
    """Signed by the channel but not understood (cannot decrypt, unknown shape): kept, alarmed."""


class Channel(Protocol):
    """A payment channel. Calls block; they run in a thread, never inside a transaction.

    No method raises for what the network or the provider does: that is an UNKNOWN outcome.
    """

    @property
    def traits(self) -> ChannelTraits:
        """What the channel can do."""
        ...

    def start(self, request: PaymentRequest) -> Instruction:
        """Create the payment at the channel."""
        ...

    def ask(self, attempt: AttemptRef) -> Outcome:
        """Ask how a payment stands."""
        ...

    def close(self, attempt: AttemptRef) -> Outcome:
        """Close an unpaid payment; the answer may be that it has just been PAID."""
        ...

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Send a refund; sending the same number again has no second effect."""
        ...

    def ask_refund(self, request: RefundRequest) -> RefundOutcome:
        """Ask how a refund stands."""
        ...

    def read_notification(self, raw: RawNotification) -> Notice:
        """Verify the raw bytes, then read them. Raises BadSignatureError, UnreadableNotificationError."""
        ...

    def accepted(self) -> Reply:
        """The answer after a notification has been committed."""
        ...

    def refused(self, reason: str) -> Reply:
        """The answer that makes the channel send the notification again."""
        ...
