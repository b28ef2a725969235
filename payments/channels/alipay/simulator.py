"""The provider's side of Alipay: real protocol, own keys, buyers who do as scripted or by hand.

Besides the outcomes that all simulators know, a subject or a refund reason may hold a token of this
gateway's own faults: ``[alipay:busy]``, ``[alipay:unsigned]`` … (``Fault``), any business failure
such as ``[alipay:ACQ.SELLER_BALANCE_NOT_ENOUGH]``, or what is wrong in the notification:
``wrong_seller``, ``wrong_app``, ``unknown_status``. ``inject`` does the same from a test.
"""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from payments.channels.alipay import messages, signing, simulated_gateway
from payments.channels.alipay import simulated_answers as answers
from payments.channels.alipay.messages import SUCCESS, Answer, Operation, TradeState
from payments.channels.alipay.simulated_gateway import (
    PAGES,
    Call,
    Door,
    GatewayRefusalError,
    Spoiled,
    error_page,
)
from payments.channels.alipay.simulated_keys import SimulatedKeys
from payments.channels.alipay.simulated_notices import Notices
from payments.channels.alipay.simulated_trades import Book, Product, RefusedError, Sale
from payments.channels.simulation.provider import (
    Action,
    Answering,
    Exchange,
    ImpossibleActionError,
    Surroundings,
    Trade,
    UnknownTradeError,
)
from payments.channels.simulation.script import BUYER_PAYS, Outcome
from payments.contract.wire.records import ChannelName

APP_ID: Final = "2021000000000001"
CERTIFICATE_APP_ID: Final = "2021000000000002"
SELLER_ID: Final = "2088000000000001"

_STRANGER: Final = "2088999999999999"
_SLOW_S: Final = 20.0
_TOKEN: Final = re.compile(r"\[alipay:([A-Za-z0-9_.-]+)\]")
_ANSWER_FAULTS: Final = frozenset(
    {
        Outcome.NO_ANSWER,
        Outcome.NO_ANSWER_BEFORE,
        Outcome.SLOW_ANSWER,
        Outcome.SERVER_ERROR,
        Outcome.SERVER_ERROR_AFTER,
    }
)
_REFUND_REFUSALS: Final = {
    Outcome.INSUFFICIENT_FUNDS: "ACQ.SELLER_BALANCE_NOT_ENOUGH",
    Outcome.CLOSED: "ACQ.TRADE_NOT_ALLOW_REFUND",
    Outcome.ABNORMAL: "ACQ.BUYER_ENABLE_STATUS_FORBID",
}
_NOTICE_FAULTS: Final[dict[str, dict[str, str]]] = {
    "wrong_seller": {"seller_id": _STRANGER},
    "wrong_app": {"app_id": _STRANGER},
    "unknown_status": {"trade_status": "TRADE_SOMETHING_NEW"},
}
_PRODUCTS: Final = {
    Operation.PRECREATE: (Product.QR, frozenset({"", messages.QR_PRODUCT})),
    Operation.PAGE_PAY: (Product.PAGE, frozenset({messages.PAGE_PRODUCT})),
    Operation.WAP_PAY: (Product.WAP, frozenset({"QUICK_WAP_WAY", "QUICK_WAP_PAY"})),
}

ContentType = TypeVar("ContentType", bound=messages.Content)


class Fault(StrEnum):
    """What this gateway can do wrong besides the faults of every provider."""

    BUSY = "busy"  # 20000, nothing taken
    BUSY_AFTER = "busy_after"  # taken, then 20000
    WRONG_SIGNATURE = "wrong_signature"
    UNSIGNED = "unsigned"
    ESCAPED = "escaped"


class AlipaySimulator:
    """Two applications of one seller: one with plain keys, one in certificate mode.

    ``largest_skew`` is how wrong a merchant's clock may be; None accepts any.
    """

    def __init__(
        self, surroundings: Surroundings, *, largest_skew: timedelta | None = None
    ) -> None:
        self._surroundings = surroundings
        self._script = surroundings.script
        self._clock = surroundings.clock
        self._lock = threading.RLock()
        self._book = Book(surroundings.clock, self._tell, self._recalled)
        self._injected: dict[tuple[Operation, str], str] = {}
        self.keys = SimulatedKeys(surroundings.folder)
        certified = frozenset({CERTIFICATE_APP_ID})
        self._door = Door(
            self.keys,
            plain=frozenset({APP_ID}),
            certified=certified,
            clock=surroundings.clock,
            largest_skew=largest_skew,
        )
        self._notices = Notices(
            notifier=surroundings.notifier,
            clock=surroundings.clock,
            keys=self.keys,
            seller_id=SELLER_ID,
            certified=certified,
        )

    @property
    def name(self) -> str:
        """The channel's name."""
        return ChannelName.ALIPAY.value

    def details(self) -> dict[str, str]:
        """What a client needs; the keys are paths of files."""
        return {
            "gateway": f"{self._surroundings.base_url}/gateway.do",
            "app_id": APP_ID,
            "certificate_app_id": CERTIFICATE_APP_ID,
            "seller_id": SELLER_ID,
            "app_private_key": str(self.keys.app_private_file),
            "alipay_public_key": str(self.keys.alipay_public_file),
            "app_certificate": str(self.keys.app_certificate_file),
            "alipay_certificate": str(self.keys.alipay_certificate_file),
            "alipay_root_certificate": str(self.keys.root_certificate_file),
        }

    def inject(self, operation: Operation, number: str, word: str) -> None:
        """Let the next such request for that number meet a ``Fault`` or a ``sub_code``."""
        with self._lock:
            self._injected[operation, number] = word

    def trades(self) -> Sequence[Trade]:
        """All sales, newest first; one that nobody has scanned is in no state yet."""
        with self._lock:
            return [
                Trade(
                    number=sale.number,
                    title=sale.subject,
                    amount=sale.amount,
                    currency=messages.CURRENCY,
                    state=str(sale.state or "NOT_SCANNED"),
                    can_pay=self._book.can_pay(sale),
                )
                for sale in self._book.all()
            ]

    def act(self, number: str, action: Action, **options: str) -> None:  # noqa: ARG002 - of others
        """Do what a buyer does. Raises UnknownTradeError, ImpossibleActionError."""
        with self._lock:
            sale = self._book.asked(number)
            if sale is None:
                raise UnknownTradeError(number)
            try:
                self._do(sale, action)
            except RefusedError as error:
                raise ImpossibleActionError(error.code) from error

    def _do(self, sale: Sale, action: Action) -> None:
        if action is Action.PAY:
            self._book.pay(sale)
        else:
            # A refused payment stays open in Alipay until it is paid or expires.
            self._book.scan(sale)
        if action is Action.CLOSE:
            self._book.close(sale)
        if action is Action.PAY:
            self._tell(sale)

    def _recalled(self, number: str) -> Sale | None:
        past = self._surroundings.recall(number)
        if past is None:
            return None
        return Sale(
            number=past.number,
            amount=past.amount,
            subject=past.title,
            product=Product.QR,
            app_id=APP_ID,
            asked_at=past.paid_at,
            expires_at=past.paid_at,
            state=TradeState.SUCCESS,
            trade_no=past.channel_ref,
            created_at=past.paid_at,
            paid_at=past.paid_at,
        )

    def _tell(self, sale: Sale) -> None:
        outcome = self._script.outcome(sale.number, sale.subject)
        self._notices.changed(sale, outcome, _changes_of(sale.subject))

    def handle(self, exchange: Exchange) -> Answering:
        """Answer one request to ``/gateway.do``."""
        try:
            parameters = simulated_gateway.parameters_of(exchange)
        except signing.FormError:
            return error_page("isv.invalid-parameter")
        with self._lock:
            try:
                call = self._door.open(parameters)
            except GatewayRefusalError as refusal:
                return self._door.refusal(parameters, refusal)
            if call.operation in PAGES:
                return self._page(call)
            return self._answer(call, parameters)

    def _page(self, call: Call) -> Answering:
        try:
            sale = self._asked_for(call)
        except (RefusedError, GatewayRefusalError) as error:
            return error_page(str(error.args[-1]))
        self._buyer(sale)
        paid = sale.paid_at is not None and sale.return_url
        to = self._notices.returning(sale) if paid else f"{self._surroundings.base_url}/"
        return Answering(HTTPStatus.FOUND, {"location": to})

    def _answer(self, call: Call, parameters: dict[str, str]) -> Answering:
        number, text = _subject_matter(call.content)
        outcome = self._script.outcome(number, text)
        struck = outcome in _ANSWER_FAULTS and self._script.strikes(call.operation, number)
        if struck and outcome is Outcome.NO_ANSWER_BEFORE:
            return Answering(HTTPStatus.OK, drop=True)
        if struck and outcome is Outcome.SERVER_ERROR:
            return Answering(HTTPStatus.BAD_GATEWAY)
        answered = self._worked(call, parameters, self._fault(call.operation, number, text))
        if not struck:
            return answered
        if outcome is Outcome.SERVER_ERROR_AFTER:
            return Answering(HTTPStatus.BAD_GATEWAY)
        if outcome is Outcome.SLOW_ANSWER:
            delay_s = _SLOW_S / self._surroundings.time_scale
            return msgspec.structs.replace(answered, delay_s=delay_s)
        return Answering(HTTPStatus.OK, drop=True)

    def _fault(self, operation: Operation, number: str, text: str) -> str:
        word = self._injected.pop((operation, number), "")
        token = _TOKEN.search(text)
        if word or token is None or token[1] in _NOTICE_FAULTS:
            return word
        return token[1] if self._script.strikes(f"{operation} fault", number) else ""

    def _worked(self, call: Call, parameters: dict[str, str], fault: str) -> Answering:
        busy = answers.refused("20000", "isp.unknow-error")
        if fault == Fault.BUSY:
            return self._door.answer(parameters, busy)
        if fault and fault not in set(Fault):
            code = fault if fault in answers.MESSAGES else messages.BUSINESS_FAILED
            return self._door.answer(parameters, answers.refused(code, fault))
        try:
            answer = self._work(call)
        except RefusedError as error:
            answer = answers.refused(messages.BUSINESS_FAILED, error.code)
        except GatewayRefusalError as refusal:
            answer = answers.refused(refusal.code, refusal.sub_code)
        if fault == Fault.BUSY_AFTER:
            return self._door.answer(parameters, busy)
        spoiled = Spoiled(fault) if fault in set(Spoiled) else Spoiled.NOTHING
        return self._door.answer(parameters, answer, spoiled)

    def _work(self, call: Call) -> Answer:
        match call.operation:
            case Operation.PRECREATE:
                return self._precreate(call)
            case Operation.QUERY:
                return self._query(_content(call, messages.TradeName))
            case Operation.CLOSE:
                return self._close(_content(call, messages.TradeName))
            case Operation.REFUND:
                return self._refund(_content(call, messages.NewRefund))
            case Operation.REFUND_QUERY:
                return self._refund_query(_content(call, messages.RefundName))
            case Operation.CERTIFICATE:
                return self._certificate(_content(call, messages.CertificateName))
        raise GatewayRefusalError("40002", "isv.invalid-method")

    def _asked_for(self, call: Call) -> Sale:
        new = _content(call, messages.NewTrade)
        product, codes = _PRODUCTS[call.operation]
        if new.product_code not in codes:
            raise RefusedError("ACQ.INVALID_PARAMETER")
        return self._book.request(new, product, call.app_id, call.notify_url, call.return_url)

    def _precreate(self, call: Call) -> Answer:
        sale = self._asked_for(call)
        if not sale.qr_code:
            code = sha256(f"{sale.number} {sale.asked_at}".encode()).hexdigest()[:20]
            sale.qr_code = f"{self._surroundings.base_url}/?qr=bax{code}"
        self._buyer(sale)
        return messages.PrecreateAnswer(
            code=SUCCESS, msg="Success", out_trade_no=sale.number, qr_code=sale.qr_code
        )

    def _buyer(self, sale: Sale) -> None:
        """The buyer comes and does as scripted, if anything is."""
        if sale.state is not None:
            return
        outcome = self._script.outcome(sale.number, sale.subject)
        if outcome in BUYER_PAYS:
            self._do(sale, Action.PAY)
        elif outcome is Outcome.INSUFFICIENT_FUNDS:
            self._do(sale, Action.REFUSE)
        elif outcome is Outcome.CLOSED:
            self._do(sale, Action.CLOSE)
        elif outcome is Outcome.PAID_LATE:
            sale.late = True
            self._do(sale, Action.SCAN)
        elif outcome is Outcome.FORGED_NOTIFICATION:
            self._notices.forged(sale)

    def _query(self, name: messages.TradeName) -> Answer:
        try:
            sale = self._book.trade(name)
        except RefusedError as error:
            return answers.no_trade(error.code, name.out_trade_no)
        return answers.trade(sale)

    def _close(self, name: messages.TradeName) -> Answer:
        sale = self._book.trade(name)
        if self._script.outcome(sale.number, sale.subject) is Outcome.PAID_LATE:
            sale.late = True
        self._book.close(sale)
        return answers.closed(sale)

    def _refund(self, request: messages.NewRefund) -> Answer:
        sale = self._book.trade(request)
        outcome = self._script.outcome(request.out_request_no, request.refund_reason)
        if outcome in _REFUND_REFUSALS and request.out_request_no not in sale.refunds:
            raise RefusedError(_REFUND_REFUSALS[outcome])
        refund, changed = self._book.refund(sale, request)
        if changed:
            self._notices.refunded(sale, refund, outcome)
        return answers.refund(sale, refund, changed=changed)

    def _refund_query(self, name: messages.RefundName) -> Answer:
        sale = self._book.trade(name)
        refund = sale.refunds.get(name.out_request_no)
        return answers.refund_state(sale, refund, timed="gmt_refund_pay" in name.query_options)

    def _certificate(self, name: messages.CertificateName) -> Answer:
        if name.alipay_cert_sn != self.keys.alipay_number:
            raise RefusedError("isv.invalid-parameter")
        content = base64.b64encode(self.keys.reissued.encode()).decode()
        return messages.CertificateAnswer(code=SUCCESS, msg="Success", alipay_cert_content=content)


class _Matter(msgspec.Struct, frozen=True):
    out_trade_no: str = ""
    out_request_no: str = ""
    subject: str = ""
    refund_reason: str = ""


def _subject_matter(content: str) -> tuple[str, str]:
    """The number that a request is about (a refund's own) and its text, for the script."""
    try:
        matter = msgspec.json.decode(content.encode(), type=_Matter)
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return "", ""
    return matter.out_request_no or matter.out_trade_no, matter.subject or matter.refund_reason


def _content(call: Call, kind: type[ContentType]) -> ContentType:
    try:
        return msgspec.json.decode(call.content.encode(), type=kind)
    except msgspec.ValidationError:
        raise RefusedError("ACQ.INVALID_PARAMETER") from None
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise GatewayRefusalError("40002", "isv.illegal-json") from None


def _changes_of(text: str) -> dict[str, str]:
    """What is changed in a notification before it is signed."""
    token = _TOKEN.search(text)
    return _NOTICE_FAULTS.get(token[1], {}) if token else {}
