"""WeChat Pay as a channel: native QR payments of a direct merchant over APIv3.

What the provider says is mapped in ``messages``; here is only which question is asked when. An
answer that is missing, unsigned or not understood is UNKNOWN.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import msgspec

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
from payments.channels.wechat_pay.client import (
    RefusedError,
    SignedClient,
    UnknownResultError,
    WeChatPayConfig,
)
from payments.channels.wechat_pay.messages import (
    ASK_AFTER_CREATE,
    ORDER_NOT_EXIST,
    REFUND_ERRORS,
    REFUSED_CREATES,
    CloseOrder,
    CodeUrl,
    Envelope,
    Refund,
    RefundNotice,
    Transaction,
    domestic_refund,
    native_order,
    outcome,
    refund_outcome,
)
from payments.channels.wechat_pay.signing import UnsealingError, unseal
from payments.contract.wire.records import ChannelName, Method

NATIVE: Final = "/v3/pay/transactions/native"
ORDERS: Final = "/v3/pay/transactions/out-trade-no/"
REFUNDS: Final = "/v3/refund/domestic/refunds"

_JSON: Final = "application/json"
_LARGEST: Final = 10**12
# Final for a number that the provider does not know or has closed; anything else stays open.
_NEVER_PAID: Final = frozenset({PaymentResult.CLOSED, PaymentResult.FAILED})


def random_nonce() -> str:
    """32 characters nobody can guess."""
    return secrets.token_hex(16)


class WeChatPay:
    """The channel. ``clock`` is the time that signatures carry and are checked against.

    Raises ValueError or TypeError for keys that cannot be read.
    """

    def __init__(
        self,
        config: WeChatPayConfig,
        *,
        clock: Callable[[], datetime],
        nonce: Callable[[], str] = random_nonce,
    ) -> None:
        self._config = config
        self._client = SignedClient(config, clock=clock, nonce=nonce)
        self._traits = ChannelTraits(
            name=ChannelName.WECHAT_PAY,
            methods=(Method.WECHAT_PAY_NATIVE,),
            currencies=frozenset({"CNY"}),
            smallest=1,
            largest=_LARGEST,
            fee_rate=config.fee_rate,
            refund_window=timedelta(days=365),
            partial_refunds=True,
            refund_spacing=config.refund_spacing,
            fee_returned_on_refund=True,
        )

    @property
    def traits(self) -> ChannelTraits:
        """What the channel can do."""
        return self._traits

    @property
    def transport(self) -> Transport:
        """The connection, for its health."""
        return self._client.transport

    def renew_certificates(self) -> bool:
        """Download the platform certificates (a job, every 12 h or less, in certificate mode)."""
        return self._client.renew_certificates()

    def shut_down(self) -> None:
        """Give the connections back."""
        self._client.transport.close()

    def start(self, request: PaymentRequest) -> Instruction:
        """Create the order. The same request again gives a fresh QR code of the same order."""
        if request.amount.currency not in self._traits.currencies:
            return Instruction(PaymentResult.FAILED, failure="currency_not_supported")
        order = native_order(request, appid=self._config.appid, mchid=self._config.mchid)
        try:
            said = self._client.call("POST", NATIVE, CodeUrl, msgspec.json.encode(order))
        except UnknownResultError as unknown:
            return Instruction(PaymentResult.UNKNOWN, failure=unknown.code)
        except RefusedError as refused:
            attempt = AttemptRef(request.attempt_id, request.amount, request.method)
            return self._refused_start(attempt, refused.code)
        return Instruction(PaymentResult.NOT_YET, kind="qr", content=said.code_url)

    def ask(self, attempt: AttemptRef) -> Outcome:
        """Query the order by our number."""
        target = f"{ORDERS}{quote(attempt.attempt_id, safe='')}?mchid={self._config.mchid}"
        try:
            said = self._client.call("GET", target, Transaction)
        except UnknownResultError as unknown:
            return _unknown(attempt, unknown.code)
        except RefusedError as refused:
            if refused.code != ORDER_NOT_EXIST:
                return _unknown(attempt, refused.code)
            return Outcome(PaymentResult.NOT_YET, attempt.attempt_id, failure=refused.code)
        return self._outcome(said)

    def close(self, attempt: AttemptRef) -> Outcome:
        """Close the order; whatever hinders that, a query tells how it stands.

        An order that the provider does not know counts as closed: nobody holds a QR code of it.
        """
        target = f"{ORDERS}{quote(attempt.attempt_id, safe='')}/close"
        body = msgspec.json.encode(CloseOrder(mchid=self._config.mchid))
        try:
            self._client.call("POST", target, type(None), body)
        except (RefusedError, UnknownResultError):
            said = self.ask(attempt)
            if said.failure != ORDER_NOT_EXIST:
                return said
        return Outcome(PaymentResult.CLOSED, attempt.attempt_id)

    def refund(self, request: RefundRequest) -> RefundOutcome:
        """Send the refund; HTTP success means taken, not paid back."""
        body = msgspec.json.encode(domestic_refund(request))
        try:
            said = self._client.call("POST", REFUNDS, Refund, body)
        except UnknownResultError as unknown:
            return _refund(RefundResult.UNKNOWN, request, unknown.code)
        except RefusedError as refused:
            return self._refused_refund(request, refused.code)
        return refund_outcome(said)

    def ask_refund(self, request: RefundRequest) -> RefundOutcome:
        """Query the refund by our number."""
        target = f"{REFUNDS}/{quote(request.refund_id, safe='')}"
        try:
            said = self._client.call("GET", target, Refund)
        except UnknownResultError as unknown:
            return _refund(RefundResult.UNKNOWN, request, unknown.code)
        except RefusedError as refused:
            missing = refused.code == "RESOURCENOTEXISTS"
            result = RefundResult.NOT_FOUND if missing else RefundResult.UNKNOWN
            return _refund(result, request, refused.code)
        return refund_outcome(said)

    def read_notification(self, raw: RawNotification) -> Notice:
        """Verify the raw bytes, then open and read them."""
        self._client.check(raw.headers, raw.body)
        try:
            envelope = msgspec.json.decode(raw.body, type=Envelope)
            sealed = envelope.resource
            plain = unseal(
                self._config.apiv3_keys(), sealed.nonce, sealed.associated_data, sealed.ciphertext
            )
            return self._notice(envelope, plain)
        except (msgspec.DecodeError, UnsealingError) as error:
            raise UnreadableNotificationError(str(error)) from error

    def accepted(self) -> Reply:
        """The answer after a notification has been committed."""
        return Reply(200, b'{"code":"SUCCESS"}', _JSON)

    def refused(self, reason: str) -> Reply:
        """The answer that makes the provider send the notification again."""
        return Reply(500, msgspec.json.encode({"code": "FAIL", "message": reason}), _JSON)

    def _refused_start(self, attempt: AttemptRef, code: str) -> Instruction:
        if code in REFUSED_CREATES:
            return Instruction(PaymentResult.FAILED, failure=code)
        if code in ASK_AFTER_CREATE:
            said = self.ask(attempt)
            if said.failure == ORDER_NOT_EXIST or said.result in _NEVER_PAID:
                return Instruction(PaymentResult.FAILED, failure=code)
        return Instruction(PaymentResult.UNKNOWN, failure=code)

    def _refused_refund(self, request: RefundRequest, code: str) -> RefundOutcome:
        if code != "INVALIDREQUEST":
            result = REFUND_ERRORS.get(code, RefundResult.UNKNOWN)
            return _refund(result, request, code)
        said = self.ask_refund(request)
        if said.result is RefundResult.NOT_FOUND:
            return _refund(RefundResult.FAILED, request, code)
        return said

    def _outcome(self, said: Transaction) -> Outcome:
        return outcome(said, appid=self._config.appid, mchid=self._config.mchid)

    def _notice(self, envelope: Envelope, plain: bytes) -> Notice:
        if envelope.event_type.startswith("TRANSACTION."):
            paid = msgspec.json.decode(plain, type=Transaction)
            return Notice(envelope.id, payment=self._outcome(paid))
        if envelope.event_type.startswith("REFUND."):
            returned = msgspec.json.decode(plain, type=RefundNotice)
            if returned.mchid != self._config.mchid:
                raise UnreadableNotificationError("a refund of another merchant")
            return Notice(envelope.id, refund=refund_outcome(returned))
        raise UnreadableNotificationError(f"event {envelope.event_type[:64]!r}")


def _unknown(attempt: AttemptRef, code: str) -> Outcome:
    return Outcome(PaymentResult.UNKNOWN, attempt.attempt_id, failure=code)


def _refund(result: RefundResult, request: RefundRequest, code: str) -> RefundOutcome:
    return RefundOutcome(result, request.refund_id, request.attempt_id, failure=code)
