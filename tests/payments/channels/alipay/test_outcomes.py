"""What words mean: whatever is not understood is unknown, and nothing but a proof is a payment."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.channels.alipay import messages, outcomes, signing
from payments.channels.alipay.messages import RefundAnswer, RefundQueryAnswer, TradeAnswer
from payments.channels.alipay.outcomes import Kind
from payments.channels.protocol import AttemptRef, PaymentResult, RefundRequest, RefundResult
from payments.contract.money import Money
from payments.contract.wire.records import Method

ATTEMPT = AttemptRef("KP1", Money(100, "CNY"), Method.ALIPAY_QR)
REFUND = RefundRequest("R1", "KP1", "", Money(100, "CNY"), Money(100, "CNY"), "", "")


@pytest.mark.parametrize(
    ("status", "fields", "result"),
    [
        ("WAIT_BUYER_PAY", {}, PaymentResult.NOT_YET),
        ("TRADE_SUCCESS", {}, PaymentResult.PAID),
        ("TRADE_FINISHED", {}, PaymentResult.PAID),
        ("TRADE_CLOSED", {}, PaymentResult.CLOSED),
        ("TRADE_CLOSED", {"send_pay_date": "2026-11-21 12:00:00"}, PaymentResult.REFUNDED),
        ("TRADE_CLOSED", {"refund_fee": "1.00"}, PaymentResult.REFUNDED),
        ("TRADE_NEW", {}, PaymentResult.UNKNOWN),
        ("", {}, PaymentResult.UNKNOWN),
        ("TRADE_SUCCESS", {"total_amount": "1.001"}, PaymentResult.UNKNOWN),
        ("TRADE_SUCCESS", {"total_amount": ""}, PaymentResult.UNKNOWN),
        ("TRADE_SUCCESS", {"total_amount": "-1.00"}, PaymentResult.UNKNOWN),
        ("TRADE_SUCCESS", {"out_trade_no": ""}, PaymentResult.UNKNOWN),
    ],
)
def test_the_state_of_a_trade(status, fields, result):
    said = {"out_trade_no": "KP1", "total_amount": "1.00", "trade_status": status, **fields}
    assert outcomes.payment(TradeAnswer(code="10000", **said), ATTEMPT).result is result


@given(code=st.text(max_size=6), sub_code=st.text(max_size=30), status=st.text(max_size=20))
def test_no_failure_is_ever_read_as_a_payment_or_a_refund(code, sub_code, status):
    if code == messages.SUCCESS:
        return
    said = {"code": code, "sub_code": sub_code, "out_trade_no": "KP1", "total_amount": "1.00"}
    asked = outcomes.payment(TradeAnswer(**said, trade_status=status), ATTEMPT)
    assert asked.result in {PaymentResult.UNKNOWN, PaymentResult.NOT_YET}
    refund = RefundAnswer(code=code, sub_code=sub_code, fund_change="Y")
    assert outcomes.refund(refund, REFUND).result is not RefundResult.SUCCEEDED
    state = RefundQueryAnswer(
        code=code, sub_code=sub_code, refund_status="REFUND_SUCCESS", out_request_no="R1"
    )
    assert outcomes.refund_state(state, REFUND).result is RefundResult.UNKNOWN


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ("Y", RefundResult.SUCCEEDED),
        ("N", RefundResult.PROCESSING),
        ("", RefundResult.PROCESSING),
    ],
)
def test_only_a_change_of_funds_is_a_refund(change, result):
    assert outcomes.refund(RefundAnswer(code="10000", fund_change=change), REFUND).result is result


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({}, RefundResult.NOT_FOUND),
        ({"refund_status": "REFUND_SUCCESS", "out_request_no": "R1"}, RefundResult.SUCCEEDED),
        ({"refund_status": "REFUND_SUCCESS", "out_request_no": "R2"}, RefundResult.UNKNOWN),
        ({"refund_status": "REFUND_NEW", "out_request_no": "R1"}, RefundResult.UNKNOWN),
    ],
)
def test_the_state_of_a_refund(fields, result):
    answer = RefundQueryAnswer(code="10000", **fields)
    assert outcomes.refund_state(answer, REFUND).result is result


@pytest.mark.parametrize(
    ("code", "kind", "believed"),
    [
        ("10000", Kind.READ, False),
        ("10000", Kind.WRITE, False),
        ("10000", Kind.MONEY, False),
        ("40004", Kind.READ, True),
        ("40004", Kind.WRITE, False),
        ("40002", Kind.WRITE, True),
        ("40002", Kind.MONEY, False),
    ],
)
def test_how_far_an_answer_without_a_signature_is_believed(code, kind, believed):
    assert outcomes.believed_unsigned(code, kind) is believed


@given(fen=st.integers(min_value=0, max_value=messages.LARGEST))
def test_yuan_and_fen_are_the_same_money(fen):
    money = Money(fen, "CNY")
    text = messages.yuan_of(money)
    assert text == f"{fen // 100}.{fen % 100:02d}"
    assert messages.money_from(text) == money


def _naive(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@given(
    instant=st.datetimes(
        min_value=_naive(2000),
        max_value=_naive(2099),
        timezones=st.just(UTC),
    )
)
def test_an_instant_survives_beijing_wall_clock_time(instant):
    whole = instant.replace(microsecond=0)
    assert messages.instant_from(messages.wall_clock(instant)) == whole
    assert messages.instant_from(messages.wall_clock(instant) + ".123") == whole


@given(
    parameters=st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda name: name != "charset"),
        st.text(st.characters(codec="utf-8")),
    )
)
def test_a_form_is_read_as_it_was_written(parameters):
    assert signing.read_form(signing.form(parameters).encode()) == parameters


@given(fields=st.dictionaries(st.text(min_size=1), st.text()), before=st.text(), after=st.text())
def test_a_node_is_found_whatever_stands_in_it_and_beside_it(fields, before, after):
    node = msgspec.json.encode(fields).decode()
    left, right = (msgspec.json.encode(text).decode() for text in (before, after))
    body = f'{{"left":{left},"node":{node},"right":[{right}],"sign":"s"}}'
    assert signing.signed_node(body, "node").text == node


@given(body=st.text(alphabet='{}[]":,\\ n1'))
def test_a_body_of_any_shape_is_cut_or_refused(body):
    try:
        found = signing.signed_node(body, "n", "")
    except signing.AnswerTextError:
        return
    assert found.text in body


def test_a_subject_is_as_the_gateway_wants_it():
    assert messages.subject_of("A/B=C&D") == "A B C D"
    assert len(messages.subject_of("课" * 300)) == 256
