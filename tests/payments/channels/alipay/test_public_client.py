"""A client of other authors speaks to the simulator and reads its notifications."""

from __future__ import annotations

import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from alipay import AliPay, DCAliPay
from alipay.exceptions import AliPayException, AliPayValidationError

from payments.channels.alipay import signing
from payments.channels.alipay.messages import Operation
from payments.channels.protocol import RawNotification
from payments.channels.simulation.provider import Action


class ToSimulator:
    """Sends what the client signed to the simulator instead of the public gateway."""

    ca_file: str
    _gateway: str
    sign_data: Any
    _verify_and_return_sync_response: Any

    def verified_sync_response(self, data: Any, response_type: str) -> Any:
        context = ssl.create_default_context(cafile=self.ca_file)
        url = f"{self._gateway}?{self.sign_data(data)}"
        with urlopen(url, timeout=10, context=context) as answer:
            return self._verify_and_return_sync_response(answer.read().decode(), response_type)


class PlainClient(ToSimulator, AliPay):  # type: ignore[misc] # the package has no types
    pass


class CertificateClient(ToSimulator, DCAliPay):  # type: ignore[misc] # likewise
    pass


@pytest.fixture
def client(shop: Any) -> Any:
    details = shop.simulator.details()

    def text(name: str) -> str:
        return Path(details[name]).read_text()

    if shop.key == "plain":
        made = PlainClient(
            appid=details["app_id"],
            app_private_key_string=text("app_private_key"),
            alipay_public_key_string=text("alipay_public_key"),
        )
    else:
        made = CertificateClient(
            appid=details["certificate_app_id"],
            app_private_key_string=text("app_private_key"),
            app_public_key_cert_string=text("app_certificate"),
            alipay_public_key_cert_string=text("alipay_certificate"),
            alipay_root_cert_string=text("alipay_root_certificate"),
        )
    made._gateway = details["gateway"]
    made.ca_file = shop.world.ca_file
    return made


class Listening:
    """Takes a notification as it came, in place of the channel under test."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self.bodies: list[bytes] = []

    def read_notification(self, raw: RawNotification) -> Any:
        self.bodies.append(raw.body)
        return self._channel.read_notification(raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)


def test_the_public_client_sells_asks_refunds_and_verifies(shop, client, monkeypatch):
    listening = Listening(shop.channel)
    monkeypatch.setitem(shop.world.inbox.channels, shop.key, listening)
    number = shop.world.number()
    taken = client.api_alipay_trade_precreate(
        subject="Python 入门课 + 答疑",
        out_trade_no=number,
        total_amount="199.00",
        notify_url=shop.world.notify_url(shop.key, number),
    )
    assert taken["code"] == "10000"
    assert taken["qr_code"].startswith("https://")
    assert client.api_alipay_trade_query(out_trade_no=number)["sub_code"] == "ACQ.TRADE_NOT_EXIST"

    shop.simulator.act(number, Action.PAY)
    asked = client.api_alipay_trade_query(out_trade_no=number)
    assert (asked["trade_status"], asked["total_amount"]) == ("TRADE_SUCCESS", "199.00")

    assert shop.world.inbox.next(number).payment is not None
    told = signing.read_form(listening.bodies[0])
    signature = told.pop("sign")
    assert client.verify(dict(told), signature)
    assert not client.verify({**told, "total_amount": "1.00"}, signature)

    refunded = client.api_alipay_trade_refund(
        "9.00", out_trade_no=number, out_request_no=f"{number}R", refund_reason="{半价"
    )
    assert (refunded["fund_change"], refunded["refund_fee"]) == ("Y", "9.00")
    found = client.api_alipay_trade_fastpay_refund_query(f"{number}R", out_trade_no=number)
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "9.00")


def test_the_public_client_closes_what_was_scanned(shop, client):
    number = shop.world.number()
    client.api_alipay_trade_precreate(subject="课程", out_trade_no=number, total_amount="1.00")
    shop.simulator.act(number, Action.SCAN)
    assert client.api_alipay_trade_close(out_trade_no=number)["code"] == "10000"


def test_the_public_client_opens_the_page(shop, client):
    number = shop.world.number()
    query = client.api_alipay_trade_page_pay("课程", number, "1.00")
    context = ssl.create_default_context(cafile=shop.world.ca_file)
    # It is sent on to the till, which is not part of this test.
    with suppress(OSError):
        urlopen(f"{client._gateway}?{query}", timeout=10, context=context)
    assert any(trade.number == number for trade in shop.simulator.trades())


def test_the_public_client_notices_spoiled_answers(shop, client):
    for fault, error in (
        ("wrong_signature", AliPayValidationError),
        ("unsigned", AliPayException),
    ):
        number = shop.world.number()
        shop.simulator.inject(Operation.PRECREATE, number, fault)
        with pytest.raises(error):
            client.api_alipay_trade_precreate(
                subject="课程", out_trade_no=number, total_amount="1.00"
            )
