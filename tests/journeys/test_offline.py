"""A console without a network goes on reading, keeps what was decided and sends it once."""

from __future__ import annotations

import pytest

from app.models.store.pending import ActionState
from app.services.sync.engine import Phase
from app.services.sync.pending_actions import ActionKind, server_record
from payments.contract.lifecycles import CaseState, Disposition, Fulfilment, OrderState
from payments.contract.roles import Kind
from payments.contract.wire.records import Happening
from payments.contract.wire.requests import CaseDecision
from tests.journeys.business import MASTERCLASS

APPROVE = CaseDecision(Disposition.APPROVE, "known_customer")


@pytest.fixture
def held(business):
    """A dear order from a strange place: paid, and its goods kept back."""
    order = business.sells(MASTERCLASS, country="US")
    assert business.order(order).review == "pending"
    return order


def test_a_payment_shows_in_a_console_that_asks_for_nothing(business, console_of):
    console = console_of("finance")
    order = business.sells()
    seen = console.sees(Kind.ORDER, order, state=OrderState.PAID)
    assert (seen.paid, seen.channel) == (10_000, "wechat_pay")


def test_offline_everything_still_reads_and_then_catches_up(business, console_of, cable):
    console = console_of("finance")
    known = business.sells()
    console.sees(Kind.ORDER, known, state=OrderState.PAID)
    cable.pull()
    console.waits_for(Phase.OFFLINE)
    assert console.engine.state.since is not None
    assert console.record(Kind.ORDER, known).paid == 10_000
    missed = business.sells()
    assert console.record(Kind.ORDER, missed) is None
    cable.plug()
    console.engine.wake()
    console.sees(Kind.ORDER, missed)
    console.waits_for(Phase.LIVE)


def test_services_that_went_down_and_came_back_are_followed_again(business, console_of):
    console = console_of("finance")
    business.services.stop()
    console.waits_for(Phase.OFFLINE)
    business.services.start()
    console.engine.wake()
    console.waits_for(Phase.LIVE)
    console.sees(Kind.ORDER, business.sells())


def test_what_was_decided_offline_is_done_once_when_the_network_is_back(
    business, console_of, cable, held
):
    console = console_of("risk_reviewer")
    case = console.sees(Kind.RISK_CASE, business.case(held).id)
    cable.pull()
    console.waits_for(Phase.OFFLINE)
    key = console.decides(ActionKind.CASE_DECIDE, case, APPROVE)
    assert console.decision(key).state in {ActionState.QUEUED, ActionState.SENDING}
    assert business.order(held).fulfilment == "unfulfilled"
    cable.plug()
    console.engine.wake()
    console.is_answered(key, ActionState.DONE)
    console.sees(Kind.ORDER, held, fulfilment=Fulfilment.GRANTED)
    decided = [event.what for event in business.case(held).events]
    assert decided.count(Happening.CASE_DECIDED) == 1


def test_where_somebody_else_decided_meanwhile_both_sides_are_shown(
    business, console_of, cable, held
):
    console = console_of("risk_reviewer")
    case = console.sees(Kind.RISK_CASE, business.case(held).id)
    cable.pull()
    console.waits_for(Phase.OFFLINE)
    key = console.decides(ActionKind.CASE_DECIDE, case, APPROVE)
    refund = {"disposition": "refund", "reason": "not_convinced"}
    path = f"/v1/risk-cases/{case.id}/decision"
    business.person("second_risk_reviewer").post(path, refund, version=case.version)
    cable.plug()
    console.engine.wake()
    console.is_answered(key, ActionState.CONFLICT)
    theirs = server_record(console.decision(key))
    assert (theirs.state, theirs.disposition) == (CaseState.CLOSED, Disposition.REFUND)
    business.becomes(held, refunded=150_000)
    assert business.order(held).fulfilment == "unfulfilled"
