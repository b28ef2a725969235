from __future__ import annotations

from datetime import timedelta

import pytest

from payments.contract.lifecycles import (
    CaseState,
    Decider,
    Disposition,
    Fulfilment,
    OrderState,
    RefundState,
    Review,
)
from payments.contract.problems import Code
from payments.contract.roles import Kind, Role
from payments.contract.wire.records import ProductKind
from payments.contract.wire.requests import CaseDecision, CaseNote
from payments.flows import review_risk
from payments.flows.fulfil import confirm
from payments.store import feed, jobs
from payments.store.feed import Viewer
from payments.store.records import PAYERS
from payments.store.work import Actor

REVIEWER = Actor("u-reviewer", "风控", Role.RISK_REVIEWER)
OTHER = Actor("u-other", "复核", Role.RISK_REVIEWER)
NOTE = CaseNote(note="the payer called")


@pytest.fixture
def held(shop):
    """An order of ¥2,000.00 by a payer seen for the first time: 2000 × 0.05 = 100 > 90."""
    shop.sells("dear", 200_000)
    order_id = shop.paid("dear")
    return order_id, shop.case_id(order_id)


def test_an_order_above_the_threshold_is_paid_but_not_delivered(shop, held):
    order = shop.the_order(held[0])
    assert (order.state, order.review) == (OrderState.PAID, Review.PENDING)
    assert order.fulfilment is Fulfilment.UNFULFILLED
    assert (order.hold.reason, order.hold.owner) == ("risk_score", "risk_review")
    assert order.hold.next_action == "review_case"
    assert order.hold.review_by - order.paid_at == timedelta(hours=24)
    case = shop.the_case(held[1])
    assert (case.state, case.risk.score, case.risk.coefficient) == (CaseState.OPEN, "100", "0.05")
    assert [part.reason for part in case.risk.parts] == ["new_payer"]
    assert case.at_risk == 10_000


def test_exactly_at_the_threshold_nothing_is_held(shop):
    shop.sells("dear", 180_000)
    order = shop.the_order(shop.paid("dear"))
    assert order.inner.risk.score == "90"
    assert order.review is Review.NONE
    assert order.fulfilment is Fulfilment.GRANTED


def test_a_held_order_is_not_confirmed_by_time(shop, held, clock):
    clock.forward(timedelta(days=30))
    shop.run(confirm, held[0])
    assert shop.the_order(held[0]).state is OrderState.PAID


def test_approving_releases_the_goods(shop, held):
    order_id, case_id = held
    shop.run(review_risk.claim, case_id, actor=REVIEWER)
    shop.reviews(case_id, Disposition.APPROVE)
    order, case = shop.the_order(order_id), shop.the_case(case_id)
    assert (order.review, order.fulfilment, order.hold) == (
        Review.APPROVED,
        Fulfilment.GRANTED,
        None,
    )
    assert (case.state, case.decided_by, case.decider) == (
        CaseState.CLOSED,
        Decider.PERSON,
        "风控",
    )
    assert not shop.refund_ids(order_id)


@pytest.mark.parametrize(
    "disposition", [Disposition.DECLINE, Disposition.REFUND, Disposition.REFUND_AS_FRAUD]
)
def test_declining_sends_all_the_money_back(shop, held, disposition):
    order_id, case_id = held
    shop.reviews(case_id, disposition)
    order = shop.the_order(order_id)
    assert (order.review, order.fulfilment) == (Review.DECLINED, Fulfilment.UNFULFILLED)
    assert (order.refunding, order.hold) == (200_000, None)
    (refund_id,) = shop.refund_ids(order_id)
    refund = shop.the_refund(refund_id)
    assert (refund.state, refund.reason) == (RefundState.APPROVED, disposition.value)
    assert (refund.requested_by_id, refund.decided_by) == ("", "风控")
    shop.sends(refund_id)
    shop.refund_told(refund_id)
    assert shop.the_order(order_id).refunded == 200_000
    payer = shop.database.read_sync(PAYERS.get, order.payer_id)
    assert payer.at_risk is (disposition is Disposition.REFUND_AS_FRAUD)


def test_known_fraud_is_remembered_at_the_next_order(shop, held):
    order_id, case_id = held
    shop.reviews(case_id, Disposition.REFUND_AS_FRAUD)
    again = shop.paid("dear", payer=shop.the_order(order_id).payer_id)
    case = shop.the_case(shop.case_id(again))
    assert "known_fraud" in [part.reason for part in case.risk.parts]
    assert (case.evidence.similar_cases, case.evidence.similar_fraud) == (1, 1)
    assert [it.order_id for it in case.evidence.history] == [order_id]


def test_orders_of_others_from_the_same_device_are_evidence(shop):
    first = shop.paid(device="phone-1", payer="somebody")
    other = shop.paid(device="phone-1", payer="somebody-else")
    shop.sells("dear", 100_000)
    order_id = shop.paid("dear", device="phone-1", payer="third")
    case = shop.the_case(shop.case_id(order_id))
    assert {it.order_id for it in case.evidence.linked} == {first, other}
    assert {it.link for it in case.evidence.linked} == {"device"}
    assert "shared_device" in [part.reason for part in case.risk.parts]


def test_what_is_under_review_is_its_reviewers(shop, held, refused):
    _, case_id = held
    shop.run(review_risk.claim, case_id, actor=REVIEWER)
    before = shop.head()
    shop.run(review_risk.claim, case_id, actor=REVIEWER)
    assert shop.head() == before
    with refused(Code.STEP_REFUSED):
        shop.run(review_risk.claim, case_id, actor=OTHER)
    with refused(Code.STEP_REFUSED):
        shop.reviews(case_id, Disposition.APPROVE, actor=OTHER)
    shop.run(review_risk.escalate, case_id, NOTE, actor=REVIEWER)
    assert shop.the_case(case_id).assignee == ""
    shop.run(review_risk.claim, case_id, actor=OTHER)
    shop.reviews(case_id, Disposition.APPROVE, actor=OTHER)


def test_a_case_is_decided_once(shop, held, refused):
    order_id, case_id = held
    shop.reviews(case_id, Disposition.APPROVE)
    with refused(Code.STEP_REFUSED):
        shop.reviews(case_id, Disposition.DECLINE)
    with refused(Code.STEP_REFUSED):
        shop.run(review_risk.claim, case_id, actor=OTHER)
    assert not shop.refund_ids(order_id)


def test_a_closed_case_is_reopened_with_a_reason_and_the_goods_are_taken_back(shop, held, refused):
    order_id, case_id = held
    shop.reviews(case_id, Disposition.APPROVE)
    with refused(Code.INVALID_FIELD):
        shop.run(review_risk.reopen, case_id, CaseNote(note=" "), actor=OTHER)
    shop.run(review_risk.reopen, case_id, NOTE, actor=REVIEWER)
    order = shop.the_order(order_id)
    assert (order.review, order.hold.owner) == (Review.PENDING, "risk_review")
    with refused(Code.STEP_REFUSED):
        shop.run(review_risk.reopen, case_id, NOTE, actor=REVIEWER)
    shop.reviews(case_id, Disposition.DECLINE)
    order = shop.the_order(order_id)
    assert (order.review, order.fulfilment) == (Review.DECLINED, Fulfilment.REVOKED)
    assert order.refunding == 200_000


def test_approving_late_does_not_deliver_what_is_going_back(shop, held):
    order_id, case_id = held
    refund_id = shop.asks_refund(order_id, 200_000)
    shop.decides(refund_id)
    shop.reviews(case_id, Disposition.APPROVE)
    assert shop.the_order(order_id).fulfilment is Fulfilment.UNFULFILLED


def test_declining_sends_back_only_what_is_not_on_its_way(shop, held):
    order_id, case_id = held
    shop.asks_refund(order_id, 30_000)
    shop.reviews(case_id, Disposition.DECLINE)
    amounts = {shop.the_refund(it).amount for it in shop.refund_ids(order_id)}
    assert amounts == {30_000, 170_000}


def test_a_held_top_up_cannot_be_spent(shop):
    shop.sells("top-up", 300_000, kind=ProductKind.TOP_UP)
    order_id = shop.paid("top-up", payer="payer")
    assert shop.the_order(order_id).review is Review.PENDING
    assert shop.balance("payer") == 0
    refund_id = shop.asks_refund(order_id, 50_000)
    shop.reviews(shop.case_id(order_id), Disposition.APPROVE)
    assert shop.balance("payer") == 250_000
    shop.sends(refund_id)
    shop.refund_told(refund_id)
    assert shop.balance("payer") == 250_000
    assert shop.account("owed_to_payers") == 0


def test_paying_for_the_same_again_counts_and_leaving_it_unpaid_does_not(shop):
    shop.order(payer="payer")
    first = shop.the_order(shop.paid(payer="payer"))
    second = shop.the_order(shop.paid(payer="payer"))
    assert [part.reason for part in first.inner.risk.parts] == ["new_payer"]
    assert [part.reason for part in second.inner.risk.parts] == ["repeated_purchase"]


def test_goods_kept_back_for_a_refund_are_delivered_when_it_comes_to_nothing(shop, held):
    order_id, case_id = held
    refund_id = shop.asks_refund(order_id, 200_000)
    shop.reviews(case_id, Disposition.APPROVE)
    assert shop.the_order(order_id).fulfilment is Fulfilment.UNFULFILLED
    shop.decides(refund_id, approve=False)
    assert shop.the_order(order_id).fulfilment is Fulfilment.GRANTED


def test_a_top_up_kept_back_for_a_refund_is_spendable_when_it_comes_to_nothing(shop):
    shop.sells("top-up", 200_000, kind=ProductKind.TOP_UP)
    order_id = shop.paid("top-up", payer="lin")
    refund_id = shop.asks_refund(order_id, 200_000)
    shop.reviews(shop.case_id(order_id), Disposition.APPROVE)
    shop.decides(refund_id, approve=False)
    assert shop.balance("lin") == 200_000


def test_what_was_held_when_it_fell_due_is_confirmed_after_its_release(shop, held, clock):
    order_id, case_id = held
    shop.reviews(case_id, Disposition.APPROVE)
    shop.run(review_risk.reopen, case_id, NOTE, actor=REVIEWER)
    clock.forward(timedelta(days=7))
    for job in shop.run(jobs.claim, 50, timedelta(minutes=1)):
        shop.run(confirm, job.args["id"])
        shop.run(jobs.finish, job)
    shop.reviews(case_id, Disposition.APPROVE)
    clock.forward(timedelta(days=1))
    due = shop.run(jobs.claim, 50, timedelta(minutes=1))
    assert [job.args["id"] for job in due] == [order_id]
    shop.run(confirm, order_id)
    assert shop.the_order(order_id).state is OrderState.COMPLETED


def test_score_and_notes_of_a_review_stay_with_those_who_review(shop):
    shop.sells("dear", 200_000)
    order_id = shop.paid("dear")
    decision = CaseDecision(
        disposition=Disposition.REFUND, reason="stolen_card", note="card listed as stolen"
    )
    shop.run(review_risk.decide, shop.case_id(order_id), decision, shop.terms, actor=REVIEWER)
    teacher = Viewer(Role.CREATOR, instructor_id="teacher")
    refund_id, *_ = shop.refund_ids(order_id)
    for kind, record_id in ((Kind.ORDER, order_id), (Kind.REFUND, refund_id)):
        _, body = shop.database.read_sync(feed.body_of, kind, record_id, teacher)
        assert '"score"' not in body
        assert '"threshold"' not in body
        assert "stolen" not in body
