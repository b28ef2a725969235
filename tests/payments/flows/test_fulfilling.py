from __future__ import annotations

from datetime import timedelta

from payments.contract.lifecycles import Fulfilment, OrderState
from payments.flows.fulfil import confirm
from payments.flows.job_kinds import ASK_ATTEMPT, CONFIRM_ORDER, EXPIRE_ORDER
from payments.store import jobs


def _due(shop):
    claimed = shop.run(jobs.claim, 50, timedelta(minutes=1))
    return sorted((job.kind, job.args["id"]) for job in claimed)


def test_what_nobody_objects_to_is_confirmed_in_time(shop, clock):
    order_id = shop.paid()
    clock.forward(timedelta(days=7) - timedelta(milliseconds=1))
    assert _due(shop) == []
    clock.forward(timedelta(milliseconds=1))
    assert _due(shop) == [(CONFIRM_ORDER, order_id)]
    shop.run(confirm, order_id)
    order = shop.the_order(order_id)
    assert (order.state, order.fulfilment) == (OrderState.COMPLETED, Fulfilment.CONFIRMED)
    before = shop.head()
    shop.run(confirm, order_id)
    assert shop.head() == before


def test_what_was_taken_back_is_not_confirmed(shop):
    order_id = shop.paid()
    shop.refunded(order_id, 10_000)
    shop.run(confirm, order_id)
    assert shop.the_order(order_id).state is OrderState.PAID


def test_what_is_not_paid_is_not_confirmed(shop):
    order_id = shop.order()
    shop.run(confirm, order_id)
    assert shop.the_order(order_id).state is OrderState.AWAITING_PAYMENT


def test_a_payment_leaves_nothing_to_ask_or_to_expire(shop, clock):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    clock.forward(timedelta(minutes=30))
    assert _due(shop) == [(ASK_ATTEMPT, attempt.id), (EXPIRE_ORDER, order_id)]
    shop.told(attempt)
    clock.forward(timedelta(minutes=30))
    assert _due(shop) == []
