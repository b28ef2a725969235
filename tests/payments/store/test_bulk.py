from __future__ import annotations

import pytest

from payments.contract.lifecycles import AttemptState
from payments.contract.roles import Role
from payments.contract.wire.records import ChannelName, Method
from payments.domain.ledger_entries import Entry
from payments.store import bulk, ledger
from payments.store.bulk import Batch
from payments.store.errors import RowExistsError
from payments.store.feed import Viewer
from payments.store.ledger import UnbalancedError
from payments.store.records import ORDERS
from payments.store.stored import StoredAttempt, StoredPayer
from payments.store.work import Posted

ADMIN = Viewer(Role.ADMIN)


def posted(number, amount=5, other=None):
    other = -amount if other is None else other
    entries = (Entry("a", "CNY", amount), Entry("b", "CNY", other))
    return Posted(f"t{number}", 1000 + number, "payment_received", entries, f"o{number}", "")


@pytest.fixture
def batch(a_product, an_order, a_refund):
    attempts = [
        StoredAttempt(
            id=f"o{n}_1",
            order_id=f"o{n}",
            channel=ChannelName.ALIPAY,
            method=Method.ALIPAY_QR,
            state=AttemptState.SUCCEEDED,
            currency="CNY",
            amount=1,
            started_ms=0,
            expires_ms=1,
        )
        for n in range(20)
    ]
    return Batch(
        products=[a_product()],
        payers=[StoredPayer(id="payer", name="李明", first_seen_ms=0)],
        orders=[an_order(id=f"o{n}", attempt_count=1) for n in range(20)],
        attempts=attempts,
        refunds=[a_refund(id="r", order_id="o1")],
        transactions=[posted(n) for n in range(20)],
    )


def test_a_batch_is_in_the_tables_the_ledger_and_the_feed(desk, batch):
    desk.order("before")
    desk.run(bulk.add, batch)
    console = desk.synced(ADMIN)
    assert console.ids == {"before", "course", "r", *(f"o{n}" for n in range(20))}
    assert console.agrees()
    assert console.held["order", "o7"]["attempts"][0]["id"] == "o7_1"
    assert desk.read(ORDERS.get, "o7") == batch.orders[7]
    check = desk.read(ledger.check)
    assert (check.transactions, check.balanced, check.chain_intact) == (20, True, True)
    assert desk.read(ledger.postings_of, "o3")[0].at.timestamp() == 1.003


def test_batches_go_on_where_the_last_ended_and_flows_go_on_after_them(desk, batch, an_order):
    desk.run(bulk.add, batch)
    more = Batch(
        products=batch.products,
        payers=batch.payers,
        orders=[an_order(id="later")],
        transactions=[posted(99)],
    )
    desk.run(bulk.add, more)
    desk.change_order("later", paid=1)
    assert desk.synced(ADMIN).agrees()
    assert desk.read(ledger.check).chain_intact


def test_a_batch_that_is_there_already_changes_nothing(desk, batch):
    desk.run(bulk.add, batch)
    before = desk.synced(ADMIN).held
    with pytest.raises(RowExistsError):
        desk.run(bulk.add, batch)
    assert desk.synced(ADMIN).held == before


def test_a_batch_that_does_not_balance_is_not_written(desk, batch):
    batch.transactions.append(posted(50, 5, -4))
    with pytest.raises(UnbalancedError):
        desk.run(bulk.add, batch)
    assert desk.synced(ADMIN).ids == set()


def test_an_empty_batch_is_nothing(desk):
    desk.run(bulk.add, Batch())
    assert desk.synced(ADMIN).ids == set()
