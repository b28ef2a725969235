"""WeChat Pay's side of the protocol, for tests and for trying everything by hand.

It checks the merchant's signature as strictly as the provider, signs its answers with its own test
keys, keeps books by the provider's rules and sends sealed notifications. It shares ``messages`` and
``signing`` with the adapter; independent public clients are pointed at it in the tests.
"""

from __future__ import annotations

import re
import secrets
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, Literal, TypeVar
from urllib.parse import parse_qs, unquote

import msgspec

from payments.channels.protocol import BadSignatureError
from payments.channels.simulation.provider import Action, Answering, Exchange, Surroundings, Trade
from payments.channels.simulation.script import (
    BUYER_PAYS,
    FAULTS_AFTER,
    FAULTS_BEFORE,
    SLOW_S,
    Outcome,
)
from payments.channels.wechat_pay.messages import (
    CloseOrder,
    CodeUrl,
    DomesticRefund,
    Error,
    ErrorDetail,
    NativeOrder,
    OrderAmount,
)
from payments.channels.wechat_pay.signing import (
    CLOCK_WINDOW,
    PROBE,
    PUBLIC_KEY_PREFIX,
    Signer,
    check_request,
    key_id,
    read_authorization,
)
from payments.channels.wechat_pay.simulated_keys import APPID, MCHID, SimulatedKeys
from payments.channels.wechat_pay.simulated_notices import REFUND_S, Notices
from payments.channels.wechat_pay.simulated_orders import (
    Books,
    RefusalError,
    SimulatedOrder,
)

_REFUND_ENDS: Final = {Outcome.CLOSED: "CLOSED", Outcome.ABNORMAL: "ABNORMAL"}
_OK: Final = 200
_NO_CONTENT: Final = 204
_PATH: Final = re.compile(r" - at `\$\.?([^`]*)`")
_FIELD: Final = re.compile(r"field `([^`]*)`")

Request = TypeVar("Request", bound=msgspec.Struct)
Mode = Literal["public_key", "certificates"]


class _Call(msgspec.Struct, frozen=True):
    """A merchant's request whose signature was checked; ``number`` is the one in its path."""

    number: str
    query: dict[str, list[str]]
    body: bytes


class _Said(msgspec.Struct, frozen=True):
    """What is answered before it is signed, and which fault spoils it on its way."""

    status: int
    body: Any = None
    fault: Outcome = Outcome.BY_HAND


class _DroppedError(Exception):
    """The connection breaks before anything was taken."""


class WeChatPaySimulator:
    """The simulated provider.

    ``mode`` is how answers are signed when the request does not say with what. ``probe_every`` n
    spoils each n-th signature on purpose, as the provider does; 0 never. Without ``certificates``
    the merchant is one of the newer ones that have a public key only.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        mode: Mode = "public_key",
        certificates: bool = True,
        probe_every: int = 0,
    ) -> None:
        self.keys = SimulatedKeys(surroundings.folder, surroundings.clock)
        self.mode = mode
        self.probe_every = probe_every
        self._certificates = certificates
        self._around = surroundings
        self._lock = threading.RLock()
        self._books = Books(self._recalled)
        self._nonces: dict[str, float] = {}
        self._notices = Notices(surroundings, self.keys, self._signature)
        self._signed = 0
        orders = "/v3/pay/transactions"
        refunds = "/v3/refund/domestic/refunds"
        self._routes: tuple[tuple[str, re.Pattern[str], Callable[[_Call], _Said]], ...] = (
            ("POST", re.compile(f"{orders}/native"), self._create),
            ("GET", re.compile(f"{orders}/out-trade-no/([^/]+)"), self._query),
            ("GET", re.compile(f"{orders}/id/([^/]+)"), self._query_by_transaction),
            ("POST", re.compile(f"{orders}/out-trade-no/([^/]+)/close"), self._close),
            ("POST", re.compile(refunds), self._refund),
            ("GET", re.compile(f"{refunds}/([^/]+)"), self._query_refund),
            ("GET", re.compile("/v3/certificates"), self._download),
        )

    @property
    def name(self) -> str:
        """The channel's name."""
        return "wechat_pay"

    def details(self) -> dict[str, str]:
        """What any client needs to be pointed here."""
        keys = self.keys
        return {
            "base_url": self._around.base_url,
            "appid": APPID,
            "mchid": MCHID,
            "merchant_serial": keys.merchant_serial,
            "merchant_private_key": str(keys.merchant_key_file),
            "merchant_certificate": str(keys.merchant_certificate_file),
            "public_key_id": keys.public_key.name,
            "public_key": str(keys.public_key_file),
            "platform_certificate": str(keys.platform_certificate_file),
            "platform_certificate_serial": keys.certificates[0].signer.name,
            "apiv3_key": keys.apiv3_key,
        }

    def trades(self) -> Sequence[Trade]:
        """All orders, newest first."""
        with self._lock:
            now = self._around.clock()
            return [order.trade(now) for order in reversed(self._books.orders.values())]

    def act(self, number: str, action: Action, **options: str) -> None:
        """Do what a buyer does; there are no ``options``."""
        if options:
            message = f"no such options: {', '.join(options)}"
            raise TypeError(message)
        with self._lock:
            order = self._books.act(number, action, self._around.clock())
            if action is Action.PAY:
                self._notices.paid(order, self._outcome(order))

    def handle(self, exchange: Exchange) -> Answering:
        """Answer one request."""
        try:
            self._check(exchange)
        except BadSignatureError as error:
            return _plain(401, Error(code="SIGN_ERROR", message=str(error)))
        try:
            with self._lock:
                said = self._route(exchange)
        except RefusalError as refusal:
            body = Error(code=refusal.code, message=refusal.message, detail=refusal.detail)
            said = _Said(refusal.status, body)
        except _DroppedError:
            return Answering(0, drop=True)
        return self._finished(said, exchange.headers.get("wechatpay-serial", ""))

    def _check(self, exchange: Exchange) -> None:
        now = self._around.clock()
        said = read_authorization(exchange.headers.get("authorization", ""))
        if said.mchid != MCHID or key_id(said.serial) != key_id(self.keys.merchant_serial):
            raise BadSignatureError("unknown merchant or certificate")
        target = f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path
        key, body = self.keys.merchant_key, exchange.body
        check_request(said, key, method=exchange.method, target=target, body=body, now=now)
        with self._lock:
            if said.nonce in self._nonces:
                raise BadSignatureError("a nonce is used once")
            self._nonces[said.nonce] = now.timestamp()
            forgotten = (now - 2 * CLOCK_WINDOW).timestamp()
            while (oldest := next(iter(self._nonces))) and self._nonces[oldest] < forgotten:
                del self._nonces[oldest]

    def _route(self, exchange: Exchange) -> _Said:
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(exchange.path)
            if found and method == exchange.method:
                number = unquote(found[1]) if found.groups() else ""
                return answer(_Call(number, parse_qs(exchange.query), exchange.body))
        raise RefusalError(404, "RESOURCE_NOT_EXISTS", "no such interface")

    def _finished(self, said: _Said, wanted_key: str) -> Answering:
        if said.fault is Outcome.NO_ANSWER:
            return Answering(0, drop=True)
        if said.fault is Outcome.SERVER_ERROR_AFTER:
            said = _Said(500, Error(code="SYSTEM_ERROR", message="系统异常"))
        plain = _plain(said.status, said.body)
        if said.fault is Outcome.UNSIGNED_ANSWER:
            return plain
        signer = self.keys.stranger if said.fault is Outcome.FORGED_ANSWER else None
        headers = self._signature(plain.body, signer or self._signer(wanted_key))
        delay_s = SLOW_S / self._around.time_scale if said.fault is Outcome.SLOW_ANSWER else 0.0
        return Answering(said.status, {**plain.headers, **headers}, plain.body, delay_s)

    def _signer(self, wanted_key: str = "") -> Signer:
        by_certificate = {key_id(one.signer.name): one.signer for one in self.keys.certificates}
        if wanted_key.startswith(PUBLIC_KEY_PREFIX):
            return self.keys.public_key
        default = self.keys.public_key
        if self.mode == "certificates":
            default = self.keys.certificates[-1].signer
        return by_certificate.get(key_id(wanted_key), default)

    def _signature(self, body: bytes, signer: Signer | None = None) -> dict[str, str]:
        signer = signer or self._signer()
        timestamp = int(self._around.clock().timestamp())
        headers = signer.headers(body, timestamp=timestamp, nonce=secrets.token_hex(16))
        with self._lock:
            self._signed += 1
            probed = self.probe_every and self._signed % self.probe_every == 0
        if probed:
            headers["wechatpay-signature"] = PROBE + headers["wechatpay-signature"]
        return headers

    def _create(self, call: _Call) -> _Said:
        request = _decoded(call.body, NativeOrder)
        self._check_merchant(request.mchid)
        if request.appid != APPID:
            raise RefusalError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
        number = request.out_trade_no
        scripted = self._around.script.outcome(number, request.description)
        if scripted is Outcome.UNSUPPORTED_METHOD:
            raise RefusalError(403, "NO_AUTH", "商户无此接口权限")
        fault = self._struck("create", number, scripted)
        is_new = number not in self._books.orders
        order = self._books.create(request, self._around.clock())
        code_url = order.code_url
        if is_new:
            self._play(order, scripted)
        return _Said(_OK, CodeUrl(code_url=code_url), fault)

    def _query(self, call: _Call) -> _Said:
        self._check_merchant(*call.query.get("mchid", [""]))
        order = self._books.order(call.number, self._around.clock())
        return _Said(_OK, order.transaction())

    def _query_by_transaction(self, call: _Call) -> _Said:
        self._check_merchant(*call.query.get("mchid", [""]))
        return _Said(_OK, self._books.paid_order(call.number).transaction())

    def _recalled(self, number: str) -> SimulatedOrder | None:
        past = self._around.recall(number)
        if past is None:
            return None
        request = NativeOrder(
            appid=APPID,
            mchid=MCHID,
            description=past.title,
            out_trade_no=past.number,
            notify_url=self._around.base_url,
            amount=OrderAmount(total=past.amount),
        )
        return SimulatedOrder(
            request,
            past.paid_at,
            "",
            past.paid_at,
            past.paid_at,
            state="SUCCESS",
            transaction_id=past.channel_ref,
            paid_at=past.paid_at,
            paid_total=past.amount,
        )

    def _close(self, call: _Call) -> _Said:
        self._check_merchant(_decoded(call.body, CloseOrder).mchid)
        now = self._around.clock()
        order = self._books.order(call.number, now)
        if order.state == "NOTPAY" and self._outcome(order) is Outcome.PAID_LATE:
            self._pay(order, Outcome.PAID_LATE)
        self._books.close(call.number, now)
        return _Said(_NO_CONTENT)

    def _refund(self, call: _Call) -> _Said:
        request = _decoded(call.body, DomesticRefund)
        number = request.out_refund_no
        scripted = self._around.script.outcome(number, request.reason)
        if scripted is Outcome.INSUFFICIENT_FUNDS:
            raise RefusalError(403, "NOT_ENOUGH", "商户余额不足")
        fault = self._struck("refund", number, scripted)
        now = self._around.clock()
        due = now + timedelta(seconds=REFUND_S / self._around.time_scale)
        becomes = _REFUND_ENDS.get(scripted, "SUCCESS")
        order, refund, is_new = self._books.refund(request, becomes, now, due)
        said = order.refund_said(refund)
        if is_new:
            self._notices.refunded(order, refund, scripted)
        return _Said(_OK, said, fault)

    def _query_refund(self, call: _Call) -> _Said:
        return _Said(_OK, self._books.refund_by_number(call.number, self._around.clock()))

    def _download(self, _call: _Call) -> _Said:
        if not self._certificates:
            raise RefusalError(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书")
        return _Said(_OK, self.keys.sealed_certificates())

    @staticmethod
    def _check_merchant(mchid: str) -> None:
        if mchid != MCHID:
            detail = ErrorDetail(field="/mchid", value=mchid, issue="与签名商户号不一致")
            raise RefusalError(400, "PARAM_ERROR", "商户号不一致", detail)

    def _outcome(self, order: SimulatedOrder) -> Outcome:
        request = order.request
        return self._around.script.outcome(request.out_trade_no, request.description)

    def _struck(self, operation: str, number: str, scripted: Outcome) -> Outcome:
        """The fault that strikes now. Raises for those that strike before anything is taken."""
        if scripted not in FAULTS_BEFORE | FAULTS_AFTER:
            return Outcome.BY_HAND
        if not self._around.script.strikes(operation, number):
            return Outcome.BY_HAND
        if scripted is Outcome.NO_ANSWER_BEFORE:
            raise _DroppedError
        if scripted is Outcome.SERVER_ERROR:
            raise RefusalError(500, "SYSTEM_ERROR", "系统异常")
        if scripted is Outcome.BUSY:
            raise RefusalError(429, "FREQUENCY_LIMITED", "频率超限")
        return scripted

    def _play(self, order: SimulatedOrder, scripted: Outcome) -> None:
        if scripted in BUYER_PAYS:
            self._pay(order, scripted)
        elif scripted is Outcome.INSUFFICIENT_FUNDS:
            self._books.act(order.request.out_trade_no, Action.REFUSE, self._around.clock())
        elif scripted is Outcome.CLOSED:
            order.state = "CLOSED"
        elif scripted is Outcome.FORGED_NOTIFICATION:
            self._notices.forge(order)

    def _pay(self, order: SimulatedOrder, scripted: Outcome) -> None:
        total = order.request.amount.total + (scripted is Outcome.WRONG_AMOUNT)
        self._books.pay(order, total, self._around.clock())
        self._notices.paid(order, scripted)


def _plain(status: int, body: object) -> Answering:
    content = b"" if body is None else msgspec.json.encode(body)
    headers = {"request-id": f"{uuid.uuid4().hex}-{status}"}
    if content:
        headers["content-type"] = "application/json; charset=utf-8"
    return Answering(status, headers, content)


def _decoded(body: bytes, kind: type[Request]) -> Request:
    """The body read as strictly as the provider reads it. Raises RefusalError with the field."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        message = str(error)
        path = (found[1] if (found := _PATH.search(message)) else "").split(".")
        field = found[1] if (found := _FIELD.search(message)) else ""
        name = "/" + "/".join(part for part in (*path, field) if part)
        detail = ErrorDetail(field=name, issue=message, location="body")
        raise RefusalError(400, "PARAM_ERROR", "参数错误", detail) from error
    except msgspec.DecodeError as error:
        raise RefusalError(400, "PARAM_ERROR", "请求体不是合法的JSON") from error
