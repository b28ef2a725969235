"""Which script a number has, and how often a fault strikes."""

from __future__ import annotations

import pytest

from payments.channels.simulation.script import (
    BUYER_PAYS,
    FAULTS_AFTER,
    FAULTS_BEFORE,
    Outcome,
    Script,
)


def test_without_a_script_a_person_decides() -> None:
    assert Script().outcome("A-1", "Python [sim:nonsense]") is Outcome.BY_HAND


def test_an_exact_number_beats_a_token_beats_the_longest_prefix_beats_everything() -> None:
    script = Script()
    script.set("*", Outcome.CLOSED)
    assert script.outcome("A-12") is Outcome.CLOSED
    script.set("A-*", Outcome.NO_ANSWER)
    script.set("A-1*", Outcome.SLOW_ANSWER)
    assert script.outcome("A-12") is Outcome.SLOW_ANSWER
    assert script.outcome("A-2") is Outcome.NO_ANSWER
    assert script.outcome("A-12", "课程 [sim:paid]") is Outcome.PAID
    script.set("A-12", Outcome.WRONG_AMOUNT)
    assert script.outcome("A-12", "课程 [sim:paid]") is Outcome.WRONG_AMOUNT


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_can_be_named_in_a_title(outcome: Outcome) -> None:
    assert Script().outcome("A-1", f"x [sim:{outcome}]") is outcome


def test_a_fault_strikes_once_for_each_operation_and_number() -> None:
    script = Script()
    strikes = [script.strikes(*key) for key in (("create", "1"), ("create", "1"), ("refund", "1"))]
    assert strikes == [True, False, True]


def test_no_outcome_is_both_a_payment_and_a_fault() -> None:
    assert not BUYER_PAYS & (FAULTS_BEFORE | FAULTS_AFTER)
    assert not FAULTS_BEFORE & FAULTS_AFTER
