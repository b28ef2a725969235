from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from payments.channels.protocol import RefundOutcome, RefundResult
from payments.contract.lifecycles import RESERVING_REFUNDS, Fulfilment, OrderState, RefundState
from payments.contract.money import Money
from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Role
from payments.contract.wire.records import ChannelName, Method
from payments.contract.wire.requests import NewRefund
from payments.flows import refund as flows
from payments.flows.job_kinds import ASK_REFUND, SUBMIT_REFUND
from payments.flows.send_refund import Refunds, begin_submission
from payments.flows.settle_refund import apply_refund_outcome
from payments.store import jobs
from payments.store.work import Actor

LIMIT = 50_000
ADMIN = Actor("u-admin", "管理员", Role.ADMIN)
FINANCE = Actor("u-finance", "财务", Role.FINANCE)


def _money(shop, order_id):
    order = shop.the_order(order_id)
    return order.paid, order.refunded, order.refunding


def test_a_request_reserves_its_amount_at_once(shop, refused):
    order_id = shop.paid()
    shop.asks_refund(order_id, 6_000)
    assert _money(shop, order_id) == (10_000, 0, 6_000)
    with refused(Code.REFUND_EXCEEDS_PAID):
        shop.asks_refund(order_id, 4_001)
    shop.asks_refund(order_id, 4_000)
    with refused(Code.REFUND_EXCEEDS_PAID):
        shop.asks_refund(order_id, 1)


def test_a_refund_that_succeeds_is_taken_back_from_who_had_earned_it(shop):
    order_id = shop.paid(method=Method.WECHAT_PAY_NATIVE)
    refund_id = shop.refunded(order_id, 2_500)
    assert _money(shop, order_id) == (10_000, 2_500, 0)
    effects = shop.the_refund(refund_id).effects
    assert (effects.instructor, effects.platform, effects.fee_returned) == (1_750, 750, 9)
    assert shop.account("instructor_payable:teacher") == -5_250
    assert shop.account("channel_clearing:wechat_pay") == 10_000 - 38 - 2_500 + 9
    assert shop.the_order(order_id).fulfilment is Fulfilment.GRANTED


def test_parts_of_a_refund_add_up_to_the_whole_and_the_last_one_revokes(shop):
    shop.sells("odd", 9_999, tax_rate="0.06", commission_rate="0.333")
    order_id = shop.paid("odd")
    for amount in (1, 3_333, 3_334, shop.the_order(order_id).paid - 6_668):
        shop.refunded(order_id, amount)
    order = shop.the_order(order_id)
    assert order.refunded == order.paid
    assert order.fulfilment is Fulfilment.REVOKED
    for name in ("instructor_payable:teacher", "platform_revenue", "tax_payable"):
        assert shop.account(name) == 0


def test_up_to_the_limit_one_person_is_enough(shop):
    shop.sells("dear", 100_000)
    order_id = shop.paid("dear")
    assert shop.the_refund(shop.asks_refund(order_id, LIMIT)).state is RefundState.APPROVED


def test_above_the_limit_a_second_person_decides_and_parts_do_not_slip_by(shop, refused):
    shop.sells("dear", 100_000)
    order_id = shop.paid("dear")
    shop.asks_refund(order_id, LIMIT)
    refund_id = shop.asks_refund(order_id, 1, actor=FINANCE)
    refund = shop.the_refund(refund_id)
    assert (refund.state, refund.needs_second_person) == (RefundState.PENDING_APPROVAL, True)
    with refused(Code.SECOND_PERSON_REQUIRED):
        shop.decides(refund_id, actor=FINANCE)
    shop.decides(refund_id, actor=ADMIN)
    decided = shop.the_refund(refund_id)
    assert (decided.state, decided.decided_by) == (RefundState.APPROVED, "管理员")
    with refused(Code.STEP_REFUSED):
        shop.decides(refund_id, actor=ADMIN)


def test_what_is_rejected_can_be_asked_for_again(shop):
    shop.sells("dear", 100_000)
    order_id = shop.paid("dear")
    refund_id = shop.asks_refund(order_id, 100_000)
    shop.decides(refund_id, approve=False)
    assert shop.the_refund(refund_id).state is RefundState.REJECTED
    assert _money(shop, order_id) == (100_000, 0, 0)
    shop.asks_refund(order_id, 100_000)


def test_a_refund_is_cancelled_before_it_is_sent_and_not_after(shop, refused):
    order_id = shop.paid()
    first, second = shop.asks_refund(order_id, 1_000), shop.asks_refund(order_id, 2_000)
    shop.run(flows.cancel, first)
    assert _money(shop, order_id) == (10_000, 0, 2_000)
    shop.sends(second)
    for refund_id in (first, second):
        with refused(Code.STEP_REFUSED):
            shop.run(flows.cancel, refund_id)


def test_a_refund_that_fails_gives_its_amount_back_and_is_tried_again_once(shop, refused):
    order_id = shop.paid()
    refund_id = shop.asks_refund(order_id, 10_000)
    shop.sends(refund_id)
    shop.refund_told(refund_id, RefundResult.FAILED, failure="SYSTEM")
    assert _money(shop, order_id) == (10_000, 0, 0)
    assert shop.alarms() == {"refund_failed": 1}
    again = shop.run(flows.retry, refund_id, shop.terms)
    assert again != refund_id
    assert shop.the_refund(again).state is RefundState.APPROVED
    assert _money(shop, order_id) == (10_000, 0, 10_000)
    with refused(Code.STEP_REFUSED):
        shop.run(flows.retry, refund_id, shop.terms)


def test_a_refund_that_needs_another_way_is_sent_again_under_its_number(shop):
    order_id = shop.paid()
    refund_id = shop.asks_refund(order_id, 10_000)
    shop.sends(refund_id)
    shop.refund_told(refund_id, RefundResult.REQUIRES_ACTION, failure="USER_ACCOUNT_ABNORMAL")
    assert _money(shop, order_id) == (10_000, 0, 10_000)
    assert shop.run(flows.retry, refund_id, shop.terms) == refund_id
    assert shop.sends(refund_id) is not None
    shop.refund_told(refund_id)
    assert _money(shop, order_id) == (10_000, 10_000, 0)


def test_the_same_outcome_again_changes_nothing_and_another_is_alarming(shop):
    order_id = shop.paid()
    refund_id = shop.refunded(order_id, 4_000)
    before = shop.head()
    shop.refund_told(refund_id)
    assert not shop.alarms()
    shop.refund_told(refund_id, RefundResult.FAILED)
    assert shop.head() == before
    assert shop.alarms() == {"answer_does_not_fit": 1}


WRONG = {
    "amount": {"amount": Money(3_999, "CNY")},
    "currency": {"amount": Money(4_000, "USD")},
    "attempt": {"attempt_id": "another_1"},
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_a_mismatch_never_counts_as_refunded(shop, said):
    order_id = shop.paid()
    refund_id = shop.asks_refund(order_id, 4_000)
    shop.sends(refund_id)
    shop.refund_told(refund_id, **said)
    assert shop.the_refund(refund_id).state is RefundState.SUBMITTED
    assert _money(shop, order_id) == (10_000, 0, 4_000)
    assert shop.alarms() == {"refund_mismatch": 1}


def test_a_refund_never_received_is_sent_again_with_its_number(shop):
    refund_id = shop.asks_refund(shop.paid(), 4_000)
    _, first = shop.sends(refund_id)
    shop.refund_told(refund_id, RefundResult.NOT_FOUND)
    _, second = shop.sends(refund_id)
    assert first == second


def test_a_channel_is_given_the_time_it_wants_between_two_refunds(shop, clock):
    order_id = shop.paid(method=Method.WECHAT_PAY_NATIVE)
    first, second = shop.asks_refund(order_id, 1_000), shop.asks_refund(order_id, 2_000)
    assert shop.sends(first) is not None
    clock.forward(timedelta(seconds=59))
    assert shop.sends(second) is None
    clock.forward(timedelta(seconds=1))
    assert shop.sends(second) is not None


def test_after_the_window_nothing_is_refunded(shop, clock, refused):
    order_id = shop.paid()
    clock.forward(timedelta(days=7))
    shop.asks_refund(order_id, 1)
    clock.forward(timedelta(milliseconds=1))
    with refused(Code.REFUND_WINDOW_OVER):
        shop.asks_refund(order_id, 1)


def test_only_what_was_paid_is_refunded_in_its_own_currency(shop, refused):
    order_id = shop.order()
    with refused(Code.ORDER_NOT_REFUNDABLE):
        shop.asks_refund(order_id, 1)
    with refused(Code.NOT_FOUND):
        shop.asks_refund("nothing", 1)
    paid = shop.paid()
    wrong = NewRefund(order_id=paid, amount=1, currency="USD", reason="x")
    with refused(Code.INVALID_FIELD):
        shop.run(flows.request, wrong, shop.terms)


def test_a_top_up_that_was_spent_is_not_refunded(shop, refused):
    top_up = shop.topped_up("payer", 15_000)
    shop.pays_by_balance(shop.order(payer="payer"))
    with refused(Code.INSUFFICIENT_BALANCE):
        shop.asks_refund(top_up, 5_001)
    refund_id = shop.asks_refund(top_up, 5_000)
    assert shop.balance("payer") == 0
    shop.run(flows.cancel, refund_id)
    assert shop.balance("payer") == 5_000
    shop.refunded(top_up, 5_000)
    assert shop.balance("payer") == 0
    assert shop.account("owed_to_payers") == 0


def test_what_was_paid_by_balance_goes_back_to_the_balance_at_once(shop):
    shop.topped_up("payer", 15_000)
    order_id = shop.order(payer="payer")
    shop.pays_by_balance(order_id)
    refund_id = shop.asks_refund(order_id, 4_000)
    assert shop.sends(refund_id) is None
    assert shop.the_refund(refund_id).state is RefundState.SUCCEEDED
    assert shop.balance("payer") == 9_000


def test_refunds_cannot_overpay_however_many_ask_at_once(shop):
    order_id = shop.paid()
    new = NewRefund(order_id=order_id, amount=3_000, currency="CNY", reason="x")

    async def hammer():
        run = shop.database.run
        asked = (run(flows.request, new, shop.terms) for _ in range(12))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = shop.database.complete(hammer())
    refused = [it for it in answers if isinstance(it, RefusedError)]
    assert {it.code for it in refused} == {Code.REFUND_EXCEEDS_PAID}
    assert sum(isinstance(it, str) for it in answers) == 3
    assert len(refused) == 9
    assert _money(shop, order_id) == (10_000, 0, 9_000)
    assert shop.the_order(order_id).state is OrderState.PAID


def test_no_interleaving_of_people_and_channels_overpays(shop):
    order_id = shop.paid()
    run = shop.database.run
    new = NewRefund(order_id=order_id, amount=1_500, currency="CNY", reason="x")

    async def together(*work):
        answers = await asyncio.gather(*work, return_exceptions=True)
        wrong = [it for it in answers if isinstance(it, BaseException)]
        assert all(isinstance(it, RefusedError) for it in wrong), wrong

    for results in ((RefundResult.SUCCEEDED, RefundResult.FAILED), (RefundResult.SUCCEEDED,)):
        refunds = shop.refund_ids(order_id)
        work = [run(flows.request, new, shop.terms) for _ in range(6)]
        for refund_id in refunds:
            work += [
                run(flows.cancel, refund_id),
                run(begin_submission, refund_id, shop.terms, "https://shop.test"),
                run(flows.retry, refund_id, shop.terms),
            ]
        for result in results * 2:
            work += [
                run(apply_refund_outcome, refund_id, RefundOutcome(result, refund_id))
                for refund_id in refunds
            ]
        shop.database.complete(together(*work))
        order = shop.the_order(order_id)
        assert order.paid >= order.refunded + order.refunding
    own = [shop.the_refund(it) for it in shop.refund_ids(order_id)]
    order = shop.the_order(order_id)
    assert order.refunded == sum(it.amount for it in own if it.state is RefundState.SUCCEEDED)
    assert order.refunding == sum(it.amount for it in own if it.state in RESERVING_REFUNDS)


def test_trying_again_does_not_slip_by_the_second_person(shop, refused):
    shop.sells("dear", 100_000)
    order_id = shop.paid("dear")
    failed = shop.asks_refund(order_id, 30_000)
    shop.sends(failed)
    shop.refund_told(failed, RefundResult.FAILED)
    shop.refunded(order_id, 30_000)
    again = shop.run(flows.retry, failed, shop.terms, actor=FINANCE)
    assert shop.the_refund(again).state is RefundState.PENDING_APPROVAL
    with refused(Code.SECOND_PERSON_REQUIRED):
        shop.decides(again, actor=FINANCE)
    shop.decides(again, actor=ADMIN)
    assert shop.the_refund(again).state is RefundState.APPROVED


def test_what_a_second_person_has_approved_is_tried_again_without_asking_twice(shop):
    shop.sells("dear", 100_000)
    order_id = shop.paid("dear")
    failed = shop.asks_refund(order_id, 100_000)
    shop.decides(failed)
    shop.sends(failed)
    shop.refund_told(failed, RefundResult.FAILED)
    again = shop.the_refund(shop.run(flows.retry, failed, shop.terms, actor=ADMIN))
    assert (again.state, again.needs_second_person) == (RefundState.APPROVED, True)


def test_a_refund_sent_again_is_asked_about_from_the_beginning(shop, clock):
    order_id = shop.paid()
    refund_id = shop.asks_refund(order_id, 10_000)
    shop.sends(refund_id)
    shop.refund_told(refund_id, RefundResult.REQUIRES_ACTION)
    clock.forward(timedelta(days=2))
    shop.run(jobs.withdraw, f"{ASK_REFUND}:{refund_id}")
    shop.run(flows.retry, refund_id, shop.terms)
    clock.forward(timedelta(seconds=10))
    due = shop.run(jobs.claim, 50, timedelta(minutes=1))
    assert ASK_REFUND in {job.kind for job in due if job.args["id"] == refund_id}


def test_a_refund_waits_for_a_channel_that_is_configured_no_more(shop, clock):
    order_id = shop.paid()
    refund_id = shop.asks_refund(order_id, 10_000)
    (job,) = shop.run(jobs.claim, 50, timedelta(minutes=1))
    alipay = shop.terms.pop(ChannelName.ALIPAY)
    assert shop.sends(refund_id) is None
    shop.run(jobs.finish, job)
    assert shop.alarms() == {"refund_without_channel": 1}
    clock.forward(timedelta(hours=1))
    (again,) = shop.run(jobs.claim, 50, timedelta(minutes=1))
    assert (again.kind, again.args) == (SUBMIT_REFUND, {"id": refund_id})
    shop.terms[ChannelName.ALIPAY] = alipay
    assert shop.sends(refund_id) is not None


def test_a_refund_at_a_channel_that_is_configured_no_more_goes_on_being_asked_about(shop, clock):
    order_id = shop.paid()
    refund_id = shop.asks_refund(order_id, 10_000)
    shop.sends(refund_id)
    refunds = Refunds(shop.database, {}, "https://shop.test")
    for seconds in (10, 20, 90):
        clock.forward(timedelta(seconds=seconds))
        shop.database.complete(refunds.ask(refund_id))
    clock.forward(timedelta(minutes=8))
    assert ASK_REFUND in {it.kind for it in shop.run(jobs.claim, 50, timedelta(minutes=1))}


def test_no_more_of_a_fee_comes_back_than_was_taken_when_the_rate_has_risen(shop):
    order_id = shop.paid(method=Method.WECHAT_PAY_NATIVE)
    traits = shop.terms[ChannelName.WECHAT_PAY]
    shop.terms[ChannelName.WECHAT_PAY] = structs.replace(traits, fee_rate=Decimal("0.01"))
    shop.refunded(order_id, 10_000)
    assert shop.account("fees:wechat_pay") == 0
    assert shop.account("channel_clearing:wechat_pay") == 0
