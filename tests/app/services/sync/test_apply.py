from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models.store import meta, orders
from app.models.store.database import Store
from app.services.sync.apply import Changed, GapError, apply_page, check, start_afresh
from payments.contract.lifecycles import OrderState, RefundState
from payments.contract.roles import Kind
from payments.contract.wire.feed import FeedCheck
from tests.builders.console import (
    SCOPE,
    a_case,
    a_product,
    a_refund,
    an_order,
    change_of,
    numbered,
    pages,
    removal,
)
from tests.builders.store_contents import contents

KEY = bytes(range(32))
WORDS = ("王", "算法", "入门第", "SP00000000", "Writing", "R0000")


def sync(store, changes, *, size=7, after=0, restart=False, scope=SCOPE):
    for page in pages(changes, size=size, after=after, restart=restart, scope=scope):
        apply_page(store, page)


def some_business(count=30):
    orders_ = [an_order(number) for number in range(count)]
    return numbered(
        [
            *(a_product(number) for number in range(12)),
            *orders_,
            *(a_refund(number, of=orders_[number]) for number in range(6)),
            a_refund(6),
            *(a_case(number, of=orders_[number]) for number in range(4)),
        ]
    )


def fresh_store(changes, *, size=1000):
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "s", KEY)
        try:
            sync(store, changes, size=size)
            return contents(store, words=WORDS)
        finally:
            store.close()


def test_pages_of_any_size_give_the_same_store(store):
    changes = some_business()
    sync(store, changes, size=3)
    assert contents(store, words=WORDS) == fresh_store(changes)


def test_a_page_applied_twice_changes_nothing(store):
    changes = some_business()
    sequence = list(pages(changes, size=10))
    for page in sequence[:3]:
        apply_page(store, page)
    before = contents(store, words=WORDS)
    for page in sequence[:3]:
        assert not any(apply_page(store, page).changed.values())
    assert contents(store, words=WORDS) == before


def test_a_page_that_leaves_a_gap_is_refused_and_changes_nothing(store):
    first, second, third, *_ = pages(some_business(), size=10)
    apply_page(store, first)
    before = contents(store)
    with pytest.raises(GapError):
        apply_page(store, third)
    assert contents(store) == before
    apply_page(store, second)


def test_a_page_of_another_scope_is_refused(store):
    first, second, *_ = pages(some_business(), size=10)
    apply_page(store, first)
    with pytest.raises(GapError):
        apply_page(store, msgspec.structs.replace(second, scope="other"))


def test_a_change_older_than_the_record_is_skipped(store):
    newer = change_of(an_order(1, version=50, title="新"))
    older = change_of(an_order(1, version=40, title="旧"))
    apply_page(store, next(pages([newer], size=9)))
    apply_page(store, next(pages([msgspec.structs.replace(older, seq=60)], size=9, after=50)))
    with store.reading() as db:
        found = orders.detail(db, newer.id)
    assert found is not None
    assert found.title == "新"


def test_of_several_states_of_a_record_in_one_page_the_last_counts(store):
    sync(store, numbered([an_order(1), an_order(2)]))
    more = [
        change_of(an_order(1, version=3, paid=5, refunded=1)),
        change_of(an_order(2, version=4, title="再见")),
        change_of(an_order(1, version=5, paid=7)),
        removal(Kind.ORDER, an_order(2).id, 6),
    ]
    apply_page(store, next(pages(more, size=9, after=2)))
    assert contents(store, words=WORDS) == fresh_store(more[2:])


def test_a_body_that_is_no_record_changes_nothing(store):
    good, bad = change_of(an_order(1)), change_of(an_order(2))
    broken = msgspec.structs.replace(bad, body=msgspec.Raw(b'{"id": "x"}'))
    with pytest.raises(msgspec.ValidationError):
        apply_page(store, next(pages([good, broken], size=9)))
    with store.reading() as db:
        assert meta.cursor(db) == 0
        assert db.value("SELECT count(*) FROM orders") == 0
        assert db.value("SELECT count(*) FROM day_figures") == 0


def test_what_changed_is_named_by_kind(store):
    sync(store, numbered([a_product(0), an_order(1)]))
    more = [
        change_of(an_order(1, version=9, state=OrderState.COMPLETED)),
        removal(Kind.PRODUCT, "P00000", 10),
    ]
    (page,) = pages(more, size=9, after=2)
    assert apply_page(store, page) == Changed(
        {Kind.ORDER: ("SP0000000001",)}, {Kind.PRODUCT: ("P00000",)}, everything=False
    )


def test_a_fresh_run_removes_what_it_does_not_bring(store):
    changes = some_business()
    sync(store, changes, size=5)
    left = [change for change in changes if change.seq % 3]
    sync(store, left, size=4, restart=True, scope="narrower")
    with_scope = fresh_store(left)
    with_scope["meta"] = sorted(
        (key, "narrower" if key == meta.SCOPE else value) for key, value in with_scope["meta"]
    )
    assert contents(store, words=WORDS) == with_scope


def test_a_fresh_run_keeps_everything_until_its_end(store):
    changes = some_business()
    sync(store, changes, size=50)
    first, *_ = pages(changes[20:], size=4, restart=True)
    assert apply_page(store, first).everything
    with store.reading() as db:
        assert db.value("SELECT count(*) FROM orders") == 30


def test_a_fresh_run_may_itself_be_started_over(store):
    changes = some_business()
    sync(store, changes, size=50)
    first, second, *_ = pages(changes, size=4, restart=True)
    apply_page(store, first)
    apply_page(store, second)
    left = changes[::2]
    sync(store, left, size=3, restart=True)
    assert contents(store, words=WORDS) == fresh_store(left)


def test_a_removed_record_leaves_no_trace(store):
    keep, drop = some_business()[:30], some_business()
    sync(store, drop)
    gone = [
        removal(change.kind, change.id, 100 + number) for number, change in enumerate(drop[30:])
    ]
    sync(store, gone, after=len(drop))
    expected = fresh_store(keep)
    held = contents(store, words=WORDS)
    for name in ("meta", "indexes"):
        held.pop(name)
        expected.pop(name)
    assert held == expected


def test_the_check_agrees_with_a_complete_store_and_only_with_that(store):
    changes = some_business()
    sync(store, changes)
    counts = {kind: sum(c.kind is kind for c in changes) for kind in Kind}
    sums = {kind: sum(c.seq for c in changes if c.kind is kind) for kind in Kind}
    expected = FeedCheck(SCOPE, len(changes), counts, sums)
    assert check(store, expected)
    assert not check(store, FeedCheck(SCOPE, len(changes), {**counts, Kind.ORDER: 31}, sums))
    assert not check(store, FeedCheck(SCOPE, len(changes), counts, {**sums, Kind.REFUND: 1}))
    assert check(store, FeedCheck(SCOPE, len(changes) + 5, {}, {}))


def test_starting_afresh_forgets_what_was_synced_and_keeps_what_the_user_made(store):
    changes = some_business()
    sync(store, changes, size=9)
    with store.writing() as db:
        db.execute("INSERT INTO saved_views VALUES ('orders', 'mine', 1, '{}')")
    start_afresh(store)
    with store.reading() as db:
        assert meta.cursor(db) == 0
        assert db.value("SELECT count(*) FROM saved_views") == 1
    sync(store, changes, size=9)
    assert contents(store, words=WORDS) == fresh_store(changes)


def test_a_first_sync_that_ends_before_its_indexes_are_built_builds_them_later(store, monkeypatch):
    changes = some_business()
    *before, last = pages(changes, size=20)
    for page in before:
        apply_page(store, page)

    def die(*_):
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr("app.services.sync.apply.schema.analyze", die)
        with pytest.raises(_KilledError):
            apply_page(store, last)
    assert cursor_of(store) == len(changes)
    sync(store, [], after=len(changes))
    assert contents(store, words=WORDS) == fresh_store(changes)


class _KilledError(Exception):
    """Stands for the process ending in the middle of a page."""


def killed(store, page, monkeypatch):
    """Apply a page up to just before its commit, then die."""

    def die(*_):
        raise _KilledError

    with monkeypatch.context() as patched:
        patched.setattr("app.services.sync.apply.meta.put", die)
        with pytest.raises(_KilledError):
            apply_page(store, page)


# What happens to records, one after the other: which one, and what becomes of it.
HAPPENINGS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(("placed", "paid", "refunded", "renamed", "removed", "refund", "case")),
    ),
    min_size=1,
    max_size=40,
)


def as_change(seq, number, what):
    if what == "removed":
        return removal(Kind.ORDER, an_order(number).id, seq)
    if what == "refund":
        state = RefundState.SUCCEEDED if seq % 2 else RefundState.FAILED
        return change_of(a_refund(number, of=an_order(number), version=seq, state=state))
    if what == "case":
        return change_of(a_case(number, version=seq))
    states: dict[str, dict[str, Any]] = {
        "placed": {"state": OrderState.AWAITING_PAYMENT, "paid_at": None, "paid": 0},
        "paid": {},
        "refunded": {"refunded": 500},
        "renamed": {"title": "算法重命名", "product_id": "P00003"},
    }
    return change_of(an_order(number, version=seq, **states[what]))


def feed_at(history, upto):
    """The state-based feed: each record once, at the number of its last change."""
    last = {(change.kind, change.id): change for change in history if change.seq <= upto}
    return sorted(last.values(), key=lambda change: change.seq)


# What happens to the sync: how far the feed has moved on, the size of a page, and what comes of it.
STEPS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.integers(1, 9),
        st.sampled_from(("applied", "twice", "killed", "reopened", "restarted")),
    ),
    max_size=14,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(happenings=HAPPENINGS, steps=STEPS)
def test_any_interrupted_syncs_equal_a_fresh_one(happenings, steps):
    history = [as_change(seq, *happening) for seq, happening in enumerate(happenings, 1)]
    head = len(history)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        path = Path(folder) / "s"
        store = Store.open(path, KEY)
        seen = 0
        for advance, size, what in steps:
            seen = min(head, seen + advance)
            cursor = cursor_of(store)
            page = next(pages(feed_at(history, seen), size=size, after=cursor))
            if what == "killed":
                killed(store, page, monkeypatch)
            elif what == "reopened":
                store.close()
                store = Store.open(path, KEY)
            elif what == "restarted":
                apply_page(store, next(pages(feed_at(history, seen), size=size, restart=True)))
            else:
                for _ in range(2 if what == "twice" else 1):
                    apply_page(store, page)
        sync(store, feed_at(history, head), after=cursor_of(store))
        held = contents(store, words=WORDS)
        store.close()
    assert held == fresh_store(feed_at(history, head))


def cursor_of(store):
    with store.reading() as db:
        return meta.cursor(db)
