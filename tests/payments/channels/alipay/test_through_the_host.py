"""Alipay as a person tries it: the hosted simulators, the till and the controls."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from payments.channels.alipay.adapter import AlipayChannel
from payments.channels.alipay.config import simulated
from payments.channels.protocol import AttemptRef, PaymentRequest, PaymentResult
from payments.channels.simulation.host import Simulators
from payments.contract.money import Money
from payments.contract.wire.records import Method

AMOUNT = Money(19900, "CNY")


@pytest.fixture(scope="module")
def simulators(tmp_path_factory):
    with Simulators.start(tmp_path_factory.mktemp("host"), time_scale=1000) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["plain", "certificates"])
def channel(simulators, request):
    details = simulators.details["channels"]["alipay"]
    config = simulated(details, ca_file=details["ca_file"], certificate_mode=request.param)
    channel = AlipayChannel(config)
    yield channel
    channel.shut_down()


@pytest.fixture
def browser(simulators):
    context = ssl.create_default_context(cafile=simulators.details["ca_file"])
    with httpx.Client(base_url=simulators.details["base_url"], verify=context) as client:
        yield client


def _request(number: str, method: Method = Method.ALIPAY_QR) -> PaymentRequest:
    expires_at = datetime.now(UTC) + timedelta(minutes=30)
    return PaymentRequest(number, method, AMOUNT, "Python 入门课", expires_at, notify_url="")


def test_a_page_payment_is_paid_by_hand_at_the_till(channel, browser, request):
    number = f"PAGE_{request.node.callspec.id}"
    page = channel.start(_request(number, Method.ALIPAY_PAGE)).content
    till = browser.get(page, follow_redirects=True)
    assert number in till.text
    form = {"channel": "alipay", "number": number, "action": "pay"}
    browser.post("/act", data=form)
    asked = channel.ask(AttemptRef(number, AMOUNT, Method.ALIPAY_PAGE))
    assert (asked.result, asked.amount) == (PaymentResult.PAID, AMOUNT)


def test_a_lost_answer_is_unknown_and_the_payment_is_found_by_asking(channel, browser, request):
    number = f"LOST_{request.node.callspec.id}"
    browser.post("/control/script", json={"number": number, "outcome": "no_answer"})
    assert channel.start(_request(number)).result is PaymentResult.UNKNOWN
    order = {"channel": "alipay", "number": number, "action": "pay"}
    assert browser.post("/control/act", json=order).status_code == 204
    attempt = AttemptRef(number, AMOUNT, Method.ALIPAY_QR)
    assert channel.ask(attempt).result is PaymentResult.UNKNOWN
    assert channel.ask(attempt).result is PaymentResult.PAID
