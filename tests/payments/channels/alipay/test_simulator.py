"""The provider's side: what it checks, in which order, and how it answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.channels.alipay import signing
from payments.channels.alipay.messages import NewRefund, NewTrade, Operation, TradeState, wall_clock
from payments.channels.alipay.simulated_answers import yuan
from payments.channels.alipay.simulated_trades import Book, Product, RefusedError
from payments.channels.alipay.simulator import AlipaySimulator
from payments.channels.simulation.provider import (
    Action,
    Answering,
    Exchange,
    ImpossibleActionError,
    UnknownTradeError,
)

FORM = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}


class Caller:
    """Signs by hand and hands requests over without a network."""

    def __init__(self, shop: Any) -> None:
        self.simulator = shop.simulator
        self.handle: Callable[[Exchange], Answering] = shop.simulator.handle
        self.now = shop.world.clock
        self.certified = shop.key == "certificates"

    def parameters(
        self,
        operation: Operation = Operation.QUERY,
        content: dict[str, Any] | None = None,
        **changes: str,
    ) -> dict[str, str]:
        details = self.simulator.details()
        parameters = {
            "app_id": details["certificate_app_id" if self.certified else "app_id"],
            "method": str(operation),
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": wall_clock(self.now()),
            "version": "1.0",
            "biz_content": json.dumps(content or {"out_trade_no": "NOBODY"}),
        }
        if self.certified:
            parameters["app_cert_sn"] = self.simulator.keys.app_number
            parameters["alipay_root_cert_sn"] = self.simulator.keys.root_number
        return {**parameters, **changes}

    def signed(self, parameters: dict[str, str], charset: str = "utf-8") -> dict[str, str]:
        text = signing.request_text(parameters).encode(charset)
        return {**parameters, "sign": signing.sign(text, self.simulator.keys.app)}

    def get(self, parameters: dict[str, str], charset: str = "utf-8") -> Answering:
        query = signing.form(parameters, charset)
        return self.handle(Exchange("GET", "/gateway.do", query, {}, b""))

    def post(self, parameters: dict[str, str]) -> Answering:
        body = signing.form(parameters).encode()
        return self.handle(Exchange("POST", "/gateway.do", "", FORM, body))

    def split(self, parameters: dict[str, str]) -> Answering:
        content = signing.form({"biz_content": parameters["biz_content"]}).encode()
        query = signing.form({k: v for k, v in parameters.items() if k != "biz_content"})
        return self.handle(Exchange("POST", "/gateway.do", query, FORM, content))


@pytest.fixture
def caller(shop):
    return Caller(shop)


def _node(answering: Answering, charset: str = "utf-8") -> tuple[dict[str, str], dict[str, Any]]:
    answer = json.loads(answering.body.decode(charset))
    return next(value for name, value in answer.items() if name.endswith("_response")), answer


def test_query_and_body_are_one_request(caller):
    signed = caller.signed(caller.parameters())
    for send in (caller.get, caller.post, caller.split):
        node, answer = _node(send(signed))
        assert node["sub_code"] == "ACQ.TRADE_NOT_EXIST"
        assert next(iter(answer)) == "alipay_trade_query_response"
        assert list(answer)[-1] == "sign"
        assert ("alipay_cert_sn" in answer) is caller.certified


@pytest.mark.parametrize(
    ("changes", "sub_code"),
    [
        ({"app_id": ""}, "isv.missing-app-id"),
        ({"app_id": "2021999999999999"}, "isv.invalid-app-id"),
        ({"charset": "latin-1"}, "isv.invalid-charset"),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"method": ""}, "isv.missing-method"),
        ({"method": "alipay.trade.dance"}, "isv.invalid-method"),
        ({"timestamp": ""}, "isv.missing-timestamp"),
        ({"timestamp": "2026-11-21T12:00:00"}, "isv.invalid-timestamp"),
        ({"timestamp": "2026-13-21 12:00:00"}, "isv.invalid-timestamp"),
        ({"version": ""}, "isv.missing-version"),
        ({"format": "XML"}, "isv.invalid-format"),
        ({"encrypt_type": "AES"}, "isv.invalid-parameter"),
        ({"biz_content": "{"}, "isv.illegal-json"),
        ({"biz_content": "[]"}, "ACQ.INVALID_PARAMETER"),
    ],
)
def test_a_wrong_request_is_refused_by_name(caller, changes, sub_code):
    node, answer = _node(caller.post(caller.signed(caller.parameters(**changes))))
    assert node["sub_code"] == sub_code
    assert ("sign" in answer) is not sub_code.endswith("app-id")


def test_the_application_is_checked_before_the_signature(caller):
    unsigned = caller.parameters()
    assert _node(caller.post(unsigned))[0]["sub_code"] == "isv.missing-signature"
    wrong = {**unsigned, "sign": "QUJD"}
    assert _node(caller.post(wrong))[0]["sub_code"] == "isv.invalid-signature"
    stranger = {**wrong, "app_id": "2021999999999999"}
    assert _node(caller.post(stranger))[0]["sub_code"] == "isv.invalid-app-id"
    nameless = _node(caller.post({**wrong, "method": "alipay.trade.dance"}))[1]
    assert "error_response" in nameless


def test_one_changed_parameter_breaks_the_signature(caller):
    signed = caller.signed(caller.parameters())
    changed = {**signed, "timestamp": "2026-11-21 12:00:01"}
    assert _node(caller.post(changed))[0]["sub_code"] == "isv.invalid-signature"


def test_certificate_mode_wants_both_numbers(certified_shop):
    caller = Caller(certified_shop)
    for name, sub_code in (
        ("app_cert_sn", "isv.missing-app-cert-sn"),
        ("alipay_root_cert_sn", "isv.missing-alipay-root-cert-sn"),
    ):
        lacking = caller.signed({**caller.parameters(), name: ""})
        assert _node(caller.post(lacking))[0]["sub_code"] == sub_code
        wrong = caller.signed({**caller.parameters(), name: "0" * 32})
        assert _node(caller.post(wrong))[0]["sub_code"] == "isv.invalid-signature"


def test_an_empty_value_may_be_signed_or_left_out(caller):
    parameters = caller.parameters(notify_url="")
    text = signing.request_text(parameters, keep_empty=True).encode()
    with_empty = {**parameters, "sign": signing.sign(text, caller.simulator.keys.app)}
    for signed in (caller.signed(parameters), with_empty):
        assert _node(caller.post(signed))[0]["sub_code"] == "ACQ.TRADE_NOT_EXIST"


def test_a_request_in_gbk_is_verified_and_answered_in_gbk(caller, shop):
    number = shop.world.number()
    content = {"out_trade_no": number, "total_amount": "1.00", "subject": "入门课"}
    parameters = caller.parameters(
        Operation.PRECREATE,
        charset="gbk",
        biz_content=json.dumps(content, ensure_ascii=False),
    )
    node, answer = _node(caller.get(caller.signed(parameters, "gbk"), "gbk"), "gbk")
    assert node["code"] == "10000"
    assert answer["sign"]
    sold = next(trade for trade in caller.simulator.trades() if trade.number == number)
    assert sold.title == "入门课"


def test_a_wrong_page_request_is_answered_with_a_page_in_gbk(caller):
    answering = caller.get(caller.signed(caller.parameters(Operation.PAGE_PAY)))
    assert "GBK" in answering.headers["content-type"]
    assert "ACQ.INVALID_PARAMETER" in answering.body.decode("gbk")


def test_a_form_with_a_name_given_twice_is_refused(caller):
    signed = signing.form(caller.signed(caller.parameters()))
    answering = caller.simulator.handle(
        Exchange("POST", "/gateway.do", signed, FORM, b"method=alipay.trade.refund")
    )
    assert b"isv.invalid-parameter" in answering.body


def _precreated(caller: Caller, number: str, **content: Any) -> dict[str, str]:
    fields = {"out_trade_no": number, "total_amount": "1.00", "subject": "课程", **content}
    return _node(caller.post(caller.signed(caller.parameters(Operation.PRECREATE, fields))))[0]


def test_the_same_number_again_continues_or_is_refused(caller, shop):
    number = shop.world.number()
    first = _precreated(caller, number)
    assert _precreated(caller, number) == first
    assert _precreated(caller, number, total_amount="2.00")["sub_code"] == (
        "ACQ.CONTEXT_INCONSISTENT"
    )
    caller.simulator.act(number, Action.PAY)
    assert _precreated(caller, number)["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"
    closed = shop.world.number()
    _precreated(caller, closed)
    caller.simulator.act(closed, Action.CLOSE)
    assert _precreated(caller, closed)["sub_code"] == "ACQ.TRADE_HAS_CLOSE"


@pytest.mark.parametrize(
    ("content", "sub_code"),
    [
        ({"total_amount": "0.001"}, "ACQ.INVALID_PARAMETER"),
        ({"total_amount": "0.00"}, "ACQ.INVALID_PARAMETER"),
        ({"total_amount": "100000000.01"}, "ACQ.INVALID_PARAMETER"),
        ({"total_amount": 1}, "ACQ.INVALID_PARAMETER"),
        ({"subject": ""}, "ACQ.INVALID_PARAMETER"),
        ({"out_trade_no": "a-b"}, "ACQ.INVALID_PARAMETER"),
        ({"product_code": "OTHER"}, "ACQ.INVALID_PARAMETER"),
        ({"timeout_express": "1.5h"}, "ACQ.INVALID_PARAMETER"),
        ({"time_expire": "soon"}, "ACQ.INVALID_PARAMETER"),
        ({"time_expire": "2020-01-01 00:00:00"}, "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR"),
    ],
)
def test_a_wrong_payment_is_refused(caller, shop, content, sub_code):
    assert _precreated(caller, shop.world.number(), **content)["sub_code"] == sub_code


def test_a_qr_code_is_good_for_two_hours(caller, shop):
    number = shop.world.number()
    _precreated(caller, number)
    shop.world.clock.forward(hours=2, seconds=1)
    with pytest.raises(ImpossibleActionError):
        caller.simulator.act(number, Action.PAY)


def test_a_buyer_cannot_act_on_what_does_not_exist_or_is_over(caller, shop):
    with pytest.raises(UnknownTradeError):
        caller.simulator.act("NOBODY", Action.PAY)
    number = shop.world.number()
    _precreated(caller, number)
    caller.simulator.act(number, Action.PAY)
    for action in Action:
        with pytest.raises(ImpossibleActionError):
            caller.simulator.act(number, action)


def test_a_phone_page_is_told_of_its_closing(shop):
    caller = Caller(shop)
    number = shop.world.number()
    content = {
        "out_trade_no": number,
        "total_amount": "1.00",
        "subject": "课程",
        "product_code": "QUICK_WAP_WAY",
    }
    url = shop.world.notify_url(shop.key, number)
    caller.get(caller.signed(caller.parameters(Operation.WAP_PAY, content, notify_url=url)))
    caller.simulator.act(number, Action.CLOSE)
    assert shop.world.inbox.next(number).payment.result == "closed"


def test_a_phone_page_is_told_that_it_expired(shop):
    caller = Caller(shop)
    number = shop.world.number()
    content = {
        "out_trade_no": number,
        "total_amount": "1.00",
        "subject": "课程",
        "product_code": "QUICK_WAP_WAY",
        "timeout_express": "5m",
    }
    url = shop.world.notify_url(shop.key, number)
    caller.get(caller.signed(caller.parameters(Operation.WAP_PAY, content, notify_url=url)))
    caller.simulator.act(number, Action.SCAN)
    shop.world.clock.forward(minutes=5)
    caller.simulator.trades()
    assert shop.world.inbox.next(number).payment.result == "closed"


@pytest.mark.parametrize(("span", "hours"), [("90m", 1.5), ("1h", 1), ("2d", 2)])
def test_a_payment_may_end_after_a_span(caller, shop, span, hours):
    number = shop.world.number()
    _precreated(caller, number, timeout_express=span)
    shop.world.clock.forward(hours=hours, seconds=-1)
    assert next(each for each in caller.simulator.trades() if each.number == number).can_pay
    shop.world.clock.forward(seconds=1)
    assert not next(each for each in caller.simulator.trades() if each.number == number).can_pay


def test_a_clock_that_is_too_wrong_is_refused_when_wanted(make_simulator, plain_shop):
    caller = Caller(plain_shop)
    caller.handle = make_simulator(largest_skew=timedelta(minutes=10)).handle
    right = caller.signed(caller.parameters())
    assert _node(caller.post(right))[0]["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    early = wall_clock(plain_shop.world.clock() - timedelta(minutes=11))
    wrong = caller.signed(caller.parameters(timestamp=early))
    assert _node(caller.post(wrong))[0]["sub_code"] == "isv.invalid-timestamp"


@pytest.fixture
def make_simulator(world):
    def make(**options: Any) -> AlipaySimulator:
        return AlipaySimulator(world.simulator._surroundings, **options)

    return make


@given(
    amount=st.integers(1, 1000),
    asked=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 600)), max_size=12),
)
def test_refunds_never_exceed_what_was_paid(amount, asked):
    book = Book(lambda: datetime(2026, 11, 21, tzinfo=UTC), lambda _: None)
    new = NewTrade(out_trade_no="KP1", total_amount=yuan(amount), subject="课程")
    sale = book.request(new, Product.QR, "1", "", "")
    book.pay(sale)
    for number, fen in asked:
        before = sale.returned
        request = NewRefund(refund_amount=yuan(fen), out_request_no=f"R{number}")
        with suppress(RefusedError):
            refund, changed = book.refund(sale, request)
            assert sale.returned - before == (fen if changed else 0)
            assert refund.amount == fen
        assert sale.returned <= amount
        assert (sale.state is TradeState.CLOSED) == (sale.returned == amount)
