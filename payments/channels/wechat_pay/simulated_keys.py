"""The test keys of the simulated WeChat Pay: made once in a folder, never used with real money."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from payments.certificates import private_pem, write_private
from payments.channels.wechat_pay.messages import (
    BEIJING,
    PlatformCertificate,
    PlatformCertificates,
    Sealed,
)
from payments.channels.wechat_pay.signing import Signer, seal

APPID: Final = "wx5ca1ab1e0ddba115"
MCHID: Final = "1900000109"
PUBLIC_KEY_ID: Final = "PUB_KEY_ID_0119000001092026112100000000000001"

_BITS: Final = 2048
_CERTIFICATE_DAYS: Final = 5 * 365
_APIV3_CHARACTERS: Final = string.ascii_letters + string.digits
_APIV3_LENGTH: Final = 32


class Certified(msgspec.Struct, frozen=True):
    """A platform certificate with what signs in its name."""

    pem: bytes
    signer: Signer

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, read."""
        return x509.load_pem_x509_certificate(self.pem)


class SimulatedKeys:
    """Both sides' keys: the merchant's to be handed out, the provider's to sign with."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self.merchant_key_file = folder / "apiclient_key.pem"
        self.merchant_certificate_file = folder / "apiclient_cert.pem"
        self.public_key_file = folder / "pub_key.pem"
        self.platform_certificate_file = folder / "platform_cert.pem"
        merchant = self._certified(self.merchant_key_file, self.merchant_certificate_file)
        self.merchant_serial = merchant.signer.name
        self.merchant_key = merchant.signer.public_key
        self.public_key = Signer(PUBLIC_KEY_ID, _private(folder / "wechatpay_key.pem"))
        self.public_key_file.write_bytes(
            self.public_key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )
        platform = self._certified(folder / "platform_key.pem", self.platform_certificate_file)
        self.certificates = [platform]
        self.apiv3_key = _apiv3_key(folder / "apiv3_key.txt")
        # Somebody else's key, for forgeries.
        self.stranger = Signer(PUBLIC_KEY_ID, private_pem(rsa.generate_private_key(65537, _BITS)))

    def rotate(self) -> str:
        """Add a newer platform certificate, which signs from now on; its serial."""
        key = private_pem(rsa.generate_private_key(65537, _BITS))
        self.certificates.append(_certify(key, self._clock()))
        return self.certificates[-1].signer.name

    def sealed_certificates(self) -> PlatformCertificates:
        """All platform certificates, each sealed with the APIv3 key."""
        return PlatformCertificates([self._sealed(one) for one in self.certificates])

    def _sealed(self, one: Certified) -> PlatformCertificate:
        certificate, nonce = one.certificate, secrets.token_hex(6)
        return PlatformCertificate(
            serial_no=one.signer.name,
            effective_time=certificate.not_valid_before_utc.astimezone(BEIJING).isoformat(),
            expire_time=certificate.not_valid_after_utc.astimezone(BEIJING).isoformat(),
            encrypt_certificate=Sealed(
                algorithm="AEAD_AES_256_GCM",
                nonce=nonce,
                associated_data="certificate",
                ciphertext=seal(self.apiv3_key, nonce, "certificate", one.pem),
            ),
        )

    def _certified(self, key_file: Path, certificate_file: Path) -> Certified:
        key = _private(key_file)
        if not certificate_file.exists():
            certificate_file.write_bytes(_certify(key, self._clock()).pem)
        pem = certificate_file.read_bytes()
        serial = f"{x509.load_pem_x509_certificate(pem).serial_number:040X}"
        return Certified(pem, Signer(serial, key))


def _private(file: Path) -> bytes:
    if not file.exists():
        write_private(file, private_pem(rsa.generate_private_key(65537, _BITS)))
    return file.read_bytes()


def _apiv3_key(file: Path) -> str:
    if not file.exists():
        key = "".join(secrets.choice(_APIV3_CHARACTERS) for _ in range(_APIV3_LENGTH))
        write_private(file, key.encode())
    return file.read_text()


def _certify(private_key: bytes, now: datetime) -> Certified:
    key = load_pem_private_key(private_key, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("WeChat Pay keys are RSA keys")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated WeChat Pay")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_CERTIFICATE_DAYS))
        .sign(key, SHA256())
    )
    serial = f"{certificate.serial_number:040X}"
    return Certified(certificate.public_bytes(Encoding.PEM), Signer(serial, private_key))
