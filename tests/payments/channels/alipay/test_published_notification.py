"""The published notification read by a channel with the published keys, whole and damaged."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from payments.channels.alipay import signing
from payments.channels.alipay.adapter import AlipayChannel
from payments.channels.alipay.config import AlipayConfig, Certificates
from payments.channels.protocol import BadSignatureError, PaymentResult, RawNotification
from payments.contract.money import Money

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
BODY = VECTORS["A4_notify"]["form_body"].encode()
ALIPAY_PUBLIC = (
    signing.private_key(VECTORS["alipay_private_key"])
    .public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
COMMON = {
    "gateway": "https://127.0.0.1:9/gateway.do",
    "app_id": "2021000000000001",
    "seller_id": "2088000000000001",
    "app_private_key": VECTORS["app_private_key"],
}
PLAIN = AlipayChannel(AlipayConfig(alipay_public_key=ALIPAY_PUBLIC, **COMMON))
CERTIFIED = AlipayChannel(
    AlipayConfig(
        certificates=Certificates(
            app=VECTORS["A5_cert"]["app_cert_pem"],
            alipay=VECTORS["A5_cert"]["alipay_cert_pem"],
            root=VECTORS["A5_cert"]["root_cert_pem"],
        ),
        **COMMON,
    )
)


@pytest.mark.parametrize("channel", [PLAIN, CERTIFIED], ids=["plain", "certificates"])
def test_it_says_what_was_paid(channel):
    notice = channel.read_notification(RawNotification({}, BODY))
    assert notice.notice_id == "2026112100222120509055611000000001"
    assert notice.refund is None
    assert notice.payment.result is PaymentResult.PAID
    assert notice.payment.attempt_id == "KP202611210002"
    assert notice.payment.amount == Money(19900, "CNY")
    assert notice.payment.merchant_matches
    assert notice.payment.paid_at == datetime(2026, 11, 21, 4, 5, 9, tzinfo=UTC)


@given(position=st.integers(0, len(BODY) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_changes_what_is_said(position, byte):
    changed = bytearray(BODY)
    changed[position] = byte
    whole = PLAIN.read_notification(RawNotification({}, BODY))
    try:
        said = PLAIN.read_notification(RawNotification({}, bytes(changed)))
    except BadSignatureError:
        return
    # Another spelling of the same text (%2b for %2B) is the same message.
    assert said == whole


@given(body=st.binary(max_size=200))
def test_noise_is_not_signed(body):
    with pytest.raises(BadSignatureError):
        PLAIN.read_notification(RawNotification({}, body))


@pytest.mark.parametrize("field", ["sign", "sign_type"])
def test_without_a_signature_nothing_is_believed(field):
    parameters = signing.read_form(BODY)
    del parameters[field]
    with pytest.raises(BadSignatureError):
        PLAIN.read_notification(RawNotification({}, signing.form(parameters).encode()))
