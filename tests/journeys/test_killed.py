"""Services that lose their power in the middle of payments lose nothing and double nothing."""

from __future__ import annotations

import sys
from threading import Event, Thread

import httpx
import pytest

from tests.journeys.business import Person, until

ORDERS = 24
KILLS = 3


class Shopping(Thread):
    """The course platform sells one course after the other and repeats what got no answer."""

    def __init__(self, business):
        super().__init__(name="shopping")
        self.business = business
        self.person = Person(business.services.url, business.services.ca, "platform")
        self.orders: list[str] = []
        self.sold = Event()
        self.failures: list[str] = []

    def run(self):
        for number in range(ORDERS):
            order = self.answered("/v1/orders", self.business.new_order(), f"order-{number}")
            self.orders.append(order["id"])
            self.business.scripts(f"{order['id']}*", "paid")
            # Asked again after a crash it may be paid already: there is nothing to pay then.
            self.answered(f"/v1/orders/{order['id']}/payments", {}, f"payment-{number}")
            self.sold.set()
        self.person.client.close()

    def answered(self, path, body, key):
        def answer():
            try:
                got = self.person.tries(path, body, key=f"shopping-{key}")
            except httpx.TransportError:
                return None
            return got if got.status_code < 500 else None

        got = until(answer, path)
        if got.status_code not in {201, 409}:
            self.failures.append(got.text)
        return got.json()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_in_the_middle_of_payments_everything_is_paid_once(business):
    transactions = business.books()["transactions"]
    shopping = Shopping(business)
    shopping.start()
    for _ in range(KILLS):
        assert shopping.sold.wait(20)
        business.services.kill()
        shopping.sold.clear()
        business.services.start()
    shopping.join(timeout=60)
    assert not shopping.is_alive()
    assert not shopping.failures
    assert len(set(shopping.orders)) == ORDERS
    for order in shopping.orders:
        business.becomes(order, state="paid", fulfilment="granted")
        assert business.happened(order).count("paid") == 1
        assert len(business.postings(order)) == 1
        paid = [one for one in business.trades(order) if one["state"] == "SUCCESS"]
        assert len(paid) == 1
    known = {one["id"] for one in business.admin.seen("order")}
    placed = [one for one in business.admin.seen("order") if one["id"] in shopping.orders]
    assert set(shopping.orders) <= known
    assert len(placed) == ORDERS
    assert business.books()["transactions"] == transactions + ORDERS
