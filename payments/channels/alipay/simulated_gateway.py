"""The door of the simulated gateway: who asks, is it signed, and how an answer goes back.

It checks in the order of the real one (the application first, then the signature) and signs exactly
the text it sends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

import msgspec

from payments.channels.alipay import signing
from payments.channels.alipay.messages import ERROR_NODE, Answer, Operation, instant_from
from payments.channels.alipay.simulated_answers import refused
from payments.channels.alipay.simulated_keys import SimulatedKeys
from payments.channels.simulation.provider import Answering, Exchange

PAGES: Final = frozenset({Operation.PAGE_PAY, Operation.WAP_PAY})
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_JSON_AS_SENT: Final = {"content-type": "text/html;charset=utf-8"}
_ERROR_PAGE: Final = "<!doctype html><meta charset=gbk><title>支付宝</title><h1>{code}</h1>"


class Spoiled(StrEnum):
    """What may be wrong with an answer on its way back."""

    NOTHING = "nothing"
    WRONG_SIGNATURE = "wrong_signature"
    UNSIGNED = "unsigned"
    ESCAPED = "escaped"  # a slash as \/, signed as sent


class GatewayRefusalError(Exception):
    """The gateway itself refuses; arguments are ``code`` and ``sub_code``."""

    def __init__(self, code: str, sub_code: str, *, signed: bool = True) -> None:
        super().__init__(code, sub_code)
        self.code = code
        self.sub_code = sub_code
        self.signed = signed


class Call(msgspec.Struct, frozen=True):
    """A request that is known to come from the application."""

    app_id: str
    operation: Operation
    content: str
    charset: str
    notify_url: str
    return_url: str


class Door:
    """Checks requests and sends answers. ``certified`` are the applications in certificate mode.

    ``largest_skew`` None accepts any well-formed timestamp.
    """

    def __init__(
        self,
        keys: SimulatedKeys,
        *,
        plain: frozenset[str],
        certified: frozenset[str],
        clock: Callable[[], datetime],
        largest_skew: timedelta | None = None,
    ) -> None:
        self._keys = keys
        self._plain = plain
        self._certified = certified
        self._clock = clock
        self._largest_skew = largest_skew

    def open(self, parameters: dict[str, str]) -> Call:
        """Check a request. Raises GatewayRefusalError."""
        app_id = parameters.get("app_id", "")
        if not app_id:
            raise GatewayRefusalError("40001", "isv.missing-app-id", signed=False)
        if app_id not in self._plain | self._certified:
            raise GatewayRefusalError("40002", "isv.invalid-app-id", signed=False)
        charset = self._check_signature(parameters, certified=app_id in self._certified)
        operation = self._check_common(parameters)
        if parameters.get("encrypt_type"):
            raise GatewayRefusalError("40002", "isv.invalid-parameter")
        return Call(
            app_id=app_id,
            operation=operation,
            content=parameters.get("biz_content", "{}"),
            charset=charset,
            notify_url=parameters.get("notify_url", ""),
            return_url=parameters.get("return_url", ""),
        )

    def _check_signature(self, parameters: dict[str, str], *, certified: bool) -> str:
        charset = parameters.get("charset", "").lower()
        if charset not in signing.CHARSETS:
            raise GatewayRefusalError("40002", "isv.invalid-charset")
        if parameters.get("sign_type") != signing.SIGN_TYPE:
            raise GatewayRefusalError("40002", "isv.invalid-signature-type")
        signature = parameters.get("sign", "")
        if not signature:
            raise GatewayRefusalError("40001", "isv.missing-signature")
        if certified:
            self._check_numbers(parameters)
        key = self._keys.app.public_key()
        texts = (signing.request_text(parameters, keep_empty=keep) for keep in (False, True))
        if not any(signing.verify(text.encode(charset), signature, key) for text in texts):
            raise GatewayRefusalError("40002", "isv.invalid-signature")
        return charset

    def _check_numbers(self, parameters: dict[str, str]) -> None:
        for name, number, missing in (
            ("app_cert_sn", self._keys.app_number, "isv.missing-app-cert-sn"),
            ("alipay_root_cert_sn", self._keys.root_number, "isv.missing-alipay-root-cert-sn"),
        ):
            if not parameters.get(name):
                raise GatewayRefusalError("40002", missing)
            if parameters[name] != number:
                raise GatewayRefusalError("40002", "isv.invalid-signature")

    def _check_common(self, parameters: dict[str, str]) -> Operation:
        method = parameters.get("method", "")
        if not method:
            raise GatewayRefusalError("40001", "isv.missing-method")
        if method not in set(Operation):
            raise GatewayRefusalError("40002", "isv.invalid-method")
        timestamp = parameters.get("timestamp", "")
        if not timestamp:
            raise GatewayRefusalError("40001", "isv.missing-timestamp")
        if not self._is_now(timestamp):
            raise GatewayRefusalError("40002", "isv.invalid-timestamp")
        if parameters.get("version") != "1.0":
            raise GatewayRefusalError("40001", "isv.missing-version")
        if parameters.get("format", "json").lower() != "json":
            raise GatewayRefusalError("40002", "isv.invalid-format")
        return Operation(method)

    def _is_now(self, timestamp: str) -> bool:
        told = instant_from(timestamp)
        if told is None or not _TIMESTAMP.fullmatch(timestamp):
            return False
        return self._largest_skew is None or abs(told - self._clock()) <= self._largest_skew

    def answer(
        self, parameters: dict[str, str], answer: Answer, spoiled: Spoiled = Spoiled.NOTHING
    ) -> Answering:
        """An answer as it leaves: the node first, ``sign`` last, the signature over the node."""
        charset = parameters.get("charset", "").lower()
        charset = charset if charset in signing.CHARSETS else "utf-8"
        text = msgspec.json.encode(answer).decode()
        if spoiled is Spoiled.ESCAPED:
            text = text.replace("/", "\\/")
        method = parameters.get("method", "")
        node = Operation(method).node if method in set(Operation) else ERROR_NODE
        members = [f'"{node}":{text}']
        if parameters.get("app_id") in self._certified:
            members.append(f'"alipay_cert_sn":"{self._keys.alipay_number}"')
        key = self._keys.app if spoiled is Spoiled.WRONG_SIGNATURE else self._keys.alipay
        if spoiled is not Spoiled.UNSIGNED:
            members.append(f'"sign":"{signing.sign(text.encode(charset), key)}"')
        return Answering(HTTPStatus.OK, _JSON_AS_SENT, f"{{{','.join(members)}}}".encode(charset))

    def refusal(self, parameters: dict[str, str], refusal: GatewayRefusalError) -> Answering:
        """How the gateway refuses: a page for the browser, else a node; unsigned for strangers."""
        if parameters.get("method") in PAGES:
            return error_page(refusal.sub_code)
        answer = refused(refusal.code, refusal.sub_code)
        return self.answer(
            parameters, answer, Spoiled.NOTHING if refusal.signed else Spoiled.UNSIGNED
        )


def error_page(code: str) -> Answering:
    """What the payer's browser sees instead of the cashier: a page in GBK."""
    headers = {"content-type": "text/html;charset=GBK"}
    return Answering(HTTPStatus.OK, headers, _ERROR_PAGE.format(code=code).encode("gbk"))


def parameters_of(exchange: Exchange) -> dict[str, str]:
    """Query and form together. Raises FormError."""
    kind = exchange.headers.get("content-type", "")
    body = exchange.body if kind.startswith("application/x-www-form-urlencoded") else b""
    return signing.read_form(exchange.query.encode(), body)
