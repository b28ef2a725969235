"""Orders paid and refunded at the simulated providers, through the services as they are started."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys

import httpx
import pytest

from payments.certificates import Authority
from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import Action

PASSWORD = "correct horse battery"
PRODUCT = {
    "id": "photography",
    "kind": "course",
    "title": "摄影入门",
    "currency": "CNY",
    "price": 10_000,
    "instructor_id": "instructor-7",
    "instructor": "陈老师",
}
ORDER = {"product_id": "photography", "payer": {"payer_id": "student-1", "name": "王小明"}}


class Shop:
    """The course platform's side of a conversation with running services."""

    def __init__(self, client):
        self.client = client
        self.keys = 0
        body = {"login": "lin", "password": PASSWORD}
        token = client.post("/v1/sessions", json=body).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"

    def post(self, path, body):
        self.keys += 1
        answer = self.client.post(path, json=body, headers={"idempotency-key": f"k{self.keys}"})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def wait_for(self, record, state):
        """Follow the feed until the record is in that state."""
        page = {"scope": "", "upto": 0}
        for _ in range(20):
            asked = {"scope": page["scope"], "after": page["upto"], "wait": 5}
            page = self.client.get("/v1/feed", params=asked).json()
            for _, _, record_id, body in page["changes"]:
                if record_id == record["id"] and body["state"] == state:
                    return body
        pytest.fail(f"{record['id']} never became {state}")


@pytest.fixture
def running(tmp_path):
    data = tmp_path / "data"
    authority = Authority.in_folder(data / "tls")
    with Simulators.start(
        tmp_path / "simulated", notify_ca=authority.ca_file, time_scale=100
    ) as simulators:
        channels = tmp_path / "channels.json"
        channels.write_text(json.dumps(simulators.details), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "payments",
            "serve",
            "--data",
            data,
            "--first-admin",
            "lin",
        ]
        process = subprocess.Popen(
            [*command, "--channels", channels, "--exit-with-parent"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{PASSWORD}\n")
        process.stdin.flush()
        ready = json.loads(process.stdout.readline())
        trusted = ssl.create_default_context(cafile=ready["ca"])
        with httpx.Client(base_url=ready["url"], verify=trusted, timeout=30) as client:
            yield Shop(client), simulators
        process.stdin.close()
        process.stdout.close()
        assert process.wait(timeout=30) == 0


def test_orders_are_paid_and_refunded_at_both_providers(running):
    shop, simulators = running
    shop.post("/v1/products", PRODUCT)
    for method, provider, actions in (
        ("wechat_pay.native", simulators.wechat_pay, (Action.PAY,)),
        ("alipay.qr", simulators.alipay, (Action.SCAN, Action.PAY)),
    ):
        order = shop.post("/v1/orders", ORDER)
        started = shop.post(f"/v1/orders/{order['id']}/payments", {"method": method})
        assert started["action"]["kind"] == "qr"
        for action in actions:
            provider.act(started["attempt_id"], action)
        paid = shop.wait_for(order, "paid")
        assert (paid["paid"], paid["fulfilment"]) == (10_000, "granted")
        refund = {"order_id": order["id"], "amount": 1000, "currency": "CNY", "reason": "other"}
        shop.wait_for(shop.post("/v1/refunds", refund), "succeeded")
    check = shop.client.get("/v1/ledger/check").json()
    assert (check["transactions"], check["balanced"], check["chain_intact"]) == (4, True, True)
