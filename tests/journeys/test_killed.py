"""Services that lose their power in the middle of payments lose nothing and double nothing."""

from __future__ import annotations

import sys
from threading import Event, Thread

import httpx
import pytest

from payments.contract.roles import Kind
from payments.contract.wire.records import Order
from tests.journeys.business import WAIT_S, Person, until

SHOPS = 2
ORDERS = 10
KILLS = 2
METHODS = ("wechat_pay.native", "alipay.qr")
PAID_AT_A_PROVIDER = {"SUCCESS", "TRADE_SUCCESS"}


class Shopping(Thread):
    """The course platform sells one course after the other and repeats what got no answer."""

    def __init__(self, business, name, sold):
        super().__init__(name=name)
        self.business = business
        self.sold = sold
        self.person = Person(business.services.url, business.services.ca, "platform")
        self.orders: list[str] = []
        self.failures: list[str] = []

    def run(self):
        for number in range(ORDERS):
            order = self.answered(
                "/v1/orders",
                self.business.new_order(payer=f"{self.name}-{number}"),
                f"order-{number}",
            )
            self.orders.append(order["id"])
            self.business.scripts(f"{order['id']}*", "paid")
            # Asked again after a crash it may be paid already: there is nothing to pay then.
            method = {"method": METHODS[number % len(METHODS)]}
            self.answered(f"/v1/orders/{order['id']}/payments", method, f"payment-{number}")
            self.sold.set()
        self.person.client.close()

    def answered(self, path, body, key):
        def answer():
            try:
                got = self.person.tries(path, body, key=f"{self.name}-{key}")
            except httpx.TransportError:
                return None
            return got if got.status_code < 500 else None

        got = until(answer, path)
        if got.status_code not in {201, 409}:
            self.failures.append(got.text)
        return got.json()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_in_the_middle_of_payments_everything_is_paid_once(business):
    before = business.books()["transactions"]
    sold = Event()
    shops = [Shopping(business, f"shop-{number}", sold) for number in range(SHOPS)]
    for shop in shops:
        shop.start()
    for _ in range(KILLS):
        assert sold.wait(WAIT_S)
        business.services.kill()
        sold.clear()
        business.services.start()
    for shop in shops:
        shop.join(timeout=60)
        assert not shop.failures
    orders = {order for shop in shops for order in shop.orders}
    assert len(orders) == SHOPS * ORDERS
    for order in orders:
        business.becomes(order, state="paid", fulfilment="granted")
        assert business.happened(order).count("paid") == 1
        paid = [one for one in business.trades(order) if one["state"] in PAID_AT_A_PROVIDER]
        assert len(paid) == 1
    known = business.admin.seen(Kind.ORDER, Order)
    assert {one.id for one in known if one.payer_id.startswith("shop-")} == orders
    assert business.books()["transactions"] == before + len(orders)
