from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec import structs

from payments.channels.protocol import Outcome, PaymentResult
from payments.contract.lifecycles import (
    AttemptState,
    Fulfilment,
    OrderState,
    RefundState,
    Step,
    step,
)
from payments.contract.money import Money
from payments.contract.problems import Code
from payments.contract.wire.records import ChannelName, Method, ProductKind
from payments.contract.wire.requests import NewOrder, PayerInfo
from payments.flows import begin_payment
from payments.flows.cancel_order import cancel_order
from payments.flows.expire_orders import expire
from payments.flows.place_order import place_order
from payments.flows.settle_attempt import apply_outcome
from payments.store import jobs
from payments.store.records import PAYERS

PAID = PaymentResult.PAID


def test_an_order_is_priced_from_the_catalogue_and_locked(shop):
    shop.sells("taxed", 10_000, tax_rate="0.05")
    order = shop.the_order(shop.order("taxed", discount_percent="10"))
    assert (order.price, order.discount, order.tax, order.amount) == (10_000, 1_000, 450, 9_450)
    assert order.instructor_share == 6_300
    assert (order.payer, order.payer_phone) == ("王*明", "")
    assert order.state is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize("percent", ["100", "-1", "101", "abc", "NaN"])
def test_a_discount_that_leaves_nothing_to_pay_is_refused(shop, refused, percent):
    with refused(Code.INVALID_FIELD):
        shop.order(discount_percent=percent)


def test_what_is_not_in_the_catalogue_cannot_be_ordered(shop, refused):
    with refused(Code.NOT_FOUND):
        shop.order("nothing")


def test_a_paid_order_is_on_the_ledger_once_and_delivered(shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    shop.told(attempt, channel_ref="2026-1")
    order = shop.the_order(order_id)
    assert (order.state, order.paid, order.fulfilment) == (
        OrderState.PAID,
        10_000,
        Fulfilment.GRANTED,
    )
    assert {(it.account, it.amount) for it in shop.postings(order_id)} == {
        ("channel_clearing:alipay", 10_000),
        ("channel_clearing:alipay", -60),
        ("fees:alipay", 60),
        ("instructor_payable:teacher", -7_000),
        ("platform_revenue", -3_000),
    }
    assert order.refundable_until - order.paid_at == timedelta(days=7)
    assert shop.the_attempt(attempt.id).channel_ref == "2026-1"


def test_the_same_success_told_again_changes_nothing(shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    shop.told(attempt)
    before = shop.head()
    shop.told(attempt)
    assert shop.head() == before
    assert len(shop.postings(order_id)) == 5


def _two_attempts(shop):
    order_id = shop.order()
    first = shop.begin(order_id)
    shop.told(first, PaymentResult.CLOSED)
    return order_id, first, shop.begin(order_id, Method.WECHAT_PAY_NATIVE)


def test_a_second_success_is_sent_back_with_an_alarm(shop):
    order_id, first, second = _two_attempts(shop)
    shop.told(second)
    shop.told(first)
    order = shop.the_order(order_id)
    assert (order.paid, order.refunded, order.refunding) == (10_000, 0, 0)
    assert shop.alarms() == {"duplicate_success": 1}
    (refund_id,) = shop.refund_ids(order_id)
    refund = shop.the_refund(refund_id)
    assert (refund.automatic, refund.state, refund.amount) == (True, RefundState.APPROVED, 10_000)
    assert (refund.attempt_id, refund.channel) == (first.id, ChannelName.ALIPAY)
    assert shop.account("owed_to_payers") == -10_000
    shop.sends(refund_id)
    shop.refund_told(refund_id)
    assert shop.account("owed_to_payers") == 0
    assert shop.account("channel_clearing:alipay") == -60
    assert shop.the_order(order_id).paid == 10_000


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_money_for_a_closed_order_is_sent_back_with_an_alarm(shop, clock, end):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    if end == "expired":
        clock.forward(timedelta(hours=2))
        shop.run(expire, order_id)
    else:
        shop.run(cancel_order, order_id)
    assert shop.the_order(order_id).state.value == end
    shop.told(attempt)
    order = shop.the_order(order_id)
    assert (order.state.value, order.paid) == (end, 0)
    assert shop.alarms() == {"late_success": 1}
    (refund_id,) = shop.refund_ids(order_id)
    assert shop.the_refund(refund_id).amount == 10_000
    assert "late_success" in shop.happened(order_id)


def test_a_late_success_still_pays_an_order_that_waits(shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    shop.told(attempt, PaymentResult.FAILED, failure="ACQ.SOMETHING")
    shop.told(attempt)
    assert shop.the_order(order_id).state is OrderState.PAID
    assert not shop.alarms()


MISMATCHES = {
    "amount": {"amount": Money(9_999, "CNY")},
    "no amount": {"amount": None},
    "currency": {"amount": Money(10_000, "USD")},
    "merchant": {"merchant_matches": False},
}


@pytest.mark.parametrize("said", MISMATCHES.values(), ids=MISMATCHES)
def test_a_mismatch_is_a_security_event_and_never_a_payment(shop, said):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    assert shop.told(attempt, **said).state is AttemptState.CONFLICTED
    order = shop.the_order(order_id)
    assert (order.state, order.paid) == (OrderState.AWAITING_PAYMENT, 0)
    assert not shop.postings(order_id)
    assert shop.alarms() == {"mismatch": 1}
    shop.told(attempt)
    assert shop.the_order(order_id).paid == 0
    assert shop.alarms() == {"mismatch": 1, "answer_does_not_fit": 1}


def test_an_answer_about_another_number_says_nothing_of_this_one(shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    assert shop.told(attempt, attempt_id="another_1").state is AttemptState.CREATED
    assert shop.alarms() == {"mismatch": 1}
    shop.told(attempt)
    assert shop.the_order(order_id).state is OrderState.PAID


@pytest.mark.parametrize("state", AttemptState)
def test_every_answer_in_every_state_keeps_to_the_lifecycle(shop, state):
    for result in PaymentResult:
        order_id = shop.order()
        after = shop.told(shop.begun_in(order_id, state), result)
        assert step(state, after.state) in {Step.TAKEN, Step.REPEATED}
        pays = result is PAID and step(state, AttemptState.SUCCEEDED) is Step.TAKEN
        assert shop.the_order(order_id).paid == (10_000 if pays else 0)
        assert bool(shop.postings(order_id)) is pays


def test_an_order_that_is_paid_or_closed_takes_no_other_payment(shop, refused):
    paid = shop.paid()
    with refused(Code.ORDER_NOT_PAYABLE):
        shop.begin(paid)
    waiting = shop.order()
    shop.begin(waiting)
    with refused(Code.ORDER_NOT_PAYABLE):
        shop.begin(waiting)
    with refused(Code.STEP_REFUSED):
        shop.run(cancel_order, paid)


def test_the_reason_for_the_channel_is_kept_with_every_candidate(shop):
    order_id = shop.order()
    shop.begin(order_id, None)
    order = shop.the_order(order_id)
    routing = order.inner.routing
    assert (routing.chosen, routing.reason) == (Method.WECHAT_PAY_NATIVE, "best_objective")
    assert {it.method: it.excluded for it in routing.candidates} == {
        Method.WECHAT_PAY_NATIVE: "",
        Method.ALIPAY_QR: "",
        Method.BALANCE: "only_when_asked_for",
    }


def test_nothing_can_take_a_currency_that_no_channel_knows(shop, refused):
    shop.terms.pop(ChannelName.BALANCE)
    order_id = shop.order()
    for name, traits in shop.terms.items():
        shop.terms[name] = structs.replace(traits, currencies=frozenset({"USD"}))
    with refused(Code.NO_CHANNEL_AVAILABLE):
        shop.begin(order_id, None)


def test_a_channel_that_is_not_here_cannot_be_asked_for(shop, refused):
    shop.terms.pop(ChannelName.ALIPAY)
    order_id = shop.order()
    with refused(Code.CHANNEL_NOT_CONFIGURED):
        shop.begin(order_id, Method.ALIPAY_QR)


def test_a_balance_is_topped_up_and_spent(shop, refused):
    shop.topped_up("payer", 15_000)
    assert shop.balance("payer") == 15_000
    first, second = shop.order(payer="payer"), shop.order(payer="payer")
    shop.pays_by_balance(first)
    assert shop.the_order(first).state is OrderState.PAID
    assert shop.balance("payer") == 5_000
    with refused(Code.INSUFFICIENT_BALANCE):
        shop.pays_by_balance(second)


def test_a_top_up_is_not_paid_from_the_balance(shop, refused):
    shop.topped_up("payer", 15_000)
    shop.sells("small", 100, kind=ProductKind.TOP_UP)
    order_id = shop.order("small", payer="payer")
    with refused(Code.NO_CHANNEL_AVAILABLE):
        shop.pays_by_balance(order_id)


async def _all(*coroutines):
    return await asyncio.gather(*coroutines, return_exceptions=True)


def test_the_last_of_a_balance_is_spent_once_however_many_try(shop):
    shop.topped_up("payer", 15_000)
    orders = [shop.order(payer="payer") for _ in range(6)]
    run = shop.database.run
    terms, healthy = shop.terms, frozenset(shop.terms)
    shop.database.complete(
        _all(
            *(
                run(begin_payment.begin, order_id, Method.BALANCE, terms, healthy, {})
                for order_id in orders
            )
        )
    )
    paid = [it for it in orders if shop.the_order(it).state is OrderState.PAID]
    assert len(paid) == 1
    assert shop.balance("payer") == 5_000


def test_an_order_is_paid_once_however_many_successes_arrive_at_once(shop):
    order_id = shop.order()
    attempts = []
    for _ in range(4):
        attempts.append(shop.begin(order_id))
        shop.told(attempts[-1], PaymentResult.CLOSED)
    run = shop.database.run
    said = [(it, Outcome(PAID, it.id, amount=Money(it.amount, it.currency))) for it in attempts * 3]
    failed = [
        it
        for it in shop.database.complete(_all(*(run(apply_outcome, *pair) for pair in said)))
        if isinstance(it, BaseException)
    ]
    assert not failed
    order = shop.the_order(order_id)
    assert (order.paid, order.state) == (10_000, OrderState.PAID)
    assert len(shop.refund_ids(order_id)) == 3
    assert shop.account("channel_clearing:alipay") == 4 * (10_000 - 60)
    assert shop.account("owed_to_payers") == -30_000


def test_a_payers_first_orders_may_come_all_at_once(shop):
    new = NewOrder(product_id="course", payer=PayerInfo(payer_id="new", name="王小明"))
    placed = shop.database.complete(_all(*(shop.database.run(place_order, new) for _ in range(6))))
    assert len({it for it in placed if isinstance(it, str)}) == 6


def test_what_the_platform_tells_of_a_payer_is_kept_and_what_it_leaves_out_stays(shop):
    for name, phone in (("王小明", "13812345678"), ("王大明", "")):
        told = PayerInfo(payer_id="payer", name=name, phone=phone)
        shop.run(place_order, NewOrder(product_id="course", payer=told))
    payer = shop.database.read_sync(PAYERS.get, "payer")
    assert (payer.name, payer.phone) == ("王大明", "13812345678")


def test_once_paid_whatever_else_could_be_paid_is_closed_at_once(shop):
    order_id = shop.order()
    first = shop.begin(order_id)
    shop.told(first, PaymentResult.CLOSED)
    second = shop.begin(order_id)
    shop.told(first)
    assert shop.the_order(order_id).state is OrderState.PAID
    due = shop.run(jobs.claim, 50, timedelta(minutes=1))
    assert second.id in {job.args["id"] for job in due}
