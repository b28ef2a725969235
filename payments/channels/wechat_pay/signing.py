"""WeChat Pay APIv3 signatures and sealed resources: raw bytes in, verdict out.

Merchant and provider sign the same way (SHA256withRSA, PKCS#1 v1.5) over a few lines of text;
only the lines differ. Checking has no default: it returns nothing or raises. Keys are loaded once,
when the objects here are built.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)

from payments.channels.protocol import BadSignatureError

SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
# Deliberately wrong signatures that the provider sends to see whether merchants check.
PROBE: Final = "WECHATPAY/SIGNTEST/"
PUBLIC_KEY_PREFIX: Final = "PUB_KEY_ID_"
CLOCK_WINDOW: Final = timedelta(minutes=5)

_ALWAYS: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_FIELD: Final = re.compile(r'(mchid|nonce_str|signature|timestamp|serial_no)="([^"]*)"')
_NONCE: Final = re.compile(r"[0-9A-Za-z]{1,32}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")


class UnknownKeyError(BadSignatureError):
    """Signed with a key that is not held here; ``key_id`` says which."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"no key {key_id[:64]!r}")
        self.key_id = key_id


class SignatureProbeError(BadSignatureError):
    """One of the provider's deliberately wrong signatures: the same call may be made again."""


class UnsealingError(Exception):
    """A resource that none of the APIv3 keys opens."""


class Authorization(msgspec.Struct, frozen=True):
    """What the Authorization header of a request says."""

    mchid: str
    nonce: str
    signature: str
    timestamp: str
    serial: str


class Verifier:
    """The provider's keys by id: WeChat Pay public keys and platform certificates side by side."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """``keys`` maps an id or serial to a PEM public key or certificate. Raises ValueError."""
        loaded = {key_id(name): _load_verifier_key(pem) for name, pem in keys.items()}
        self._keys: Mapping[str, tuple[RSAPublicKey, tuple[datetime, datetime]]] = loaded

    def learn(self, certificates: Iterable[bytes]) -> None:
        """Hold these PEM certificates too, each under its serial number. Raises ValueError."""
        learnt = dict(self._keys)
        for pem in certificates:
            serial = f"{x509.load_pem_x509_certificate(pem).serial_number:X}"
            learnt[serial] = _load_verifier_key(pem.decode())
        self._keys = MappingProxyType(learnt)

    def preferred(self) -> str:
        """The id of the public key that answers should be signed with, empty in certificate mode."""
        return next((name for name in self._keys if name.startswith(PUBLIC_KEY_PREFIX)), "")

    def check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Pass if the provider signed these bytes within five minutes of ``now``.

        ``headers`` have lower-case names. Raises BadSignatureError, or its kinds UnknownKeyError
        and SignatureProbeError.
        """
        timestamp = headers.get("wechatpay-timestamp", "")
        nonce = headers.get("wechatpay-nonce", "")
        signature = headers.get("wechatpay-signature", "")
        name = headers.get("wechatpay-serial", "")
        if not (timestamp and nonce and signature and name):
            raise BadSignatureError("unsigned")
        if headers.get("wechatpay-signature-type", SCHEME) != SCHEME:
            raise BadSignatureError("signed by another scheme")
        if signature.startswith(PROBE):
            raise SignatureProbeError("a probe of the provider")
        check_time(timestamp, now)
        key, (begins, ends) = self._key(name)
        if not begins <= now <= ends:
            raise BadSignatureError("signed with a certificate out of its validity")
        check_signature(key, signature, answer_lines(timestamp, nonce, body))

    def _key(self, name: str) -> tuple[RSAPublicKey, tuple[datetime, datetime]]:
        try:
            return self._keys[key_id(name)]
        except KeyError:
            raise UnknownKeyError(name) from None


class Signer:
    """One private key with the id that others know it by."""

    def __init__(self, name: str, private_key_pem: bytes) -> None:
        key = load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("WeChat Pay keys are RSA keys")
        self.name = name
        self.public_key = key.public_key()
        self._key = key

    def sign(self, text: bytes) -> str:
        """The signature of the bytes, base64."""
        return b64encode(self._key.sign(text, PKCS1v15(), SHA256())).decode()

    def decrypt(self, ciphertext: str) -> str:
        """Read a sensitive field (RSA-OAEP, base64) that was encrypted for this key."""
        return self._key.decrypt(b64decode(ciphertext), _oaep()).decode()

    def authorization(
        self, mchid: str, method: str, target: str, body: bytes, *, timestamp: int, nonce: str
    ) -> str:
        """The Authorization header of a merchant's request; ``target`` is path and query as sent."""
        signature = self.sign(request_lines(method, target, str(timestamp), nonce, body))
        return (
            f'{SCHEME} mchid="{mchid}",nonce_str="{nonce}",signature="{signature}",'
            f'timestamp="{timestamp}",serial_no="{self.name}"'
        )

    def headers(self, body: bytes, *, timestamp: int, nonce: str) -> dict[str, str]:
        """The signature headers of a provider's answer or notification."""
        return {
            "wechatpay-timestamp": str(timestamp),
            "wechatpay-nonce": nonce,
            "wechatpay-signature": self.sign(answer_lines(str(timestamp), nonce, body)),
            "wechatpay-serial": self.name,
            "wechatpay-signature-type": SCHEME,
        }

    def payment_signature(self, appid: str, timestamp: int, nonce: str, prepay_id: str) -> str:
        """``paySign`` of the parameters a page inside WeChat starts a payment with."""
        return self.sign(_lines(appid, str(timestamp), nonce, f"prepay_id={prepay_id}"))


def key_id(name: str) -> str:
    """One spelling of a key's id: public key ids as they are, serials as bare upper-case hex."""
    if name.startswith(PUBLIC_KEY_PREFIX):
        return name
    return name.upper().lstrip("0")


def request_lines(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What a merchant signs of a request."""
    return _lines(method, target, timestamp, nonce) + body + b"\n"


def answer_lines(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What the provider signs of an answer or notification."""
    return _lines(timestamp, nonce) + body + b"\n"


def check_signature(key: RSAPublicKey, signature: str, text: bytes) -> None:
    """Pass if the base64 signature is of this text by this key. Raises BadSignatureError."""
    try:
        key.verify(b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error) as error:
        raise BadSignatureError("the signature does not fit") from error


def check_time(timestamp: str, now: datetime) -> None:
    """Pass if these seconds are within five minutes of ``now``. Raises BadSignatureError."""
    if not _SECONDS.fullmatch(timestamp):
        raise BadSignatureError("no time of signing")
    if abs(now.timestamp() - int(timestamp)) > CLOCK_WINDOW.total_seconds():
        raise BadSignatureError("signed more than five minutes from now")


def read_authorization(header: str) -> Authorization:
    """Read an Authorization header, its five fields in any order. Raises BadSignatureError."""
    scheme, _, fields = header.partition(" ")
    found = dict(_FIELD.findall(fields))
    expected_length = len(",".join(f'{name}="{value}"' for name, value in found.items()))
    if scheme != SCHEME or len(found) != len(Authorization.__struct_fields__):
        raise BadSignatureError("no authorization of this scheme")
    if len(fields) != expected_length or not _NONCE.fullmatch(found["nonce_str"]):
        raise BadSignatureError("malformed authorization")
    return Authorization(
        mchid=found["mchid"],
        nonce=found["nonce_str"],
        signature=found["signature"],
        timestamp=found["timestamp"],
        serial=found["serial_no"],
    )


def check_request(
    said: Authorization,
    key: RSAPublicKey,
    *,
    method: str,
    target: str,
    body: bytes,
    now: datetime,
) -> None:
    """Pass if the merchant signed this request within five minutes. Raises BadSignatureError."""
    check_time(said.timestamp, now)
    text = request_lines(method, target, said.timestamp, said.nonce, body)
    check_signature(key, said.signature, text)


def seal(key: str, nonce: str, associated_data: str, plaintext: bytes) -> str:
    """Encrypt a resource with an APIv3 key (AES-256-GCM, tag at the end), base64."""
    return b64encode(
        AESGCM(key.encode()).encrypt(nonce.encode(), plaintext, associated_data.encode())
    ).decode()


def unseal(keys: Iterable[str], nonce: str, associated_data: str, ciphertext: str) -> bytes:
    """Decrypt a resource with the first of the APIv3 keys that opens it. Raises UnsealingError.

    A changed key is valid at once, while sealed notifications may still be on their way: the
    previous one is therefore tried too.
    """
    try:
        data = b64decode(ciphertext, validate=True)
    except binascii.Error as error:
        raise UnsealingError("not base64") from error
    for key in keys:
        try:
            return AESGCM(key.encode()).decrypt(nonce.encode(), data, associated_data.encode())
        except (InvalidTag, ValueError):
            continue
    raise UnsealingError("no APIv3 key opens the resource")


def encrypt_field(key: RSAPublicKey, text: str) -> str:
    """Encrypt a sensitive field (RSA-OAEP with SHA-1, as the provider demands), base64."""
    return b64encode(key.encrypt(text.encode(), _oaep())).decode()


def _oaep() -> OAEP:
    # SHA-1 is the provider's choice; OAEP does not rely on its collision resistance.
    return OAEP(mgf=MGF1(SHA1()), algorithm=SHA1(), label=None)  # noqa: S303


def _lines(*parts: str) -> bytes:
    return "".join(f"{part}\n" for part in parts).encode()


def _load_verifier_key(pem: str) -> tuple[RSAPublicKey, tuple[datetime, datetime]]:
    validity = _ALWAYS
    key: PublicKeyTypes
    if "BEGIN CERTIFICATE" in pem:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        validity = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        key = certificate.public_key()
    else:
        key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("WeChat Pay keys are RSA keys")  # noqa: TRY004 a wrong file, not a wrong type
    return key, validity
