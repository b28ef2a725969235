from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from payments.channels.alipay import certificates, signing

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
APP = signing.private_key(VECTORS["app_private_key"])
ALIPAY = signing.private_key(VECTORS["alipay_private_key"])


@pytest.mark.parametrize("name", ["A1_query", "A2_page_pay"])
def test_a_request_is_signed_as_published(name):
    vector = VECTORS[name]
    text = signing.request_text(vector["params"])
    assert text == vector["string_to_sign"]
    assert signing.sign(text.encode(), APP) == vector["sign"]


def test_a_request_is_encoded_as_published_and_read_back():
    vector = VECTORS["A2_page_pay"]
    parameters = {**vector["params"], "sign": vector["sign"]}
    assert signing.form(parameters) == vector["query_string"]
    assert signing.read_form(vector["query_string"].encode()) == parameters


def test_a_plus_of_the_signature_that_is_not_encoded_fails():
    vector = VECTORS["A1_query"]
    assert "+" in vector["sign"]
    encoded = signing.form({**vector["params"], "sign": vector["sign"]}).replace("%2B", "+")
    parameters = signing.read_form(encoded.encode())
    text = signing.request_text(parameters).encode()
    assert not signing.verify(text, parameters["sign"], APP.public_key())


def test_an_answer_is_cut_out_byte_for_byte():
    vector = VECTORS["A3_response"]
    node = signing.signed_node(vector["body"], "alipay_trade_query_response")
    assert node.text == vector["signed_segment"]
    assert node.signature == vector["sign"]
    assert signing.verify(node.text.encode(), node.signature, ALIPAY.public_key())


def test_an_answer_with_one_byte_changed_fails():
    vector = VECTORS["A3_response"]
    segment = vector["signed_segment"].encode()
    for position in range(0, len(segment), 37):
        changed = bytearray(segment)
        changed[position] ^= 1
        assert not signing.verify(bytes(changed), vector["sign"], ALIPAY.public_key())


def test_an_answer_signed_before_its_slashes_were_escaped_is_tried_again():
    plain = '{"code":"10000","qr_code":"https://qr.alipay.com/bax1"}'
    signature = signing.sign(plain.encode(), ALIPAY)
    sent = plain.replace("/", "\\/")
    verdicts = [
        signing.verify(text.encode(), signature, ALIPAY.public_key())
        for text in signing.candidates(sent)
    ]
    assert verdicts == [False, True]


def test_a_notification_is_verified_as_published():
    vector = VECTORS["A4_notify"]
    parameters = signing.read_form(vector["form_body"].encode())
    assert parameters == {**vector["params"], "sign": vector["sign"], "sign_type": "RSA2"}
    text = signing.notification_text(parameters)
    assert text == vector["string_to_sign"]
    assert signing.verify(text.encode(), parameters["sign"], ALIPAY.public_key())


def test_a_notification_with_another_amount_fails():
    vector = VECTORS["A4_notify"]
    parameters = signing.read_form(vector["form_body"].encode()) | {"total_amount": "1.00"}
    text = signing.notification_text(parameters).encode()
    assert not signing.verify(text, vector["sign"], ALIPAY.public_key())


def test_an_empty_value_counts_in_a_notification_and_not_in_a_request():
    parameters = {"b": "", "a": "1", "sign": "x"}
    assert signing.request_text(parameters) == "a=1"
    assert signing.notification_text(parameters) == "a=1&b="


def test_certificates_are_numbered_as_published():
    vector = VECTORS["A5_cert"]
    app = certificates.leaf(vector["app_cert_pem"])
    alipay = certificates.leaf(vector["alipay_cert_pem"])
    assert certificates.number_of(app) == vector["app_cert_sn"]
    assert certificates.number_of(alipay) == vector["alipay_cert_sn"]
    assert certificates.root_number(vector["root_cert_pem"]) == vector["alipay_root_cert_sn"]


def test_blocks_that_cannot_be_read_are_passed_over_in_a_root_bundle():
    root = VECTORS["A5_cert"]["root_cert_pem"]
    broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    number = VECTORS["A5_cert"]["alipay_root_cert_sn"]
    assert certificates.root_number(broken + root + "\n" + root) == f"{number}_{number}"
    with pytest.raises(certificates.CertificateError):
        certificates.root_number(broken)


def _forms_of_the_private_key() -> list[str]:
    forms = []
    for layout in (
        serialization.PrivateFormat.PKCS8,
        serialization.PrivateFormat.TraditionalOpenSSL,
    ):
        pem = APP.private_bytes(
            serialization.Encoding.PEM, layout, serialization.NoEncryption()
        ).decode()
        bare = "".join(pem.splitlines()[1:-1])
        forms += [pem, bare, f"  {bare}\n"]
    return forms


@pytest.mark.parametrize("text", _forms_of_the_private_key())
def test_a_private_key_is_read_in_every_form_the_key_tools_write(text):
    assert signing.private_key(text).private_numbers() == APP.private_numbers()


def test_a_public_key_is_read_bare_or_armoured():
    pem = (
        APP.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    for text in (pem, "".join(pem.splitlines()[1:-1])):
        assert signing.public_key(text).public_numbers() == APP.public_key().public_numbers()


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN PRIVATE KEY-----", "QUJD"])
def test_what_is_no_key_is_refused_in_words(text):
    with pytest.raises(signing.KeyTextError):
        signing.private_key(text)
    with pytest.raises(signing.KeyTextError):
        signing.public_key(text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"n":{"a":"}{"},"sign":"s"}', '{"a":"}{"}'),
        ('{"n":{"a":"\\"}"},"sign":"s"}', '{"a":"\\"}"}'),
        ('{ "x" : [ {"n":1} , 2 ] , "n" : {"a": {"b":[1,"]"]}} , "sign" : "s" }', None),
        ('{"sign":"s","n":{}}', "{}"),
        ('{"x":"\\"n\\":{\\"code\\":1}","n":{"a":"1"},"sign":"s"}', '{"a":"1"}'),
    ],
)
def test_braces_and_names_inside_quotes_do_not_mislead(body, text):
    node = signing.signed_node(body, "n")
    assert node.text == (text or '{"a": {"b":[1,"]"]}}')
    assert node.signature == "s"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "<html></html>",
        '{"n":{"a":1}',
        '{"n":{},"n":{},"sign":"s"}',
        '{"m":{},"sign":"s"}',
        '{"n":"text","sign":"s"}',
        '{"n":{},"sign":"\\x"}',
        '{"n":{}} trailing',
        '{"a":x"}',
        "{,}",
    ],
)
def test_a_body_that_is_not_one_answer_is_refused(body):
    with pytest.raises(signing.AnswerTextError):
        signing.signed_node(body, "n")


def test_a_form_that_names_something_twice_is_refused():
    with pytest.raises(signing.FormError):
        signing.read_form(b"a=1&b=2", b"a=3")
    with pytest.raises(signing.FormError):
        signing.read_form(b"a=%ff")


def test_a_form_is_read_in_the_charset_it_names():
    body = signing.form({"charset": "gbk", "subject": "入门课"}, "gbk")
    assert signing.read_form(body.encode())["subject"] == "入门课"
