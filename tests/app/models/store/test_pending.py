from __future__ import annotations

import pytest

from app.models.store import pending
from app.models.store.pending import ActionState, UnknownActionError


def add(db, key, target="C1"):
    pending.enqueue(
        db,
        idempotency_key=key,
        kind="case.decide",
        target=target,
        body='{"disposition":"approve"}',
        base_version=7,
        made_at=1_700_000_000_000,
    )


def taken(db):
    action = pending.take(db)
    assert action is not None
    return action


def test_actions_are_taken_in_the_order_they_were_made(store):
    with store.writing() as db:
        add(db, "a", "C1")
        add(db, "b", "C2")
        assert taken(db).idempotency_key == "a"
        assert taken(db).idempotency_key == "b"
        assert pending.take(db) is None


def test_an_action_is_queued_once_under_its_key(store):
    with store.writing() as db:
        add(db, "a", "C1")
        add(db, "a", "C2")
        (only,) = pending.actions(db)
    assert only.target == "C1"


def test_a_later_action_on_the_same_record_waits_for_the_earlier_one(store):
    with store.writing() as db:
        add(db, "a", "C1")
        add(db, "b", "C1")
        add(db, "c", "C2")
        assert taken(db).idempotency_key == "a"
        assert taken(db).idempotency_key == "c"
        assert pending.take(db) is None
        pending.finish(db, "a", ActionState.DONE, "{}")
        assert taken(db).idempotency_key == "b"


def test_what_builds_on_a_conflict_waits_until_the_user_has_seen_it(store):
    with store.writing() as db:
        add(db, "a", "C1")
        add(db, "b", "C1")
        pending.take(db)
        pending.finish(db, "a", ActionState.CONFLICT, '{"version":9}')
        assert pending.take(db) is None
        pending.forget(db, "a")
        assert taken(db).idempotency_key == "b"


def test_after_a_crash_what_was_being_sent_is_sent_again_under_the_same_key(store):
    with store.writing() as db:
        add(db, "a")
        pending.take(db)
    with store.writing() as db:
        pending.put_all_back(db)
        again = taken(db)
    assert (again.idempotency_key, again.state) == ("a", "sending")


def test_an_action_put_back_keeps_its_place(store):
    with store.writing() as db:
        add(db, "a", "C1")
        add(db, "b", "C2")
        pending.take(db)
        pending.put_back(db, "a")
        assert taken(db).idempotency_key == "a"


def test_only_an_action_on_its_way_can_end(store):
    with store.writing() as db:
        add(db, "a")
        with pytest.raises(UnknownActionError):
            pending.finish(db, "a", ActionState.DONE, "")
        with pytest.raises(ValueError, match="queued"):
            pending.finish(db, "a", ActionState.QUEUED, "")
        pending.take(db)
        pending.finish(db, "a", ActionState.REFUSED, '{"code":"not_allowed"}')
        with pytest.raises(UnknownActionError):
            pending.finish(db, "a", ActionState.DONE, "")
        (ended,) = pending.actions(db, ActionState.REFUSED)
    assert ended.answer == '{"code":"not_allowed"}'


def test_an_action_being_sent_cannot_be_taken_back(store):
    with store.writing() as db:
        add(db, "a")
        pending.take(db)
        pending.forget(db, "a")
        assert [action.idempotency_key for action in pending.on_target(db, "C1")] == ["a"]
