"""A refund needs a customer who was opened, and above the limit somebody else's word."""

from __future__ import annotations

from payments.contract.problems import Code
from payments.contract.roles import Kind
from payments.contract.wire.records import Order
from tests.journeys.business import MASTERCLASS, until


def asks(business, order, amount, who="support"):
    new = {"order_id": order, "amount": amount, "currency": "CNY", "reason": "unwanted"}
    return business.person(who).tries("/v1/refunds", new)


def decides(business, refund, who):
    path = f"/v1/refunds/{refund.id}/decision"
    return business.person(who).tries(path, {"approve": True}, version=refund.version)


def refund_of(business, order, state):
    def found():
        return next((one for one in business.refunds(order) if one.state == state), None)

    return until(found, f"a refund that is {state}")


def test_support_sees_and_refunds_the_customer_that_is_open_and_no_other(business):
    order, others = business.sells(), business.sells()
    support = business.person("support")
    assert asks(business, order, 1000).json()["code"] == Code.NOT_FOUND
    support.post("/v1/customer", {"find": order})
    assert [one.id for one in support.seen(Kind.ORDER, Order)] == [order]
    assert asks(business, others, 1000).json()["code"] == Code.NOT_FOUND
    assert asks(business, order, 1000).status_code == 201
    refund_of(business, order, "succeeded")
    seen = business.order(order)
    assert (seen.paid, seen.refunded) == (10_000, 1000)
    assert len(business.postings(order)) == 2


def test_above_the_limit_another_person_approves_and_then_the_money_goes_back(business):
    order = business.sells(MASTERCLASS)
    business.person("support").post("/v1/customer", {"find": order})
    asks(business, order, 60_000)
    refund = refund_of(business, order, "pending_approval")
    assert decides(business, refund, "support").json()["code"] == Code.NOT_ALLOWED
    assert business.order(order).refunding == 60_000
    assert decides(business, refund, "finance").status_code == 200
    refund_of(business, order, "succeeded")
    assert business.order(order).refunded == 60_000


def test_who_asked_for_a_large_refund_does_not_approve_it(business):
    order = business.sells(MASTERCLASS)
    asks(business, order, 60_000, who="finance")
    refund = refund_of(business, order, "pending_approval")
    refused = decides(business, refund, "finance").json()
    assert refused["code"] == Code.SECOND_PERSON_REQUIRED
    assert decides(business, refund, "second_finance").status_code == 200
    refund_of(business, order, "succeeded")


def test_never_more_goes_back_than_came(business):
    order = business.sells()
    assert asks(business, order, 6000, who="finance").status_code == 201
    assert asks(business, order, 6000, who="finance").json()["code"] == Code.REFUND_EXCEEDS_PAID
    refund_of(business, order, "succeeded")
    assert business.order(order).refunded == 6000
