"""What the balance channel can do, and its answers where a provider would be asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from payments.channels.protocol import (
    AttemptRef,
    BadSignatureError,
    ChannelTraits,
    Instruction,
    Notice,
    Outcome,
    PaymentRequest,
    PaymentResult,
    RawNotification,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    Reply,
)
from payments.contract.money import DECIMALS, LARGEST_AMOUNT
from payments.contract.wire.records import ChannelName, Method

NO_PROVIDER: Final = "no_provider"

TRAITS: Final = ChannelTraits(
    name=ChannelName.BALANCE,
    methods=(Method.BALANCE,),
    currencies=frozenset(DECIMALS),
    smallest=1,
    largest=LARGEST_AMOUNT,
    fee_rate=Decimal(0),
    refund_window=timedelta(days=36_500),
    partial_refunds=True,
    refund_spacing=timedelta(0),
    fee_returned_on_refund=True,
)


class BalanceChannel:
    """The channel ``balance``; only its traits matter to a flow."""

    @property
    def traits(self) -> ChannelTraits:
        """Every currency, no fee, no window."""
        return TRAITS

    def start(self, request: PaymentRequest) -> Instruction:  # noqa: ARG002 - nobody is asked
        """Nothing is started outside the ledger."""
        return Instruction(PaymentResult.FAILED, failure=NO_PROVIDER)

    def ask(self, attempt: AttemptRef) -> Outcome:
        """What the ledger does not have as paid never becomes paid."""
        return Outcome(PaymentResult.FAILED, attempt.attempt_id, failure=NO_PROVIDER)

    def close(self, attempt: AttemptRef) -> Outcome:
        """Nothing is open outside the ledger."""
        return Outcome(PaymentResult.CLOSED, attempt.attempt_id)

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Nothing is paid back outside the ledger."""
        return RefundOutcome(RefundResult.UNKNOWN, request.refund_id, failure=NO_PROVIDER)

    def ask_refund(self, request: RefundRequest) -> RefundOutcome:
        """Nothing is paid back outside the ledger."""
        return RefundOutcome(RefundResult.UNKNOWN, request.refund_id, failure=NO_PROVIDER)

    def read_notification(self, raw: RawNotification) -> Notice:
        """Nobody can speak for this channel: raises BadSignatureError."""
        raise BadSignatureError(NO_PROVIDER, len(raw.body))

    def accepted(self) -> Reply:
        """Never used; nothing comes in."""
        return Reply(status=204, body=b"", content_type="text/plain")

    def refused(self, reason: str) -> Reply:
        """Every notification is refused."""
        return Reply(status=404, body=reason.encode(), content_type="text/plain")
