"""The simulated provider is as strict as the real one: signatures, fields, numbers, time, refunds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payments.channels.simulation.notifier import Notifier
from payments.channels.simulation.provider import (
    Action,
    Answering,
    Exchange,
    ImpossibleActionError,
    Surroundings,
    UnknownTradeError,
)
from payments.channels.simulation.script import Script
from payments.channels.wechat_pay.signing import Signer
from payments.channels.wechat_pay.simulated_keys import APPID, MCHID
from payments.channels.wechat_pay.simulated_notices import RETRIES_S
from payments.channels.wechat_pay.simulator import WeChatPaySimulator

NATIVE = "/v3/pay/transactions/native"
REFUNDS = "/v3/refund/domestic/refunds"
NONCES = itertools.count(1)


class Merchant:
    """Signs requests with the merchant's key and hands them to the simulator without a network."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
        self.notifier = Notifier()
        around = Surroundings(
            folder, "https://127.0.0.1:1", lambda: self.now, Script(), self.notifier
        )
        self.provider = WeChatPaySimulator(around)
        key = self.provider.keys.merchant_key_file.read_bytes()
        self.signer = Signer(self.provider.keys.merchant_serial, key)

    def ask(
        self, method: str, target: str, body: object = None, *, nonce: str = "", mchid: str = MCHID
    ) -> Answering:
        content = b"" if body is None else msgspec.json.encode(body)
        authorization = self.signer.authorization(
            mchid,
            method,
            target,
            content,
            timestamp=int(self.now.timestamp()),
            nonce=nonce or f"n{next(NONCES)}",
        )
        path, _, query = target.partition("?")
        headers = {"authorization": authorization}
        return self.provider.handle(Exchange(method, path, query, headers, content))

    def pay(self, number: str, total: int = 10_000) -> None:
        assert self.ask("POST", NATIVE, an_order(number, total)).status == 200
        self.provider.act(number, Action.PAY)

    def refund(self, number: str, refund: str, amount: int, total: int = 10_000) -> Answering:
        body = {
            "out_trade_no": number,
            "out_refund_no": refund,
            "amount": {"refund": amount, "total": total, "currency": "CNY"},
        }
        return self.ask("POST", REFUNDS, body)


@pytest.fixture(scope="module")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def merchant(keys_folder: Path) -> Iterator[Merchant]:
    merchant = Merchant(keys_folder)
    yield merchant
    merchant.notifier.close()


def an_order(number: str = "order-1", total: int = 10_000, **changes: Any) -> dict[str, Any]:
    order: dict[str, Any] = {
        "appid": APPID,
        "mchid": MCHID,
        "description": "课程",
        "out_trade_no": number,
        "notify_url": "https://127.0.0.1:9/notify",
        "amount": {"total": total, "currency": "CNY"},
    }
    return {**order, **changes}


def code(answering: Answering) -> str:
    return str(msgspec.json.decode(answering.body)["code"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"out_trade_no": "short"}, "/out_trade_no"),
        ({"out_trade_no": "has space"}, "/out_trade_no"),
        ({"out_trade_no": "x" * 33}, "/out_trade_no"),
        ({"description": ""}, "/description"),
        ({"description": "x" * 128}, "/description"),
        ({"description": None}, "/description"),
        ({"notify_url": "http://shop.example/notify"}, "/notify_url"),
        ({"notify_url": "https://shop.example/notify?a=1"}, "/notify_url"),
        ({"amount": {"total": 0}}, "/amount/total"),
        ({"amount": {"total": "100"}}, "/amount/total"),
        ({"amount": {"total": 1.5}}, "/amount/total"),
        ({"amount": {"total": 1, "currency": "XYZ"}}, "/amount/currency"),
        ({"amount": {"currency": "CNY"}}, "/amount/total"),
        ({"amount": {"total": 1, "fee": 1}}, "/amount/fee"),
        ({"surprise": 1}, "/surprise"),
        ({"attach": "x" * 129}, "/attach"),
        ({"time_expire": "2026-11-21T12:00:00"}, "/time_expire"),
        ({"mchid": "1900000110"}, "/mchid"),
    ],
)
def test_a_wrong_field_is_named(merchant: Merchant, changes: dict[str, Any], field: str) -> None:
    answering = merchant.ask("POST", NATIVE, an_order(**changes))
    said = msgspec.json.decode(answering.body)
    assert (answering.status, said["code"], said["detail"]["field"]) == (400, "PARAM_ERROR", field)
    assert "wechatpay-signature" in answering.headers


def test_a_body_that_is_no_json_and_an_unknown_path_are_refused(merchant: Merchant) -> None:
    assert code(merchant.ask("POST", NATIVE, msgspec.Raw(b"{"))) == "PARAM_ERROR"
    assert merchant.ask("GET", "/v3/nothing").status == 404
    assert merchant.ask("DELETE", NATIVE).status == 404


def test_another_application_is_refused(merchant: Merchant) -> None:
    answering = merchant.ask("POST", NATIVE, an_order(appid="wx0000000000000000"))
    assert code(answering) == "APPID_MCHID_NOT_MATCH"


def test_every_request_is_signed_once_now_and_by_the_merchant(merchant: Merchant) -> None:
    target = f"/v3/pay/transactions/out-trade-no/order-1?mchid={MCHID}"
    assert merchant.ask("GET", target, nonce="once").status == 404
    replayed = merchant.ask("GET", target, nonce="once")
    assert (replayed.status, code(replayed)) == (401, "SIGN_ERROR")
    assert "wechatpay-signature" not in replayed.headers
    assert merchant.ask("GET", target, mchid="1900000110").status == 401
    assert merchant.provider.handle(Exchange("GET", NATIVE, "", {}, b"")).status == 401
    stranger = Signer(merchant.provider.keys.merchant_serial, merchant_key_of_a_stranger())
    merchant.signer = stranger
    assert merchant.ask("GET", target).status == 401


def merchant_key_of_a_stranger() -> bytes:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from payments.certificates import private_pem

    return private_pem(rsa.generate_private_key(65537, 2048))


def test_a_request_signed_six_minutes_ago_is_refused(merchant: Merchant) -> None:
    authorization = merchant.signer.authorization(
        MCHID,
        "GET",
        NATIVE,
        b"",
        timestamp=int((merchant.now - timedelta(minutes=6)).timestamp()),
        nonce="old",
    )
    exchange = Exchange("GET", NATIVE, "", {"authorization": authorization}, b"")
    assert merchant.provider.handle(exchange).status == 401


def test_a_nonce_is_forgotten_when_its_time_is_over(merchant: Merchant) -> None:
    assert merchant.ask("GET", NATIVE, nonce="again").status == 404
    merchant.now += timedelta(minutes=11)
    merchant.ask("GET", NATIVE)
    assert merchant.ask("GET", NATIVE, nonce="again").status == 404


def test_the_same_number_with_other_parameters_is_refused(merchant: Merchant) -> None:
    assert merchant.ask("POST", NATIVE, an_order(attach="a")).status == 200
    assert merchant.ask("POST", NATIVE, an_order(attach="a")).status == 200
    assert code(merchant.ask("POST", NATIVE, an_order(attach="b"))) == "INVALID_REQUEST"
    merchant.provider.act("order-1", Action.PAY)
    assert code(merchant.ask("POST", NATIVE, an_order(attach="a"))) == "ORDERPAID"


def test_a_closed_order_takes_no_money_and_stays_closed(merchant: Merchant) -> None:
    merchant.ask("POST", NATIVE, an_order())
    target = "/v3/pay/transactions/out-trade-no/order-1/close"
    first, second = (merchant.ask("POST", target, {"mchid": MCHID}) for _ in range(2))
    assert (first.status, first.body, second.status) == (204, b"", 204)
    assert "wechatpay-signature" in first.headers
    with pytest.raises(ImpossibleActionError):
        merchant.provider.act("order-1", Action.PAY)
    assert code(merchant.ask("POST", NATIVE, an_order())) == "ORDER_CLOSED"


def test_a_paid_order_is_not_closed(merchant: Merchant) -> None:
    merchant.pay("order-1")
    target = "/v3/pay/transactions/out-trade-no/order-1/close"
    assert code(merchant.ask("POST", target, {"mchid": MCHID})) == "ORDERPAID"


@pytest.mark.parametrize(
    ("expires", "after", "can_pay"),
    [
        ("2026-11-21T12:30:00+08:00", timedelta(minutes=30), True),
        ("2026-11-21T12:30:00+08:00", timedelta(minutes=30, seconds=1), False),
        ("2026-11-21T11:00:00+08:00", timedelta(minutes=1), True),  # moved to one minute
        ("2026-11-21T11:00:00+08:00", timedelta(seconds=61), False),
        ("2028-11-21T11:00:00+08:00", timedelta(hours=2), True),
        ("2028-11-21T11:00:00+08:00", timedelta(hours=2, seconds=1), False),  # the code has died
    ],
)
def test_an_order_is_paid_in_time_or_not_at_all(
    merchant: Merchant, expires: str, after: timedelta, can_pay: bool
) -> None:
    merchant.ask("POST", NATIVE, an_order(time_expire=expires))
    merchant.now += after
    assert merchant.provider.trades()[0].can_pay is can_pay


def test_an_unpaid_order_is_closed_after_seven_days(merchant: Merchant) -> None:
    merchant.ask("POST", NATIVE, an_order())
    merchant.now += timedelta(days=7, seconds=1)
    answering = merchant.ask("GET", f"/v3/pay/transactions/out-trade-no/order-1?mchid={MCHID}")
    assert msgspec.json.decode(answering.body)["trade_state"] == "CLOSED"


def test_a_query_without_the_merchant_is_refused(merchant: Merchant) -> None:
    merchant.pay("order-1")
    assert code(merchant.ask("GET", "/v3/pay/transactions/out-trade-no/order-1")) == "PARAM_ERROR"


def test_refunds_never_exceed_what_was_paid(merchant: Merchant) -> None:
    merchant.pay("order-1")
    assert merchant.refund("order-1", "r1", 6_000).status == 200
    assert code(merchant.refund("order-1", "r2", 4_001)) == "INVALID_REQUEST"
    assert code(merchant.refund("order-1", "r2", 4_000, total=9_999)) == "INVALID_REQUEST"
    assert merchant.refund("order-1", "r2", 4_000).status == 200
    assert merchant.refund("order-1", "r2", 4_000).status == 200
    assert code(merchant.refund("order-1", "r2", 3_999)) == "INVALID_REQUEST"
    assert code(merchant.refund("nothing", "r3", 1)) == "RESOURCE_NOT_EXISTS"


def test_at_most_fifty_refunds_of_one_order_within_a_year(merchant: Merchant) -> None:
    merchant.pay("order-1")
    statuses = [merchant.refund("order-1", f"r{n}", 1).status for n in range(51)]
    assert statuses == [200] * 50 + [400]
    merchant.pay("order-2")
    merchant.now += timedelta(days=366)
    assert code(merchant.refund("order-2", "late", 1)) == "INVALID_REQUEST"


def test_a_refund_takes_its_time(merchant: Merchant) -> None:
    merchant.pay("order-1")
    merchant.refund("order-1", "r1", 1)

    def status() -> str:
        answer = merchant.ask("GET", f"{REFUNDS}/r1").body
        return str(msgspec.json.decode(answer)["status"])

    assert status() == "PROCESSING"
    merchant.now += timedelta(seconds=5)
    assert status() == "SUCCESS"
    assert merchant.ask("GET", f"{REFUNDS}/unknown").status == 404


def test_fifteen_retries_take_24_hours_and_4_minutes() -> None:
    assert len(RETRIES_S) == 15
    assert sum(RETRIES_S) == (24 * 60 + 4) * 60


def test_a_buyer_cannot_do_what_makes_no_sense(merchant: Merchant) -> None:
    with pytest.raises(UnknownTradeError):
        merchant.provider.act("order-1", Action.PAY)
    merchant.ask("POST", NATIVE, an_order())
    merchant.provider.act("order-1", Action.REFUSE)
    assert merchant.provider.trades()[0].can_pay
    merchant.provider.act("order-1", Action.SCAN)
    merchant.provider.act("order-1", Action.CLOSE)
    assert merchant.provider.trades()[0].state == "CLOSED"
    with pytest.raises(TypeError):
        merchant.provider.act("order-1", Action.PAY, tip="1")
