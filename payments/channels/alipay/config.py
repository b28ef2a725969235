"""What an application at Alipay is configured with, and its keys once they are read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from payments.channels.alipay import certificates, signing


class Certificates(msgspec.Struct, frozen=True):
    """The three files of certificate mode, as PEM text."""

    app: str
    alipay: str
    root: str


class AlipayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """One application at Alipay. Certificate mode when ``certificates`` is given.

    ``gateway`` is the full URL. ``seller_id`` is the merchant's Alipay user id (``2088…``). Keys
    are PEM or the bare base64 that the provider's key tool writes. After a change of Alipay's key
    the earlier one stays good until ``earlier_key_until``. ``ca_file`` None trusts the operating
    system's authorities.
    """

    gateway: str
    app_id: str
    seller_id: str
    app_private_key: str
    alipay_public_key: str = ""
    earlier_alipay_key: str = ""
    earlier_key_until: datetime | None = None
    certificates: Certificates | None = None
    ca_file: str | None = None
    fee_rate: Decimal = Decimal("0.0060")
    refund_window: timedelta = timedelta(days=365)
    refund_spacing: timedelta = timedelta(seconds=3)
    connect_s: float = 3.0
    read_s: float = 15.0

    def __repr__(self) -> str:
        """Without keys: what is configured ends in logs."""
        return f"AlipayConfig(gateway={self.gateway!r}, app_id={self.app_id!r})"


def simulated(
    details: Mapping[str, str], *, ca_file: str | None, certificate_mode: bool = False
) -> AlipayConfig:
    """The configuration for the simulator that printed these details (its keys are files)."""

    def text(name: str) -> str:
        return Path(details[name]).read_text(encoding="utf-8")

    if not certificate_mode:
        return AlipayConfig(
            gateway=details["gateway"],
            app_id=details["app_id"],
            seller_id=details["seller_id"],
            app_private_key=text("app_private_key"),
            alipay_public_key=text("alipay_public_key"),
            ca_file=ca_file,
        )
    return AlipayConfig(
        gateway=details["gateway"],
        app_id=details["certificate_app_id"],
        seller_id=details["seller_id"],
        app_private_key=text("app_private_key"),
        certificates=Certificates(
            app=text("app_certificate"),
            alipay=text("alipay_certificate"),
            root=text("alipay_root_certificate"),
        ),
        ca_file=ca_file,
    )


class Keys:
    """The keys of an application, read once; Alipay's certificates are kept by their number.

    Raises signing.KeyTextError or certificates.CertificateError when they cannot be used.
    """

    def __init__(self, config: AlipayConfig, clock: Callable[[], datetime]) -> None:
        self._private = signing.private_key(config.app_private_key)
        self._clock = clock
        self._lock = threading.Lock()
        self._certificates = config.certificates
        self._until = config.earlier_key_until
        self._earlier = (
            signing.public_key(config.earlier_alipay_key) if config.earlier_alipay_key else None
        )
        self._by_number: dict[str, RSAPublicKey] = {}
        self.request_numbers: dict[str, str] = {}
        if config.certificates is None:
            self._by_number[""] = signing.public_key(config.alipay_public_key)
        else:
            self._learn(config.certificates.alipay)
            self.request_numbers = {
                "app_cert_sn": certificates.number_of(certificates.leaf(config.certificates.app)),
                "alipay_root_cert_sn": certificates.root_number(config.certificates.root),
            }

    def sign(self, text: str) -> str:
        """Sign a request's text as the application."""
        return signing.sign(text.encode(), self._private)

    def lacks(self, number: str) -> bool:
        """Whether an answer names a certificate of Alipay that is not held."""
        if self._certificates is None or not number:
            return False
        with self._lock:
            return number not in self._by_number

    def verifies(self, message: bytes, signature: str) -> bool:
        """Whether Alipay signed these bytes, with any of its keys that are held and still good."""
        return any(signing.verify(message, signature, key) for key in self._good())

    def learn(self, bundle: str, number: str) -> None:
        """Take a re-issued certificate of Alipay.

        Raises CertificateError unless it has that number, leads to the stored root and belongs to
        the holder of the stored one.
        """
        if self._certificates is None:
            raise certificates.CertificateError("this application uses plain keys")
        new = certificates.leaf(bundle)
        if certificates.number_of(new) != number:
            raise certificates.CertificateError("another certificate came than was asked for")
        if new.subject != certificates.leaf(self._certificates.alipay).subject:
            raise certificates.CertificateError("the certificate belongs to somebody else")
        self._learn(bundle)

    def _learn(self, bundle: str) -> None:
        assert self._certificates is not None  # noqa: S101 - both callers are in certificate mode
        held = certificates.rsa_certificates(self._certificates.alipay)
        new = certificates.leaf(bundle)
        between = (*certificates.rsa_certificates(bundle)[1:], *held[1:])
        roots = certificates.rsa_certificates(self._certificates.root)
        certificates.check_chain(new, between, roots, self._clock())
        with self._lock:
            self._by_number[certificates.number_of(new)] = certificates.key_of(new)

    def _good(self) -> list[RSAPublicKey]:
        with self._lock:
            keys = list(self._by_number.values())
        if self._earlier is not None and self._until is not None and self._clock() < self._until:
            keys.append(self._earlier)
        return keys
