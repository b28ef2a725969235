from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.contract.lifecycles import (
    AttemptState,
    HoldState,
    Review,
)
from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind, Role
from payments.contract.wire.records import (
    ChannelName,
    Event,
    Happening,
    Method,
    Order,
    Routing,
)
from payments.store import feed, records
from payments.store.feed import Viewer
from payments.store.ids import ids
from payments.store.instants import instant, milliseconds
from payments.store.records import ATTEMPTS, HOLDS, ORDERS, PAYERS, NotLockedError
from payments.store.stored import StoredAttempt, StoredHold, StoredOrder, StoredPayer
from payments.store.tables import METADATA

ALL = [value for value in vars(records).values() if isinstance(value, records.Records)]


def attempt(order_id, number, **changes: Any):
    said: dict[str, Any] = {
        "id": f"{order_id}_{number}",
        "order_id": order_id,
        "channel": ChannelName.ALIPAY,
        "method": Method.ALIPAY_QR,
        "state": AttemptState.CREATED,
        "currency": "CNY",
        "amount": 10_000,
        "started_ms": number,
        "expires_ms": 9,
    }
    return StoredAttempt(**(said | changes))


@pytest.mark.parametrize("of", ALL, ids=lambda of: of.table.name)
def test_a_row_has_a_field_for_every_column_but_the_merchant(of):
    assert {"merchant", *of.codec.fields} == set(of.table.columns.keys())


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda table: table.name)
def test_every_primary_key_starts_with_the_merchant(table):
    assert next(iter(table.primary_key.columns)).name == "merchant"


def test_a_row_comes_back_as_it_was_written(desk):
    routing = Routing(Method.ALIPAY_QR, "objective", 30, ())
    event = Event(datetime(2026, 3, 2, tzinfo=UTC), Happening.PLACED, "Ann", {"n": 1})
    order = desk.order(
        "o", routing=routing, events=(event,), channel=ChannelName.ALIPAY, at_risk=True, paid_ms=7
    )
    assert desk.read(ORDERS.get, "o") == order
    payer = StoredPayer(id="p", name="李小明 'a; --", phone="13800000000", first_seen_ms=-1)
    desk.run(PAYERS.add, payer)
    assert desk.read(PAYERS.get, "p") == payer


@given(st.data())
def test_columns_and_rows_convert_both_ways(data):
    codec = ORDERS.codec
    order = data.draw(st.builds(StoredOrder, routing=st.none(), risk=st.none(), lines=st.just(())))
    columns = codec.columns(order)
    assert codec.read([columns[name] for name in codec.fields]) == order
    assert codec.changes(order, order) == {}
    assert all(isinstance(value, str | int | None) for value in columns.values())


def test_what_was_neither_locked_nor_added_cannot_be_saved(desk):
    order = desk.order("o")
    with pytest.raises(NotLockedError):
        desk.run(ORDERS.save, replace(order, paid=1))


def test_locking_what_is_not_there_is_refused(desk):
    with pytest.raises(RefusedError) as refusal:
        desk.run(ORDERS.locked, "nowhere")
    assert refusal.value.code is Code.NOT_FOUND
    assert desk.run(ORDERS.find_locked, "nowhere") is None
    assert desk.read(ORDERS.get, "nowhere") is None


def test_what_was_evidence_stays_visible_to_risk_review(desk):
    desk.order("o", at_risk=True)
    with pytest.raises(AssertionError):
        desk.change_order("o", at_risk=False)


def test_an_order_is_sent_with_its_attempts_and_what_holds_it(desk):
    desk.order("o", attempt_count=2, review=Review.PENDING)
    hold = StoredHold(
        id="h",
        subject_kind="order",
        subject="o",
        state=HoldState.ACTIVE,
        reason="risk_score",
        owner="risk_review",
        next_action="review_case",
        review_by_ms=5,
    )

    def change(work):
        ORDERS.locked(work, "o")
        ATTEMPTS.add(work, attempt("o", 2))
        ATTEMPTS.add(work, attempt("o", 1))
        HOLDS.add(work, hold)

    desk.run(change)
    version, body = desk.read(feed.body_of, Kind.ORDER, "o", Viewer(Role.ADMIN))
    order = msgspec.json.decode(body, type=Order)
    assert version == 2
    assert [it.id for it in order.attempts] == ["o_1", "o_2"]
    assert order.hold is not None
    assert order.hold.review_by == instant(5)

    def release(work):
        HOLDS.save(work, replace(HOLDS.locked(work, "h"), state=HoldState.RELEASED))

    desk.run(release)
    _, body = desk.read(feed.body_of, Kind.ORDER, "o", Viewer(Role.ADMIN))
    assert msgspec.json.decode(body, type=Order).hold is None


def test_reading_inside_a_work_sees_what_it_has_written(desk):
    desk.order("o")

    def change(work):
        ORDERS.save(work, replace(ORDERS.locked(work, "o"), paid=3))
        ORDERS.save(work, replace(ORDERS.locked(work, "o"), refunded=2))
        return ORDERS.get(work, "o")

    order = desk.run(change)
    assert (order.paid, order.refunded) == (3, 2)
    assert desk.read(ORDERS.get, "o") == order
    assert desk.read(feed.head_of) == 2


def test_rows_are_values_that_nobody_changes_in_place(desk):
    with pytest.raises(dataclasses.FrozenInstanceError):
        desk.order("o").paid = 5


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_keep_their_millisecond(at):
    whole = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert instant(milliseconds(at)) == whole


def test_ids_sort_by_time_are_distinct_and_fit_every_channel():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    early, late = ids(lambda: at), ids(lambda: at + timedelta(milliseconds=1))
    made = [early() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert max(made) < min(late() for _ in range(1000))
    assert {len(f"{it}_99") for it in made} == {23}
