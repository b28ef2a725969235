"""What codes and states mean, and that nothing unknown ever means success or failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.channels.protocol import (
    AttemptRef,
    PaymentRequest,
    PaymentResult,
    RefundRequest,
    RefundResult,
)
from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import Answering, Exchange
from payments.channels.wechat_pay.adapter import WeChatPay
from payments.channels.wechat_pay.messages import (
    ASK_AFTER_CREATE,
    PAYMENT_RESULTS,
    REFUND_ERRORS,
    REFUND_RESULTS,
    REFUSED_CREATES,
    DomesticRefund,
    NativeOrder,
    PaidAmount,
    Refund,
    RefundedAmount,
    Transaction,
    bare,
    domestic_refund,
    native_order,
    outcome,
    refund_outcome,
)
from payments.contract.money import CurrencyMismatchError, Money
from payments.contract.wire.records import Method

REQUEST = PaymentRequest(
    attempt_id="attempt-1",
    method=Method.WECHAT_PAY_NATIVE,
    amount=Money(100, "CNY"),
    title="课程",
    expires_at=datetime(2026, 11, 21, 4, 30, 0, 999, tzinfo=UTC),
    notify_url="https://shop.example/notify/wechat_pay",
)
REFUND = RefundRequest(
    refund_id="refund-1",
    attempt_id="attempt-1",
    channel_ref="",
    amount=Money(1, "CNY"),
    total=Money(100, "CNY"),
    reason="",
    notify_url="",
)


def a_transaction(state: str, amount: PaidAmount | None = None) -> Transaction:
    return Transaction(
        appid="a", mchid="m", out_trade_no="attempt-1", trade_state=state, amount=amount
    )


def a_refund(status: str) -> Refund:
    return Refund(
        refund_id="5",
        out_refund_no="refund-1",
        transaction_id="4",
        out_trade_no="attempt-1",
        status=status,
        amount=RefundedAmount(total=100, refund=1),
    )


def test_an_order_expires_in_beijing_time_and_holds_nothing_empty() -> None:
    sent = msgspec.json.decode(msgspec.json.encode(native_order(REQUEST, appid="a", mchid="m")))
    assert sent == {
        "appid": "a",
        "mchid": "m",
        "description": "课程",
        "out_trade_no": "attempt-1",
        "notify_url": REQUEST.notify_url,
        "amount": {"total": 100, "currency": "CNY"},
        "time_expire": "2026-11-21T12:30:00+08:00",
    }


def test_a_refund_names_the_payment_by_one_number_only() -> None:
    by_ours = msgspec.json.decode(msgspec.json.encode(domestic_refund(REFUND)))
    assert (by_ours["out_trade_no"], "transaction_id" in by_ours) == ("attempt-1", False)
    theirs = msgspec.structs.replace(REFUND, channel_ref="4200")
    by_theirs = msgspec.json.decode(msgspec.json.encode(domestic_refund(theirs)))
    assert (by_theirs["transaction_id"], "out_trade_no" in by_theirs) == ("4200", False)
    assert "notify_url" not in by_theirs


def test_no_other_currency_is_ever_sent() -> None:
    with pytest.raises(CurrencyMismatchError):
        native_order(msgspec.structs.replace(REQUEST, amount=Money(1, "USD")), appid="a", mchid="m")
    with pytest.raises(CurrencyMismatchError):
        domestic_refund(msgspec.structs.replace(REFUND, amount=Money(1, "USD")))


@given(
    title=st.text(min_size=1, max_size=400),
    amount=st.integers(1, 10**12),
    minutes=st.integers(1, 10**5),
)
def test_what_is_sent_is_what_the_provider_accepts(title: str, amount: int, minutes: int) -> None:
    request = msgspec.structs.replace(
        REQUEST,
        title=title,
        amount=Money(amount, "CNY"),
        expires_at=REQUEST.expires_at + timedelta(minutes=minutes),
    )
    order = native_order(request, appid="wx1", mchid="1900000109")
    assert msgspec.json.decode(msgspec.json.encode(order), type=NativeOrder) == order
    refund = msgspec.structs.replace(REFUND, reason=title, total=Money(amount, "CNY"))
    sent = domestic_refund(refund)
    assert msgspec.json.decode(msgspec.json.encode(sent), type=DomesticRefund) == sent


@pytest.mark.parametrize(
    ("state", "result"),
    [
        ("NOTPAY", PaymentResult.NOT_YET),
        ("PAYERROR", PaymentResult.NOT_YET),
        ("USERPAYING", PaymentResult.PROCESSING),
        ("SUCCESS", PaymentResult.PAID),
        ("REFUND", PaymentResult.PAID),
        ("CLOSED", PaymentResult.CLOSED),
        ("REVOKED", PaymentResult.CLOSED),
        ("success", PaymentResult.UNKNOWN),
        ("", PaymentResult.UNKNOWN),
    ],
)
def test_every_state_of_a_payment(state: str, result: PaymentResult) -> None:
    assert outcome(a_transaction(state), appid="a", mchid="m").result is result


@given(state=st.text().filter(lambda text: text not in PAYMENT_RESULTS))
def test_an_unknown_state_of_a_payment_is_unknown(state: str) -> None:
    assert outcome(a_transaction(state), appid="a", mchid="m").result is PaymentResult.UNKNOWN


@given(status=st.text().filter(lambda text: text not in REFUND_RESULTS))
def test_an_unknown_state_of_a_refund_is_unknown(status: str) -> None:
    assert refund_outcome(a_refund(status)).result is RefundResult.UNKNOWN


def test_a_payment_to_somebody_else_does_not_match() -> None:
    said = a_transaction("SUCCESS")
    assert outcome(said, appid="a", mchid="m").merchant_matches
    assert not outcome(said, appid="a", mchid="x").merchant_matches
    assert not outcome(said, appid="x", mchid="m").merchant_matches


def test_the_orders_total_counts_and_a_strange_currency_equals_no_amount() -> None:
    coupon = PaidAmount(total=100, payer_total=90, currency="CNY")
    said = outcome(a_transaction("SUCCESS", coupon), appid="a", mchid="m")
    assert said.amount == Money(100, "CNY")
    strange = PaidAmount(total=100, currency="XXX")
    assert outcome(a_transaction("SUCCESS", strange), appid="a", mchid="m").amount is None


@pytest.mark.parametrize(
    "spellings", [("ORDER_NOT_EXIST", "ORDERNOTEXIST"), ("NOT_ENOUGH", "NOTENOUGH", "not_enough")]
)
def test_codes_are_compared_without_their_underlines(spellings: tuple[str, ...]) -> None:
    assert len({bare(code) for code in spellings}) == 1


def test_the_tables_are_written_in_the_bare_spelling_and_do_not_overlap() -> None:
    for code in (*REFUSED_CREATES, *ASK_AFTER_CREATE, *REFUND_ERRORS):
        assert bare(code) == code
    assert not REFUSED_CREATES & ASK_AFTER_CREATE


BODIES = [
    b"",
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"code":"A_CODE_OF_TOMORROW","message":"x"}',
    b'{"code":"SYSTEM_ERROR"}',
    b'{"code":7}',
    b'{"trade_state":"SUCCESS"}',
    b'{"code_url":null}',
    b'{"status":"SUCCESS","out_refund_no":"refund-1"}',
]


@pytest.mark.parametrize("status", [201, 202])
def test_a_success_that_is_not_200_is_no_code_to_show(
    simulators: Simulators, channel: WeChatPay, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    answer = simulators.wechat_pay.handle
    monkeypatch.setattr(
        simulators.wechat_pay,
        "handle",
        lambda exchange: msgspec.structs.replace(answer(exchange), status=status),
    )
    started = msgspec.structs.replace(REQUEST, attempt_id=f"attempt-{status}")
    assert channel.start(started).result is PaymentResult.UNKNOWN


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [200, 201, 202, 400, 403, 404, 429, 500, 502])
def test_signed_nonsense_is_unknown_and_nothing_is_raised(
    simulators: Simulators,
    channel: WeChatPay,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
) -> None:
    def answer(_: Exchange) -> Answering:
        headers = simulators.wechat_pay.keys.public_key.headers(
            body, timestamp=int(datetime.now(UTC).timestamp()), nonce="n"
        )
        return Answering(status, headers, body)

    monkeypatch.setattr(simulators.wechat_pay, "handle", answer)
    attempt = AttemptRef(REQUEST.attempt_id, REQUEST.amount, REQUEST.method)
    assert channel.start(REQUEST).result is PaymentResult.UNKNOWN
    assert channel.ask(attempt).result is PaymentResult.UNKNOWN
    assert channel.refund(REFUND).result is RefundResult.UNKNOWN
    assert channel.ask_refund(REFUND).result is RefundResult.UNKNOWN
    assert not channel.renew_certificates()
