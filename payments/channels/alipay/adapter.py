"""Asks Alipay: QR and web page payments, queries, closes, refunds; reads its notifications."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from payments.channels.alipay import messages, outcomes
from payments.channels.alipay.config import AlipayConfig
from payments.channels.alipay.gateway import Gateway
from payments.channels.alipay.messages import Operation
from payments.channels.alipay.outcomes import Kind
from payments.channels.protocol import (
    AttemptRef,
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
    UnreadableNotificationError,
)
from payments.channels.transport import Transport
from payments.contract.wire.records import ChannelName, Method

_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_VIRTUAL_GOODS = "0"
_LONGEST_REASON = 256


class AlipayChannel:
    """The channel ``alipay`` with the methods QR and page.

    Raises KeyTextError or CertificateError at once when the configured keys cannot be used.
    """

    def __init__(
        self,
        config: AlipayConfig,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        transport: Transport | None = None,
    ) -> None:
        self._config = config
        self._gateway = Gateway(config, clock, transport)

    @property
    def transport(self) -> Transport:
        """The connection, for its health."""
        return self._gateway.transport

    def shut_down(self) -> None:
        """Give the connections back."""
        self._gateway.transport.close()

    @property
    def traits(self) -> ChannelTraits:
        """CNY only, 0.01 to 100,000,000 yuan; refunds may be partial, fees are kept."""
        return ChannelTraits(
            name=ChannelName.ALIPAY,
            methods=(Method.ALIPAY_QR, Method.ALIPAY_PAGE),
            currencies=frozenset({messages.CURRENCY}),
            smallest=messages.SMALLEST,
            largest=messages.LARGEST,
            fee_rate=self._config.fee_rate,
            refund_window=self._config.refund_window,
            partial_refunds=True,
            refund_spacing=self._config.refund_spacing,
            fee_returned_on_refund=False,
        )

    def start(self, request: PaymentRequest) -> Instruction:
        """Ask for a QR code, or make the address of the payment page (the payer's browser calls)."""
        impossible = _impossible(request)
        if impossible:
            return Instruction(PaymentResult.FAILED, failure=impossible)
        if request.method is Method.ALIPAY_PAGE:
            address = self._gateway.address(
                Operation.PAGE_PAY,
                _new_trade(request, messages.PAGE_PRODUCT),
                notify_url=request.notify_url,
                return_url=request.return_url,
            )
            return Instruction(PaymentResult.NOT_YET, kind="page", content=address)
        answer = self._gateway.call(
            Operation.PRECREATE,
            _new_trade(request, messages.QR_PRODUCT),
            messages.PrecreateAnswer,
            Kind.WRITE,
            notify_url=request.notify_url,
        )
        return outcomes.instruction(answer, request.attempt_id)

    def ask(self, attempt: AttemptRef) -> Outcome:
        """Ask how a payment stands; a trade exists only once the payer has come to it."""
        name = messages.TradeName(out_trade_no=attempt.attempt_id)
        answer = self._gateway.call(Operation.QUERY, name, messages.TradeAnswer, Kind.READ)
        return outcomes.payment(answer, attempt)

    def close(self, attempt: AttemptRef) -> Outcome:
        """Close an unpaid payment; one that cannot be closed is asked about at once."""
        name = messages.TradeName(out_trade_no=attempt.attempt_id)
        answer = self._gateway.call(Operation.CLOSE, name, messages.CloseAnswer, Kind.WRITE)
        if answer.business_reason in outcomes.ASK_ON_CLOSE:
            return self.ask(attempt)
        return outcomes.closing(answer, attempt)

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Send a refund; what its answer leaves open is asked about at once."""
        content = messages.NewRefund(
            out_trade_no=request.attempt_id,
            refund_amount=messages.yuan_of(request.amount),
            out_request_no=request.refund_id,
            refund_reason=request.reason[:_LONGEST_REASON],
        )
        answer = self._gateway.call(Operation.REFUND, content, messages.RefundAnswer, Kind.MONEY)
        outcome = outcomes.refund(answer, request)
        if answer.business_reason in outcomes.ASK_ON_REFUND:
            return self._after_refusal(outcome, request)
        if outcome.result is RefundResult.PROCESSING:
            asked = self.ask_refund(request)
            return asked if asked.result is RefundResult.SUCCEEDED else outcome
        return outcome

    def _after_refusal(self, refusal: RefundOutcome, request: RefundRequest) -> RefundOutcome:
        asked = self.ask_refund(request)
        if asked.result is RefundResult.SUCCEEDED:
            return asked
        attempt = AttemptRef(request.attempt_id, request.total, Method.ALIPAY_QR)
        return outcomes.refused_refund(self.ask(attempt), asked, refusal, request)

    def ask_refund(self, request: RefundRequest) -> RefundOutcome:
        """Ask how a refund stands; the provider wants 10 s between sending and asking."""
        name = messages.RefundName(
            out_trade_no=request.attempt_id,
            out_request_no=request.refund_id,
            query_options=("gmt_refund_pay",),
        )
        answer = self._gateway.call(
            Operation.REFUND_QUERY, name, messages.RefundQueryAnswer, Kind.READ
        )
        return outcomes.refund_state(answer, request)

    def read_notification(self, raw: RawNotification) -> Notice:
        """Verify and read a notification. Raises BadSignatureError, UnreadableNotificationError."""
        parameters = self._gateway.notified(raw.body)
        try:
            told = msgspec.convert(parameters, messages.TradeNotice)
        except msgspec.ValidationError as error:
            raise UnreadableNotificationError(str(error)) from error
        return outcomes.notice(told, app_id=self._config.app_id, seller_id=self._config.seller_id)

    def accepted(self) -> Reply:
        """Exactly ``success``: no space, no line break."""
        return Reply(200, b"success", "text/plain; charset=utf-8")

    def refused(self, reason: str) -> Reply:  # noqa: ARG002 - ours to log, not Alipay's to know
        """``fail``: send it again on the schedule."""
        return Reply(200, b"fail", "text/plain; charset=utf-8")


def _impossible(request: PaymentRequest) -> str:
    """Why this payment can never be made here, or nothing."""
    amount = request.amount
    if amount.currency != messages.CURRENCY:
        return "currency_not_supported"
    if not messages.SMALLEST <= amount.amount <= messages.LARGEST:
        return "amount_not_supported"
    if request.method not in {Method.ALIPAY_QR, Method.ALIPAY_PAGE}:
        return "method_not_supported"
    return "" if _NUMBER.fullmatch(request.attempt_id) else "number_not_supported"


def _new_trade(request: PaymentRequest, product: str) -> messages.NewTrade:
    return messages.NewTrade(
        out_trade_no=request.attempt_id,
        total_amount=messages.yuan_of(request.amount),
        subject=messages.subject_of(request.title),
        product_code=product,
        time_expire=messages.wall_clock(request.expires_at),
        goods_type=_VIRTUAL_GOODS,
    )
