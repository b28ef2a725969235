"""An independent public client speaks to the simulator, so that both are not wrong the same way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import Action

sdk = pytest.importorskip("wechatpayv3")


@pytest.fixture(params=["public_key", "certificates"])
def client(
    request: pytest.FixtureRequest, simulators: Simulators, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    simulators.wechat_pay.mode = request.param
    details = simulators.details["channels"]["wechat_pay"]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", details["ca_file"])
    if request.param == "public_key":
        keys = {
            "public_key": Path(details["public_key"]).read_text("utf-8"),
            "public_key_id": details["public_key_id"],
        }
    else:
        folder = Path(details["platform_certificate"]).parent / "held"
        folder.mkdir(exist_ok=True)
        certificate = Path(details["platform_certificate"]).read_text("utf-8")
        (folder / "platform.pem").write_text(certificate, "utf-8")
        keys = {"cert_dir": str(folder)}
    client = sdk.WeChatPay(
        wechatpay_type=sdk.WeChatPayType.NATIVE,
        mchid=details["mchid"],
        private_key=Path(details["merchant_private_key"]).read_text("utf-8"),
        cert_serial_no=details["merchant_serial"],
        apiv3_key=details["apiv3_key"],
        appid=details["appid"],
        **keys,
    )
    client._core._gate_way = details["base_url"]
    yield client
    simulators.wechat_pay.mode = "public_key"


def test_it_creates_queries_pays_refunds_and_reads_the_notifications(
    client: Any, simulators: Simulators, merchant: Any
) -> None:
    number = f"sdk-{simulators.wechat_pay.mode}"
    status, answer = client.pay(
        description="Python 入门课",
        out_trade_no=number,
        amount={"total": 19900, "currency": "CNY"},
        notify_url=merchant.notify_url,
    )
    assert status == 200
    assert json.loads(answer)["code_url"].startswith("weixin://")
    status, answer = client.query(out_trade_no=number)
    assert (status, json.loads(answer)["trade_state"]) == (200, "NOTPAY")

    simulators.wechat_pay.act(number, Action.PAY)
    raw = merchant.next()
    said = client.callback(raw.headers, raw.body)
    assert said["event_type"] == "TRANSACTION.SUCCESS"
    assert said["resource"]["amount"]["total"] == 19900
    status, answer = client.query(transaction_id=said["resource"]["transaction_id"])
    assert json.loads(answer)["trade_state"] == "SUCCESS"

    status, answer = client.refund(
        out_refund_no=f"{number}-refund",
        transaction_id=said["resource"]["transaction_id"],
        amount={"refund": 5000, "total": 19900, "currency": "CNY"},
        reason="不想要了",
        notify_url=merchant.notify_url,
    )
    assert (status, json.loads(answer)["status"]) == (200, "PROCESSING")
    raw = merchant.next()
    returned = client.callback(raw.headers, raw.body)
    assert returned["event_type"] == "REFUND.SUCCESS"
    assert returned["resource"]["refund_status"] == "SUCCESS"
    status, answer = client.query_refund(f"{number}-refund")
    assert json.loads(answer)["status"] == "SUCCESS"


def test_it_closes_an_order(client: Any, simulators: Simulators) -> None:
    number = f"sdk-close-{simulators.wechat_pay.mode}"
    client.pay(
        description="Python 入门课",
        out_trade_no=number,
        amount={"total": 1},
        notify_url="https://127.0.0.1:9/notify",
    )
    status, _ = client.close(number)
    assert status == 204
    _, answer = client.query(out_trade_no=number)
    assert json.loads(answer)["trade_state"] == "CLOSED"


def test_it_refuses_the_providers_probes(client: Any, simulators: Simulators) -> None:
    simulators.wechat_pay.probe_every = 1
    try:
        with pytest.raises(Exception, match="signature"):
            client.pay(
                description="Python 入门课",
                out_trade_no=f"sdk-probe-{simulators.wechat_pay.mode}",
                amount={"total": 1},
                notify_url="https://127.0.0.1:9/notify",
            )
    finally:
        simulators.wechat_pay.probe_every = 0


def test_it_downloads_and_opens_the_platform_certificates(
    client: Any, simulators: Simulators
) -> None:
    client._core._certificates = []
    client._core._update_certificates()
    serials = {f"{one.serial_number:040X}" for one in client._core._certificates}
    assert simulators.details["channels"]["wechat_pay"]["platform_certificate_serial"] in serials
