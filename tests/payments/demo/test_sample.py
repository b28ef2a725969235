"""The sample business: reproducible, whole after an interruption, true to the domain's rules."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from payments.contract.lifecycles import CaseState, RefundState
from payments.contract.roles import Role
from payments.demo import business
from payments.demo.business import Plan, SampleElsewhereError, Telling, fill
from payments.demo.catalogue import catalogue
from payments.domain.pricing import priced
from payments.store import ledger, users

UNTIL = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PLAN = Plan(seed=7, days=12, until=UNTIL)


def batches(plan=PLAN):
    return list(Telling(plan).batches())


def test_the_same_seed_gives_the_same_business():
    assert batches() == batches()


def test_another_seed_gives_another_business():
    assert batches() != batches(Plan(8, 12, UNTIL))


def test_every_amount_is_what_the_pricing_rule_says():
    prices = {product.id: product.price for product in catalogue().products}
    for batch in batches():
        for order in batch.orders:
            price = prices[order.product_id] * order.quantity
            parts = priced(price, Decimal(order.discount_rate), Decimal(order.tax_rate))
            assert (order.price, order.amount) == (parts.price, parts.amount)
            assert order.price - order.discount + order.tax == order.amount


def test_nothing_is_refunded_beyond_what_was_paid_and_nothing_happens_after_the_present():
    orders = {order.id: order for batch in batches() for order in batch.orders}
    present_ms = int(UNTIL.timestamp() * 1000)
    for batch in batches():
        for refund in batch.refunds:
            order = orders[refund.order_id]
            assert refund.amount <= order.paid
            assert order.refunded + order.refunding <= order.paid
            assert (refund.finished_ms or 0) <= present_ms
        for order in batch.orders:
            assert order.placed_ms <= present_ms
            assert all(event.at <= UNTIL for event in order.events)


def test_cases_and_refunds_wait_for_somebody():
    found = batches(Plan(7, 40, UNTIL))
    open_cases = [case for batch in found for case in batch.cases if case.state is CaseState.OPEN]
    waiting = [
        refund
        for batch in found
        for refund in batch.refunds
        if refund.state is RefundState.PENDING_APPROVAL
    ]
    assert len(open_cases) >= 3
    assert waiting
    assert all(refund.requested_by_id == "sample-support" for refund in waiting)


def test_it_is_stored_with_balanced_books_and_a_user_of_each_role(database):
    told = []
    count = database.complete(fill(database, PLAN, lambda done, total: told.append((done, total))))
    assert count == sum(len(batch.orders) for batch in batches())
    assert told[-1][0] == told[-1][1]
    check = database.read_sync(ledger.check)
    assert check.balanced
    assert check.chain_intact
    assert check.transactions > count / 2
    roles = {user.role for user in database.read_sync(users.every)}
    assert roles == set(Role) - {Role.PLATFORM}


def test_a_second_start_adds_nothing(database):
    database.complete(fill(database, PLAN, lambda *_: None))
    before = database.read_sync(ledger.check)
    later = Plan(99, 30, datetime(2027, 1, 1, tzinfo=UTC))
    database.complete(fill(database, later, lambda *_: None))
    assert database.read_sync(ledger.check) == before


def test_a_business_that_is_whole_is_not_drawn_again(database, monkeypatch):
    count = database.complete(fill(database, PLAN, lambda *_: None))
    monkeypatch.setattr(business, "Telling", None)
    told = []
    again = database.complete(fill(database, PLAN, lambda done, total: told.append((done, total))))
    assert again == count
    assert told == [(count, count)]


def test_an_interrupted_build_goes_on_where_it_was(database):
    class StoppedError(Exception):
        pass

    def stop(*_):
        raise StoppedError

    with pytest.raises(StoppedError):
        database.complete(fill(database, PLAN, stop))
    count = database.complete(fill(database, PLAN, lambda *_: None))
    assert count == sum(len(batch.orders) for batch in batches())
    assert database.read_sync(ledger.check).chain_intact


def test_it_keeps_out_of_somebodys_own_business(database):
    from payments.assembly import add_user, found_merchant

    database.run_sync(found_merchant)
    database.run_sync(add_user, "li", "李", Role.ADMIN, "", "hash")
    with pytest.raises(SampleElsewhereError):
        database.complete(fill(database, PLAN, lambda *_: None))
