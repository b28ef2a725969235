"""Every (state, event) pair of every lifecycle, against the spec written out a second time."""

from __future__ import annotations

import itertools
from enum import StrEnum

import pytest

from payments.contract.lifecycles import (
    ASKED_ABOUT,
    FINAL_ATTEMPTS,
    OPEN_ATTEMPTS,
    RESERVING_REFUNDS,
    STEPS,
    AttemptState,
    CaseState,
    Fulfilment,
    HoldState,
    OrderState,
    OrderStatus,
    RefundState,
    Review,
    Settlement,
    Step,
    is_final,
    order_status,
    step,
)

# One line a state: "state: what may follow". Written from spec section 5, not from the code.
SPEC: dict[type[StrEnum], str] = {
    OrderState: """
        draft: awaiting_payment cancelled
        awaiting_payment: paid expired cancelled
        paid: completed
        completed:
        expired:
        cancelled:
    """,
    Fulfilment: """
        unfulfilled: granted
        granted: confirmed revoked
        confirmed: revoked
        revoked:
    """,
    Review: """
        none: pending
        pending: approved declined
        approved: pending
        declined: pending
    """,
    Settlement: """
        unsettled: settled
        settled: reconciled
        reconciled:
    """,
    AttemptState: """
        created: requires_action processing unknown succeeded failed cancelled expired conflicted
        requires_action: processing unknown succeeded failed cancelled expired conflicted
        processing: requires_action unknown succeeded failed cancelled expired conflicted
        unknown: requires_action processing succeeded failed cancelled expired conflicted
        succeeded:
        failed: succeeded conflicted
        cancelled: succeeded conflicted
        expired: succeeded conflicted
        conflicted:
    """,
    RefundState: """
        requested: pending_approval approved cancelled
        pending_approval: approved rejected cancelled
        approved: submitted cancelled
        submitted: processing requires_action succeeded failed
        processing: requires_action succeeded failed
        requires_action: processing succeeded failed
        succeeded:
        failed:
        rejected:
        cancelled:
    """,
    CaseState: """
        open: in_review escalated decided
        in_review: open waiting escalated decided
        waiting: in_review escalated decided
        escalated: in_review decided
        decided: closed
        closed: in_review
    """,
    HoldState: """
        active: released enforced
        released:
        enforced:
    """,
}

PAIRS = [
    (now, to) for states in SPEC for now, to in itertools.product(tuple(states), tuple(states))
]


def _allowed(states: type[StrEnum]) -> dict[str, set[str]]:
    lines = (line.split(":") for line in SPEC[states].strip().splitlines())
    return {now.strip(): set(after.split()) for now, after in lines}


def test_the_spec_covers_every_lifecycle_and_every_state():
    assert set(SPEC) == set(STEPS)
    for states in SPEC:
        assert set(_allowed(states)) == {state.value for state in states} == set(STEPS[states])


@pytest.mark.parametrize(("now", "to"), PAIRS, ids=lambda it: f"{type(it).__name__}.{it.value}")
def test_every_pair_is_taken_repeated_or_refused(now, to):
    if now is to:
        expected = Step.REPEATED
    elif to.value in _allowed(type(now))[now.value]:
        expected = Step.TAKEN
    else:
        expected = Step.REFUSED
    assert step(now, to) is expected


@pytest.mark.parametrize("states", SPEC, ids=lambda it: it.__name__)
def test_final_states_are_those_that_nothing_follows(states):
    assert {state for state in states if is_final(state)} == {
        states(now) for now, after in _allowed(states).items() if not after
    }


def test_attempts_are_either_open_or_final():
    assert set(AttemptState) == OPEN_ATTEMPTS | FINAL_ATTEMPTS
    assert not OPEN_ATTEMPTS & FINAL_ATTEMPTS
    assert ASKED_ABOUT < OPEN_ATTEMPTS


def test_a_refund_reserves_its_amount_until_it_ends():
    assert {state for state in RefundState if not is_final(state)} == RESERVING_REFUNDS


STATUSES = [
    ("draft", "none", 0, 0, False, "awaiting_payment"),
    ("awaiting_payment", "none", 0, 0, False, "awaiting_payment"),
    ("awaiting_payment", "none", 0, 0, True, "payment_failed"),
    ("expired", "none", 0, 0, True, "expired"),
    ("cancelled", "none", 0, 0, False, "cancelled"),
    ("paid", "none", 100, 0, False, "paid"),
    ("paid", "none", 100, 0, True, "paid"),
    ("paid", "pending", 100, 0, False, "on_hold"),
    ("paid", "pending", 100, 1, False, "on_hold"),
    ("paid", "approved", 100, 0, False, "paid"),
    ("paid", "declined", 100, 0, False, "paid"),
    ("paid", "approved", 100, 1, False, "partly_refunded"),
    ("paid", "declined", 100, 100, False, "refunded"),
    ("paid", "pending", 100, 100, False, "refunded"),
    ("paid", "none", 0, 0, False, "paid"),
    ("completed", "none", 100, 0, False, "completed"),
    ("completed", "none", 100, 99, False, "partly_refunded"),
    ("completed", "none", 100, 100, False, "refunded"),
]


@pytest.mark.parametrize(("state", "review", "paid", "refunded", "failed", "status"), STATUSES)
def test_a_person_sees_one_status(state, review, paid, refunded, failed, status):
    seen = order_status(
        OrderState(state),
        Review(review),
        paid=paid,
        refunded=refunded,
        last_attempt_failed=failed,
    )
    assert seen is OrderStatus(status)
