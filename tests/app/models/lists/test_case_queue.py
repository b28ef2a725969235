from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.models.lists.cases import CASE_SOURCE
from app.models.lists.query import CaseQuery, Sort
from app.models.lists.source import each
from app.models.store import pending
from app.models.store.pending import ActionState
from app.services.sync.apply import apply_page
from payments.contract.lifecycles import CaseState
from payments.contract.wire.records import Risk
from tests.builders.console import a_case, numbered, pages

OPEN = (CaseState.OPEN,)
CLOSED = (CaseState.CLOSED,)


def due(number, minutes, score):
    now = datetime.now(UTC)
    risk = Risk(score, "0.2", "1", "90", ())
    return a_case(number, id=f"C{number}", risk=risk, review_by=now + timedelta(minutes=minutes))


@pytest.fixture
def queue(store):
    cases = [due(1, 100, "500"), due(2, 5, "100"), due(3, -30, "95"), due(4, 1000, "4000")]
    closed = a_case(5, id="C5", state=CaseState.CLOSED)
    for page in pages(numbered([*cases, closed]), size=10):
        apply_page(store, page)
    return store


def ids(store, query):
    with store.reading() as db:
        return [row.id for row in each(db, CASE_SOURCE, query)]


def decide(store, case_id, state, seen=1):
    with store.writing() as db:
        pending.enqueue(
            db,
            idempotency_key=case_id,
            kind="case.decide",
            target=case_id,
            body="{}",
            base_version=seen,
            made_at=0,
        )
        db.execute("UPDATE pending_actions SET state = ?", (state.value,))


def test_urgency_is_loss_over_time_left_of_at_least_a_minute(queue):
    # 95 ÷ 1, 100 ÷ 5, 500 ÷ 100, 4000 ÷ 1000 for each minute.
    assert ids(queue, CaseQuery(states=OPEN, sort=Sort("urgency"))) == ["C3", "C2", "C1", "C4"]


@pytest.mark.parametrize("state", [ActionState.QUEUED, ActionState.SENDING, ActionState.DONE])
def test_what_was_decided_here_moves_to_the_decided_before_the_feed_says_so(queue, state):
    decide(queue, "C1", state)
    assert "C1" not in ids(queue, CaseQuery(states=OPEN, decided_here=False))
    assert set(ids(queue, CaseQuery(states=CLOSED, decided_here=True))) == {"C1", "C5"}


@pytest.mark.parametrize("state", [ActionState.CONFLICT, ActionState.REFUSED])
def test_what_was_not_accepted_stays_among_the_open(queue, state):
    decide(queue, "C1", state)
    assert "C1" in ids(queue, CaseQuery(states=OPEN, decided_here=False))
    assert ids(queue, CaseQuery(states=CLOSED, decided_here=True)) == ["C5"]


def test_once_the_record_has_moved_on_it_alone_counts(queue):
    decide(queue, "C2", ActionState.DONE, seen=1)
    assert "C2" in ids(queue, CaseQuery(states=OPEN, decided_here=False))
