"""The host over TLS: till and controls, and what it refuses."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from payments.channels.simulation.host import Simulators
from payments.channels.simulation.script import Outcome
from payments.channels.wechat_pay.messages import NativeOrder, OrderAmount
from payments.channels.wechat_pay.simulated_keys import APPID, MCHID


@pytest.fixture
def browser(simulators: Simulators) -> Iterator[httpx.Client]:
    context = ssl.create_default_context(cafile=simulators.details["ca_file"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with httpx.Client(base_url=simulators.details["base_url"], verify=context) as browser:
        yield browser


def an_open_payment(simulators: Simulators, number: str) -> None:
    from datetime import UTC, datetime

    order = NativeOrder(
        appid=APPID,
        mchid=MCHID,
        description="Python 入门课",
        out_trade_no=number,
        notify_url="https://127.0.0.1:9/notify",
        amount=OrderAmount(total=19900),
    )
    simulators.wechat_pay._books.create(order, datetime.now(UTC))


def test_a_person_pays_by_hand(simulators: Simulators, browser: httpx.Client) -> None:
    an_open_payment(simulators, "by-hand-1")
    page = browser.get("/", headers={"accept-language": "zh-CN"})
    assert page.status_code == 200
    assert "by-hand-1" in page.text
    assert "默认" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    form = {"channel": "wechat_pay", "number": "by-hand-1", "action": "pay"}
    assert browser.post("/act", data=form).headers["location"] == "/"
    trades = browser.get("/control/trades").json()
    assert {trade["number"]: trade["state"] for trade in trades["wechat_pay"]}[
        "by-hand-1"
    ] == "SUCCESS"
    again = browser.post("/act", data=form)
    assert again.status_code == 400


def test_outcomes_and_buyers_are_driven_from_outside(
    simulators: Simulators, browser: httpx.Client
) -> None:
    script = {"number": "scripted-1", "outcome": "no_answer"}
    assert browser.post("/control/script", json=script).status_code == 204
    assert simulators.script.outcome("scripted-1") is Outcome.NO_ANSWER
    an_open_payment(simulators, "driven-1")
    order = {"channel": "wechat_pay", "number": "driven-1", "action": "close"}
    assert browser.post("/control/act", json=order).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/control/script", {"number": "1", "outcome": "nonsense"}, 400),
        ("/control/script", {"number": "1"}, 400),
        ("/control/act", {"channel": "wechat_pay", "number": "none", "action": "pay"}, 404),
        ("/control/act", {"channel": "nobody", "number": "none", "action": "pay"}, 404),
        ("/control/nothing", {}, 404),
        ("/v3/pay/transactions/native", {}, 401),
    ],
)
def test_what_makes_no_sense_is_refused(
    browser: httpx.Client, path: str, body: dict[str, Any], status: int
) -> None:
    assert browser.post(path, json=body).status_code == status


def test_a_body_beyond_reason_is_refused(browser: httpx.Client) -> None:
    assert browser.post("/gateway.do", content=b"x" * (1024 * 1024 + 1)).status_code == 413


def test_a_taken_port_is_said_at_once(simulators: Simulators, tmp_path: Path) -> None:
    port = int(simulators.details["base_url"].rsplit(":", 1)[1])
    with pytest.raises(OSError, match="in use"):
        Simulators.start(tmp_path, port=port)


def test_the_details_point_any_client_to_every_provider(simulators: Simulators) -> None:
    channels = simulators.details["channels"]
    assert set(channels) == {"alipay", "wechat_pay"}
    for channel in channels.values():
        assert Path(channel["ca_file"]).exists()
    for name in ("merchant_private_key", "public_key", "platform_certificate"):
        assert Path(channels["wechat_pay"][name]).exists()


def test_nothing_is_left_running_after_closing(tmp_path: Path) -> None:
    import threading

    before = set(threading.enumerate())
    with Simulators.start(tmp_path) as simulators:
        url, ca_file = simulators.details["base_url"], simulators.details["ca_file"]
    assert set(threading.enumerate()) == before
    context = ssl.create_default_context(cafile=ca_file)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, verify=context)
