"""The keys and certificates of the simulated Alipay, made once per folder. For tests and demos only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

from payments.channels.alipay import certificates, signing

_VALID_FROM: Final = datetime(2024, 1, 1, tzinfo=UTC)
_VALID: Final = timedelta(days=7300)


class SimulatedKeys:
    """The application's key, Alipay's key, and certificates for both under one root."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.app_private_file = folder / "app_private_key.pem"
        self.alipay_public_file = folder / "alipay_public_key.pem"
        self.app_certificate_file = folder / "appCertPublicKey.crt"
        self.alipay_certificate_file = folder / "alipayCertPublicKey_RSA2.crt"
        self.root_certificate_file = folder / "alipayRootCert.crt"
        self.app = _kept(self.app_private_file)
        self.alipay = _kept(folder / "alipay_private_key.pem")
        self._root = _kept(folder / "root_private_key.pem")
        self._certify()
        self._numbers = {
            file: certificates.number_of(certificates.leaf(file.read_text(encoding="utf-8")))
            for file in self._certificate_files()
        }
        self.reissued = self.alipay_certificate_file.read_text(encoding="utf-8")

    @property
    def app_number(self) -> str:
        """The SN of the application's certificate."""
        return self._numbers[self.app_certificate_file]

    @property
    def root_number(self) -> str:
        """The SN of the root bundle."""
        return self._numbers[self.root_certificate_file]

    @property
    def alipay_number(self) -> str:
        """The SN of Alipay's certificate in use."""
        return certificates.number_of(certificates.leaf(self.reissued))

    def reissue(self, *, with_new_key: bool = False) -> None:
        """Give Alipay a new certificate, as a rule for the same key; the old one's file stays."""
        if with_new_key:
            self.alipay = _new_key()
        self.reissued = self._certificate("sim-alipay-gateway", self.alipay)

    def _certificate_files(self) -> Iterator[Path]:
        yield self.app_certificate_file
        yield self.alipay_certificate_file
        yield self.root_certificate_file

    def _certify(self) -> None:
        if all(file.exists() for file in self._certificate_files()):
            return
        public = self.alipay.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        self.alipay_public_file.write_bytes(public)
        for file, name, key in (
            (self.app_certificate_file, "sim-merchant-app", self.app),
            (self.alipay_certificate_file, "sim-alipay-gateway", self.alipay),
            (self.root_certificate_file, "Simulator Root CA R1", self._root),
        ):
            file.write_text(self._certificate(name, key), encoding="utf-8")

    def _certificate(self, name: str, key: rsa.RSAPrivateKey) -> str:
        is_root = key is self._root
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name("Simulator Root CA R1" if is_root else name))
            .issuer_name(_name("Simulator Root CA R1"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_VALID_FROM)
            .not_valid_after(_VALID_FROM + _VALID)
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .sign(self._root, hashes.SHA256())
        )
        return certificate.public_bytes(Encoding.PEM).decode()


def _kept(file: Path) -> rsa.RSAPrivateKey:
    if file.exists():
        return signing.private_key(file.read_text(encoding="utf-8"))
    key = _new_key()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(pem)
    return key


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Simulator Financial"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Certification Authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
