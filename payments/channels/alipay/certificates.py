"""Serial numbers and chains of Alipay's certificates (certificate mode).

The gateway names a certificate by a digest of its issuer and serial number, and the root bundle by
the digests of its RSA certificates. A re-issued certificate is taken only when it leads to the
stored root and belongs to the same holder as the stored one: the root also signs the certificates
of other merchants.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_RSA_SIGNATURES = "1.2.840.113549.1.1."
_LONGEST_CHAIN = 5
# The order of names in the text that is digested.
_ISSUER_NAMES = (
    ("CN", NameOID.COMMON_NAME),
    ("OU", NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("O", NameOID.ORGANIZATION_NAME),
    ("C", NameOID.COUNTRY_NAME),
)


class CertificateError(ValueError):
    """The text holds no usable RSA certificate, or it is not provably Alipay's."""


def rsa_certificates(bundle: str) -> list[x509.Certificate]:
    """The certificates with an RSA signature, in file order; what cannot be read is passed over.

    The public root bundle also holds SM2 certificates, one of which no common library reads.
    """
    found = []
    for block in _BLOCK.findall(bundle):
        try:
            certificate = x509.load_pem_x509_certificate(block.encode())
            if certificate.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNATURES):
                found.append(certificate)
        except (ValueError, UnsupportedAlgorithm):
            continue
    return found


def leaf(bundle: str) -> x509.Certificate:
    """The holder's own certificate: the first of the file. Raises CertificateError."""
    certificates = rsa_certificates(bundle)
    if not certificates:
        raise CertificateError("no RSA certificate in the text")
    return certificates[0]


def key_of(certificate: x509.Certificate) -> RSAPublicKey:
    """The holder's RSA public key. Raises CertificateError."""
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise CertificateError("the certificate holds no RSA key")
    return key


def number_of(certificate: x509.Certificate) -> str:
    """What the gateway calls the certificate's SN: 32 hexadecimal digits."""
    issuer = certificate.issuer
    names = []
    for label, oid in _ISSUER_NAMES:
        attributes = issuer.get_attributes_for_oid(oid)
        if attributes:
            names.append(f"{label}={attributes[0].value!s}")
    text = ",".join(names) + str(certificate.serial_number)
    # The provider's rule; it names a certificate and protects nothing.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def root_number(bundle: str) -> str:
    """The SN of a root bundle. Raises CertificateError when it has no RSA certificate."""
    numbers = [number_of(certificate) for certificate in rsa_certificates(bundle)]
    if not numbers:
        raise CertificateError("no RSA certificate in the root bundle")
    return "_".join(numbers)


def check_chain(
    certificate: x509.Certificate,
    between: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    now: datetime,
) -> None:
    """Raise CertificateError unless the certificate leads to a root, all of them valid now."""
    current = certificate
    for _ in range(_LONGEST_CHAIN):
        if not current.not_valid_before_utc <= now <= current.not_valid_after_utc:
            raise CertificateError("a certificate of the chain is not valid now")
        if any(current == root for root in roots) and current != certificate:
            return
        issuer = next((each for each in (*roots, *between) if _issued(each, current)), None)
        if issuer is None:
            break
        current = issuer
    raise CertificateError("the certificate does not lead to the stored root")


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    if not _may_issue(issuer):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return extension.value.ca
