"""A decision has one effect, however often it has to be sent, and none on a record that moved on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models.store import pending
from app.models.store.pending import ActionState
from app.services.payments_api.problems import ApiError, BadAnswerError, NoAnswerError, ProblemError
from app.services.sync.pending_actions import (
    ActionKind,
    NoBody,
    answer_to,
    next_due_s,
    queue,
    send_next,
    server_record,
)
from payments.contract.lifecycles import CaseState, Disposition, RefundState
from payments.contract.problems import Code
from payments.contract.wire.records import Order, Refund
from payments.contract.wire.requests import CaseDecision, NewRefund, RefundDecision
from tests.app.services.loopback import Answering, answering, refusing
from tests.app.services.services import a_case, a_refund, an_order

NOW = datetime(2026, 3, 2, tzinfo=UTC)
APPROVE = RefundDecision(approve=True)
DECLINE = CaseDecision(Disposition.DECLINE, "stolen_card")


@pytest.fixture
def decide(store):
    def decide(kind, target, body, seen=0, key="k1", made_at=1) -> None:
        with store.writing() as db:
            queue(db, kind, target, body, seen_version=seen, key=key, made_at=made_at)

    return decide


@pytest.fixture
def states(store):
    def states() -> list[str]:
        with store.reading() as db:
            return [action.state for action in pending.actions(db)]

    return states


@pytest.fixture
def kept(store):
    def kept(key="k1"):
        with store.reading() as db:
            return next(a for a in pending.actions(db) if a.idempotency_key == key)

    return kept


def test_a_decision_is_sent_and_its_answer_kept(api, store, services, decide, kept):
    seen = services.put(a_refund()).version
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    sent = send_next(api, store, NOW)
    assert sent is not None
    assert sent.target == "r1"
    assert kept().state == ActionState.DONE
    theirs = server_record(kept())
    assert isinstance(theirs, Refund)
    assert theirs.state is RefundState.APPROVED
    assert services.effects == ["decision r1"]
    assert send_next(api, store, NOW) is None


def test_a_request_for_a_refund_needs_no_version(api, store, services, server, decide, kept):
    services.put(an_order())
    decide(ActionKind.REFUND_REQUEST, "o1", NewRefund("o1", 4_000, "CNY", "unwanted"))
    send_next(api, store, NOW)
    assert kept().state == ActionState.DONE
    assert services.effects == ["refund o1 4000"]
    assert "if-match" not in server.got[-1].headers


def test_an_answer_that_was_lost_does_not_double_the_effect(
    api, store, services, server, decide, kept
):
    seen = services.put(a_refund()).version
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    answered = services.__call__
    for _ in range(3):
        server.service = lambda got: answered(got) and None
        with pytest.raises(NoAnswerError):
            send_next(api, store, NOW)
        assert kept().state == ActionState.QUEUED
    server.service = services
    send_next(api, store, NOW)
    assert kept().state == ActionState.DONE
    assert services.effects == ["decision r1"]
    assert {got.key for got in server.got} == {"k1"}


def test_a_decision_cut_short_by_the_end_of_the_program_is_sent_again(
    api, store, services, decide, kept
):
    seen = services.put(a_refund()).version
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    with store.writing() as db:
        pending.take(db)
    send_next(api, store, NOW)
    assert kept().state == ActionState.DONE


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (refusing(Code.UNAVAILABLE), ProblemError),
        (refusing(Code.TOO_MANY_REQUESTS), ProblemError),
        (Answering(b"<html>"), BadAnswerError),
        (Answering(b"{}", 302), BadAnswerError),
        (answering({"id": "r1"}), BadAnswerError),
    ],
)
def test_what_is_no_answer_to_the_decision_leaves_it_queued(
    api, store, services, server, decide, kept, trouble, error
):
    seen = services.put(a_refund()).version
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    server.script("/v1/refunds/r1/decision", *[trouble] * 3)
    with pytest.raises(error):
        send_next(api, store, NOW)
    assert kept().state == ActionState.QUEUED


def test_a_record_that_moved_on_is_a_conflict_with_both_sides(api, store, services, decide, kept):
    seen = services.put(a_refund()).version
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    theirs = services.put(a_refund(amount=1))
    send_next(api, store, NOW)
    assert kept().state == ActionState.CONFLICT
    assert answer_to(kept()).code is Code.VERSION_CHANGED
    assert server_record(kept()) == theirs
    assert services.effects == []


def test_a_refund_that_no_longer_fits_is_a_conflict_with_the_order(
    api, store, services, decide, kept
):
    services.put(an_order(amount=100))
    decide(ActionKind.REFUND_REQUEST, "o1", NewRefund("o1", 101, "CNY", "unwanted"))
    send_next(api, store, NOW)
    assert kept().state == ActionState.CONFLICT
    theirs = server_record(kept())
    assert isinstance(theirs, Order)
    assert theirs.paid == 100


def test_a_conflict_whose_other_side_cannot_be_read_now_is_settled_later(
    api, store, services, server, decide, kept
):
    seen = services.put(a_refund()).version
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    services.put(a_refund(amount=1))
    server.script("/v1/refunds/r1", None, None, None)
    with pytest.raises(ApiError):
        send_next(api, store, NOW)
    assert kept().state == ActionState.QUEUED
    send_next(api, store, NOW)
    assert kept().state == ActionState.CONFLICT


def test_a_conflict_over_a_record_out_of_sight_has_one_side(
    api, store, services, server, decide, kept
):
    services.put(a_refund())
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, 77)
    server.script("/v1/refunds/r1", refusing(Code.NOT_FOUND))
    send_next(api, store, NOW)
    assert kept().state == ActionState.CONFLICT
    assert server_record(kept()) is None


@pytest.mark.usefixtures("services")
def test_a_refusal_keeps_its_code(api, store, decide, kept):
    decide(ActionKind.REFUND_DECIDE, "r9", APPROVE, 1)
    send_next(api, store, NOW)
    assert kept().state == ActionState.REFUSED
    assert answer_to(kept()).code is Code.NOT_FOUND


def test_two_decisions_on_one_record_made_offline_both_count(api, store, services, decide, states):
    seen = services.put(a_case()).version
    decide(ActionKind.CASE_CLAIM, "c1", NoBody(), seen, "k1")
    decide(ActionKind.CASE_DECIDE, "c1", DECLINE, seen, "k2")
    send_next(api, store, NOW)
    send_next(api, store, NOW)
    assert states() == [ActionState.DONE, ActionState.DONE]
    assert services.effects == ["claim c1", "decision c1"]


def test_a_change_between_two_own_decisions_is_still_a_conflict(
    api, store, services, decide, states
):
    seen = services.put(a_case()).version
    decide(ActionKind.CASE_CLAIM, "c1", NoBody(), seen, "k1")
    decide(ActionKind.CASE_DECIDE, "c1", DECLINE, seen, "k2")
    send_next(api, store, NOW)
    services.put(a_case())
    send_next(api, store, NOW)
    assert states() == [ActionState.DONE, ActionState.CONFLICT]
    assert services.records["c1"].state is CaseState.OPEN


def test_a_decision_of_a_newer_console_is_refused_and_stops_nothing(
    api, store, services, decide, states
):
    seen = services.put(a_refund()).version
    with store.writing() as db:
        pending.enqueue(
            db,
            idempotency_key="k0",
            kind="of.tomorrow",
            target="r1",
            body="{}",
            base_version=seen,
            made_at=1,
        )
    decide(ActionKind.REFUND_DECIDE, "r1", APPROVE, seen)
    send_next(api, store, NOW)
    send_next(api, store, NOW)
    assert states() == [ActionState.REFUSED, ActionState.DONE]


def test_a_body_of_another_action_is_not_queued(decide, states):
    with pytest.raises(TypeError):
        decide(ActionKind.REFUND_DECIDE, "r1", DECLINE)
    assert states() == []


def test_a_risk_decision_can_be_taken_back_for_ten_seconds(api, store, services, decide, states):
    seen = services.put(a_case()).version
    made_at = int(NOW.timestamp() * 1000)
    decide(ActionKind.CASE_DECIDE, "c1", DECLINE, seen, made_at=made_at)
    almost = NOW + timedelta(seconds=9)
    assert send_next(api, store, almost) is None
    assert next_due_s(store, almost) == 1
    with store.writing() as db:
        pending.forget(db, "k1")
    assert next_due_s(store, almost) is None
    decide(ActionKind.CASE_DECIDE, "c1", DECLINE, seen, "k2", made_at=made_at)
    send_next(api, store, NOW + timedelta(seconds=10))
    assert states() == [ActionState.DONE]
    assert services.effects == ["decision c1"]


def test_a_clock_set_back_holds_no_decision(api, store, services, decide, states):
    seen = services.put(a_case()).version
    later = int((NOW + timedelta(days=1)).timestamp() * 1000)
    decide(ActionKind.CASE_DECIDE, "c1", DECLINE, seen, made_at=later)
    send_next(api, store, NOW)
    assert states() == [ActionState.DONE]
