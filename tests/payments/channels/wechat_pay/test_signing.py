"""Signatures and sealed resources against published vectors, and everything that must fail."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from payments.channels.protocol import BadSignatureError
from payments.channels.wechat_pay.messages import Envelope, NativeOrder, Transaction
from payments.channels.wechat_pay.signing import (
    PROBE,
    SignatureProbeError,
    Signer,
    UnknownKeyError,
    UnsealingError,
    Verifier,
    check_request,
    encrypt_field,
    key_id,
    read_authorization,
    request_lines,
    seal,
    unseal,
)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))
MERCHANT = Signer(VECTORS["merchant_serial"], VECTORS["merchant_private_key"].encode())
PLATFORM = Signer(VECTORS["platform_key_id"], VECTORS["platform_private_key"].encode())
PLATFORM_PEM = PLATFORM.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
NONCE = "593BEC0C930BF1AFEB40B4A08C8FB242"
SENT = 1795233600
APIV3_KEY = VECTORS["W4_notify"]["apiv3_key"]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def verifier() -> Verifier:
    return Verifier({PLATFORM.name: PLATFORM_PEM.decode()})


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_w1_a_post_is_signed_as_published() -> None:
    vector = VECTORS["W1_post_native"]
    body = vector["body"].encode()
    target = "/v3/pay/transactions/native"
    lines = request_lines("POST", target, str(SENT), NONCE, body)
    assert lines.decode() == vector["string_to_sign"]
    assert MERCHANT.sign(lines) == vector["signature"]
    header = MERCHANT.authorization("1900000109", "POST", target, body, timestamp=SENT, nonce=NONCE)
    assert header == vector["authorization"]


def test_w1_a_body_written_anew_does_not_carry_the_signature() -> None:
    vector = VECTORS["W1_post_native"]
    said = read_authorization(vector["authorization"])
    rewritten = json.dumps(json.loads(vector["body"])).encode()
    target = "/v3/pay/transactions/native"
    with pytest.raises(BadSignatureError):
        check_request(
            said, MERCHANT.public_key, method="POST", target=target, body=rewritten, now=at(SENT)
        )


def test_w2_a_query_is_signed_with_its_parameters_and_an_empty_body() -> None:
    vector = VECTORS["W2_get_query"]
    target = "/v3/pay/transactions/out-trade-no/KP202611210003?mchid=1900000109"
    assert request_lines("GET", target, str(SENT), NONCE, b"").decode() == vector["string_to_sign"]
    header = MERCHANT.authorization("1900000109", "GET", target, b"", timestamp=SENT, nonce=NONCE)
    assert header == vector["authorization"]
    said = read_authorization(header)
    check_request(
        said, MERCHANT.public_key, method="GET", target=target, body=b"", now=at(SENT + 300)
    )
    with pytest.raises(BadSignatureError):
        check_request(
            said, MERCHANT.public_key, method="GET", target=target, body=b"", now=at(SENT + 301)
        )


def test_w3_an_answer_is_believed_and_one_space_more_is_not() -> None:
    vector = VECTORS["W3_response"]
    headers, body = lower(vector["headers"]), vector["body"].encode()
    verifier().check(headers, body, at(1795233601))
    with pytest.raises(BadSignatureError):
        verifier().check(headers, body + b" ", at(1795233601))


@pytest.mark.parametrize("off", [timedelta(seconds=301), timedelta(seconds=-301)])
def test_an_answer_more_than_five_minutes_away_is_not_believed(off: timedelta) -> None:
    vector = VECTORS["W3_response"]
    headers, body = lower(vector["headers"]), vector["body"].encode()
    verifier().check(headers, body, at(1795233601 + 300))
    with pytest.raises(BadSignatureError, match="five minutes"):
        verifier().check(headers, body, at(1795233601) + off)


@pytest.mark.parametrize(
    "missing",
    ["wechatpay-signature", "wechatpay-serial", "wechatpay-nonce", "wechatpay-timestamp"],
)
def test_an_answer_without_one_of_its_signature_headers_is_unsigned(missing: str) -> None:
    vector = VECTORS["W3_response"]
    headers = lower(vector["headers"])
    del headers[missing]
    with pytest.raises(BadSignatureError, match="unsigned"):
        verifier().check(headers, vector["body"].encode(), at(1795233601))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("wechatpay-nonce", "another"),
        ("wechatpay-timestamp", "1795233602"),
        ("wechatpay-timestamp", "soon"),
        ("wechatpay-signature", "no base64!"),
        ("wechatpay-signature", ""),
        ("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3"),
    ],
)
def test_a_changed_signature_header_is_not_believed(header: str, value: str) -> None:
    vector = VECTORS["W3_response"]
    headers = {**lower(vector["headers"]), header: value}
    with pytest.raises(BadSignatureError):
        verifier().check(headers, vector["body"].encode(), at(1795233601))


def test_a_probe_of_the_provider_fails_even_around_a_good_signature() -> None:
    vector = VECTORS["W3_response"]
    headers = lower(vector["headers"])
    headers["wechatpay-signature"] = PROBE + headers["wechatpay-signature"]
    with pytest.raises(SignatureProbeError):
        verifier().check(headers, vector["body"].encode(), at(1795233601))


def test_an_unknown_key_is_told_apart() -> None:
    vector = VECTORS["W3_response"]
    headers = {**lower(vector["headers"]), "wechatpay-serial": "PUB_KEY_ID_02"}
    with pytest.raises(UnknownKeyError):
        verifier().check(headers, vector["body"].encode(), at(1795233601))


def test_w4_a_notification_is_verified_and_opened() -> None:
    vector = VECTORS["W4_notify"]
    body = vector["body"].encode()
    verifier().check(lower(vector["headers"]), body, at(1795233910))
    sealed = json.loads(body)["resource"]
    plain = unseal([APIV3_KEY], sealed["nonce"], sealed["associated_data"], sealed["ciphertext"])
    assert plain.decode() == vector["plaintext"]
    nonce, data = vector["gcm_nonce"], vector["associated_data"]
    assert seal(APIV3_KEY, nonce, data, plain) == vector["ciphertext"]


def test_w4_another_key_or_other_associated_data_opens_nothing() -> None:
    vector = VECTORS["W4_notify"]
    nonce, sealed = vector["gcm_nonce"], vector["ciphertext"]
    with pytest.raises(UnsealingError):
        unseal(["x" * 32], nonce, vector["associated_data"], sealed)
    with pytest.raises(UnsealingError):
        unseal([APIV3_KEY], nonce, "refund", sealed)
    with pytest.raises(UnsealingError):
        unseal([], nonce, vector["associated_data"], sealed)
    with pytest.raises(UnsealingError):
        unseal([APIV3_KEY], nonce, vector["associated_data"], "no base64!")


def test_the_previous_apiv3_key_still_opens_what_was_sealed_before_the_change() -> None:
    vector = VECTORS["W4_notify"]
    keys = ["n" * 32, APIV3_KEY]
    plain = unseal(keys, vector["gcm_nonce"], vector["associated_data"], vector["ciphertext"])
    assert plain.decode() == vector["plaintext"]


def test_w5_a_page_inside_wechat_gets_its_payment_signature() -> None:
    prepay = "wx21120000000000000000000000000001"
    signature = MERCHANT.payment_signature("wxd678efh567hg6787", SENT, NONCE, prepay)
    assert signature == VECTORS["W5_paysign"]["paySign"]


def test_w6_a_sensitive_field_is_read_and_written() -> None:
    vector = VECTORS["W6_oaep"]
    assert PLATFORM.decrypt(vector["ciphertext"]) == vector["plaintext"]
    assert PLATFORM.decrypt(encrypt_field(PLATFORM.public_key, "张三")) == "张三"


def test_the_published_messages_are_read_by_our_schemas() -> None:
    import msgspec

    order = msgspec.json.decode(VECTORS["W1_post_native"]["body"], type=NativeOrder)
    assert order.amount.total == 19900
    envelope = msgspec.json.decode(VECTORS["W4_notify"]["body"], type=Envelope)
    assert envelope.event_type == "TRANSACTION.SUCCESS"
    paid = msgspec.json.decode(VECTORS["W4_notify"]["plaintext"], type=Transaction)
    assert paid.trade_state == "SUCCESS"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer x",
        'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n",signature="s",timestamp="1"',
        'WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="n-n",signature="s",timestamp="1",serial_no="1"',
        'WECHATPAY2-SHA256-RSA2048 mchid="1", nonce_str="n",signature="s",timestamp="1",serial_no="1"',
        'WECHATPAY2-SHA256-RSA2048 mchid="1",mchid="2",nonce_str="n",signature="s",timestamp="1",serial_no="1"',
    ],
)
def test_a_malformed_authorization_is_refused(header: str) -> None:
    with pytest.raises(BadSignatureError):
        read_authorization(header)


def test_the_fields_of_an_authorization_may_come_in_any_order() -> None:
    header = (
        'WECHATPAY2-SHA256-RSA2048 serial_no="0A",timestamp="1",signature="s",'
        'nonce_str="n",mchid="m"'
    )
    said = read_authorization(header)
    assert (said.mchid, said.nonce, said.serial) == ("m", "n", "0A")


def test_serials_are_numbers_and_key_ids_are_not() -> None:
    assert key_id("00ab01") == key_id("AB01")
    assert key_id("PUB_KEY_ID_01") == "PUB_KEY_ID_01"


@given(body=st.binary(max_size=200), flipped=st.integers(0, 10_000))
def test_no_changed_byte_of_a_body_is_believed(body: bytes, flipped: int) -> None:
    headers = PLATFORM.headers(body, timestamp=SENT, nonce="n")
    verifier().check(headers, body, at(SENT))
    changed = bytearray(body or b"\0")
    changed[flipped % len(changed)] ^= 1 + flipped % 255
    with pytest.raises(BadSignatureError):
        verifier().check(headers, bytes(changed), at(SENT))


def test_keys_that_are_no_rsa_keys_are_refused_when_loaded() -> None:
    with pytest.raises(ValueError, match="PEM"):
        Verifier({"A1": "not a key"})
