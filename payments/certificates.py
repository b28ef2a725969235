"""The private certificate authority of an installation and its certificate for this machine.

The services, the simulators and the tests speak TLS over loopback. Each installation makes its own
authority once; clients trust that one file and nothing else. The authority's key is dropped after
signing, so nobody can sign a second certificate with it, and names other than this machine's are
excluded by name constraints. Nothing here is a public certificate.
"""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Browsers and operating systems refuse leaf certificates of more than 398 days.
_VALID: Final = timedelta(days=397)
_RENEWED_BEFORE_END: Final = timedelta(days=30)
# Clocks of two programs on one machine agree; those of a virtual machine and its host may not.
_CLOCK_TOLERANCE: Final = timedelta(hours=1)
_LOOPBACK_NETWORKS: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_LOOPBACK_ADDRESSES: Final = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


class Authority(msgspec.Struct, frozen=True):
    """Where the three PEM files of an installation's TLS lie."""

    ca_file: Path
    certificate_file: Path
    key_file: Path

    @classmethod
    def in_folder(cls, folder: Path, *, now: datetime | None = None) -> Authority:
        """The authority of a folder, made when it is missing or ends within 30 days of ``now``.

        Raises OSError when the folder cannot be written.
        """
        authority = cls(folder / "ca.pem", folder / "localhost.pem", folder / "localhost.key.pem")
        now = now or datetime.now(UTC)
        if not authority._lasts(now):
            authority._make(now)
        return authority

    def _lasts(self, now: datetime) -> bool:
        if not all(file.exists() for file in (self.ca_file, self.certificate_file, self.key_file)):
            return False
        leaf = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        return now + _RENEWED_BEFORE_END < leaf.not_valid_after_utc

    def _make(self, now: datetime) -> None:
        self.ca_file.parent.mkdir(parents=True, exist_ok=True)
        authority_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        authority = _authority_certificate(authority_key, now)
        leaf = _leaf_certificate(leaf_key, authority, authority_key, now)
        write_private(self.key_file, private_pem(leaf_key))
        self.certificate_file.write_bytes(leaf.public_bytes(Encoding.PEM))
        self.ca_file.write_bytes(authority.public_bytes(Encoding.PEM))


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """The key as unencrypted PKCS#8 PEM."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from the first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_TOLERANCE)
        .not_valid_after(now - _CLOCK_TOLERANCE + _VALID)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_certificate(key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name("Suanpan on this machine")
    public = key.public_key()
    permitted: list[x509.GeneralName] = [x509.DNSName("localhost")]
    permitted += [x509.IPAddress(network) for network in _LOOPBACK_NETWORKS]
    return (
        _builder(name, name, now)
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, SHA256())
    )


def _leaf_certificate(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(address) for address in _LOOPBACK_ADDRESSES]
    issuer_key = authority_key.public_key()
    return (
        _builder(_name("localhost"), authority.subject, now)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
        .sign(authority_key, SHA256())
    )
