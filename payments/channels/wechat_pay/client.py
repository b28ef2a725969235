"""A conversation with WeChat Pay: every request signed, every answer checked before it is believed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from payments.channels.protocol import BadSignatureError
from payments.channels.transport import Answer, NoAnswerError, Transport
from payments.channels.wechat_pay.messages import Error, PlatformCertificates, bare
from payments.channels.wechat_pay.signing import (
    PUBLIC_KEY_PREFIX,
    SignatureProbeError,
    Signer,
    UnknownKeyError,
    UnsealingError,
    Verifier,
    unseal,
)

PRODUCTION: Final = "https://api.mch.weixin.qq.com"
CERTIFICATES: Final = "/v3/certificates"
# A forged serial must not make us ask for certificates as often as somebody likes.
_BETWEEN_DOWNLOADS: Final = timedelta(minutes=1)
_TRIES_WHEN_PROBED: Final = 3
_APIV3_BYTES: Final = 32
_OK: Final = 200
_NO_CONTENT: Final = 204

Body = TypeVar("Body")


class WeChatPayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Who the merchant is and whose signatures count.

    ``verifier_keys`` maps ``PUB_KEY_ID_…`` to a PEM public key and serials to PEM platform
    certificates, both at once while a merchant moves from one to the other; empty means that the
    platform certificates are downloaded. ``previous_apiv3_key`` still opens notifications sealed
    before the key was changed. ``fee_rate`` 0.0060 is 0.60 %. Raises ValueError for an APIv3 key of
    the wrong length.
    """

    appid: str
    mchid: str
    merchant_serial: str
    merchant_private_key: str
    apiv3_key: str
    previous_apiv3_key: str = ""
    verifier_keys: Mapping[str, str] = {}
    base_url: str = PRODUCTION
    ca_file: str | None = None
    connect_s: float = 3.0
    read_s: float = 10.0
    fee_rate: Decimal = Decimal("0.0060")
    refund_spacing: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        """Refuse an APIv3 key that could open nothing."""
        if any(len(key.encode()) != _APIV3_BYTES for key in self.apiv3_keys()):
            raise ValueError("an APIv3 key has exactly 32 characters")

    def __repr__(self) -> str:
        """Names the merchant and nothing secret."""
        return f"WeChatPayConfig(appid={self.appid!r}, mchid={self.mchid!r})"

    def apiv3_keys(self) -> tuple[str, ...]:
        """The keys that open sealed resources, the current one first."""
        return tuple(key for key in (self.apiv3_key, self.previous_apiv3_key) if key)


class UnknownResultError(Exception):
    """Nothing is known of what became of a request; ``code`` says why in one word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RefusedError(Exception):
    """The provider's signed word that it did not do it; ``code`` in the tables' spelling."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignedClient:
    """Signs, sends, checks and reads. Safe to share between threads.

    Raises ValueError or TypeError for keys that cannot be read.
    """

    def __init__(
        self, config: WeChatPayConfig, *, clock: Callable[[], datetime], nonce: Callable[[], str]
    ) -> None:
        self._config = config
        self._clock = clock
        self._nonce = nonce
        self._signer = Signer(config.merchant_serial, config.merchant_private_key.encode())
        self._verifier = Verifier(config.verifier_keys)
        self.transport = Transport(
            base_url=config.base_url,
            ca_file=config.ca_file,
            connect_s=config.connect_s,
            read_s=config.read_s,
        )
        self._downloading = threading.Lock()
        self._downloaded_at: datetime | None = None

    def call(self, method: str, target: str, expected: type[Body], body: bytes = b"") -> Body:
        """The checked answer to a request; ``target`` is path and query exactly as sent.

        Raises RefusedError for the provider's signed refusal, UnknownResultError for everything
        else: no answer, no or a wrong signature, an answer that cannot be read.
        """
        answer = self._checked(method, target, body)
        if answer.status == _NO_CONTENT and expected is type(None):
            return expected()
        try:
            if answer.status == _OK:
                return msgspec.json.decode(answer.body, type=expected)
            code = msgspec.json.decode(answer.body, type=Error).code
        except msgspec.DecodeError as error:
            raise UnknownResultError("unreadable_answer") from error
        raise RefusedError(bare(code))

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Pass if the provider signed these bytes just now. Raises BadSignatureError."""
        try:
            self._verifier.check(headers, body, self._clock())
        except UnknownKeyError as error:
            if error.key_id.startswith(PUBLIC_KEY_PREFIX):
                raise
            self._renew_once_in_a_while()
            self._verifier.check(headers, body, self._clock())

    def renew_certificates(self) -> bool:
        """Download the platform certificates; call at least every 12 h where they are used.

        False when none came; the ones held stay in use until they end.
        """
        with self._downloading:
            return self._renew()

    def _renew_once_in_a_while(self) -> None:
        """Renew, or wait for another thread that does, unless that was done a moment ago."""
        with self._downloading:
            last = self._downloaded_at
            if last is None or self._clock() - last >= _BETWEEN_DOWNLOADS:
                self._renew()

    def _renew(self) -> bool:
        self._downloaded_at = self._clock()
        try:
            self._learn(self._send("GET", CERTIFICATES, b""))
        except (
            NoAnswerError,
            BadSignatureError,
            UnsealingError,
            msgspec.DecodeError,
            ValueError,  # no certificate
        ):
            return False
        return True

    def _learn(self, answer: Answer) -> None:
        """Take certificates from an answer that they themselves have to prove.

        The first download can only be checked afterwards; until then the APIv3 key, which seals
        each certificate, vouches for them.
        """
        said = msgspec.json.decode(answer.body, type=PlatformCertificates)
        sealed = [one.encrypt_certificate for one in said.data]
        keys = self._config.apiv3_keys()
        pems = [unseal(keys, one.nonce, one.associated_data, one.ciphertext) for one in sealed]
        proving = Verifier(self._config.verifier_keys)
        proving.learn(pems)
        proving.check(answer.headers, answer.body, self._clock())
        self._verifier.learn(pems)

    def _checked(self, method: str, target: str, body: bytes) -> Answer:
        for _ in range(_TRIES_WHEN_PROBED):
            try:
                answer = self._send(method, target, body)
                self.check(answer.headers, answer.body)
            except NoAnswerError as error:
                raise UnknownResultError("no_answer" if error.sent else "not_sent") from error
            except SignatureProbeError:
                continue
            except BadSignatureError as error:
                raise UnknownResultError("unverifiable_answer") from error
            return answer
        raise UnknownResultError("unverifiable_answer")

    def _send(self, method: str, target: str, body: bytes) -> Answer:
        headers = {
            "accept": "application/json",
            "user-agent": "suanpan",
            "authorization": self._signer.authorization(
                self._config.mchid,
                method,
                target,
                body,
                timestamp=int(self._clock().timestamp()),
                nonce=self._nonce(),
            ),
        }
        if body:
            headers["content-type"] = "application/json"
        if preferred := self._verifier.preferred():
            headers["wechatpay-serial"] = preferred
        return self.transport.send(method, target, headers=headers, content=body)
