from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.util import await_only

from payments.contract.problems import Code, RefusedError
from payments.domain.ledger_entries import Entry
from payments.store import audit, feed, jobs, ledger, merchants
from payments.store.database import Database, DatabaseBusyError
from payments.store.errors import RowExistsError
from payments.store.migrations import migrate
from payments.store.records import ORDERS

POST = (Entry("a", "CNY", 5), Entry("b", "CNY", -5))


class BoomError(Exception):
    pass


def place(work, order, *, fails=False):
    ORDERS.add(work, order)
    ledger.post(work, "payment_received", POST, order_id=order.id)
    audit.note(work, "placed", order.id)
    jobs.put(work, "expire_order", {"id": order.id})
    if fails:
        raise BoomError
    return order.id


def everything(work):
    names = ("orders", "ledger_transactions", "postings", "audit", "jobs", "feed", "idempotency")
    counts = {
        name: work.connection.execute(text(f"SELECT count(*) FROM {name}")).scalar()
        for name in names
    }
    return counts | {"head": feed.head_of(work), "ledger": ledger.check(work).transactions}


def test_a_flow_that_raises_leaves_nothing_behind(database, desk, an_order):
    desk.order("first")
    before = database.read_sync(everything)
    with pytest.raises(BoomError):
        database.run_sync(lambda work: place(work, an_order(id="second"), fails=True))
    assert database.read_sync(everything) == before


def test_a_failing_request_harms_none_of_those_committed_with_it(database, an_order):
    async def many():
        flows = [
            database.run(lambda work, n=n: place(work, an_order(id=f"o{n}"), fails=n % 3 == 0))
            for n in range(60)
        ]
        return await asyncio.gather(*flows, return_exceptions=True)

    answers = database.complete(many())
    assert [isinstance(it, BoomError) for it in answers] == [n % 3 == 0 for n in range(60)]
    kept = {it for it in answers if isinstance(it, str)}
    found = database.read_sync(everything)
    assert found["orders"] == found["jobs"] == found["audit"] == found["ledger"] == len(kept) == 40
    assert found["feed"] == found["head"] == 40
    assert database.read_sync(ledger.check).chain_intact


def test_a_refusal_reaches_its_own_caller_only(database, an_order):
    def refuse(work):
        ORDERS.add(work, an_order(id="refused"))
        raise RefusedError(Code.STEP_REFUSED)

    async def both():
        return await asyncio.gather(
            database.run(refuse),
            database.run(lambda work: place(work, an_order(id="kept"))),
            return_exceptions=True,
        )

    refused, kept = database.complete(both())
    assert isinstance(refused, RefusedError)
    assert kept == "kept"
    assert database.read_sync(ORDERS.get, "refused") is None


def test_what_is_answered_is_committed(database, database_url, an_order):
    database.run_sync(lambda work: place(work, an_order(id="o")))
    with Database.open(database_url) as other:
        assert other.read_sync(ORDERS.get, "o") == an_order(id="o")


def test_two_changes_of_one_row_wait_for_each_other(database, an_order):
    database.run_sync(lambda work: place(work, an_order(id="o")))

    def pay_one(work):
        order = ORDERS.locked(work, "o")
        ORDERS.save(work, replace(order, paid=order.paid + 1))

    async def many():
        await asyncio.gather(*(database.run(pay_one) for _ in range(30)))

    database.complete(many())
    assert database.read_sync(ORDERS.get, "o").paid == 30


def test_looking_first_and_adding_then_is_safe_however_many_do_it(database, an_order):
    def know(work):
        if ORDERS.get(work, "same") is None:
            ORDERS.add(work, an_order(id="same"))
            return "added"
        return "known"

    async def many():
        return await asyncio.gather(*(database.run(know) for _ in range(12)))

    assert sorted(database.complete(many())) == ["added"] + ["known"] * 11


def test_a_duplicate_that_repetition_cannot_cure_is_raised(database, an_order):
    database.run_sync(lambda work: place(work, an_order(id="o")))
    with pytest.raises(RowExistsError):
        database.run_sync(lambda work: place(work, an_order(id="o")))


def test_a_full_disk_refuses_the_work_and_recovers(tmp_path, an_order):
    """SQLite gives up the whole transaction when the file cannot grow."""
    with Database.open(f"sqlite:///{tmp_path / 'small.db'}") as database:
        database.run_sync(migrate)
        database.run_sync(lambda work: merchants.found(work, "Small"))

        def set_limit(work, pages):
            work.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        pages = database.read_sync(
            lambda work: work.connection.exec_driver_sql("PRAGMA page_count").scalar()
        )
        database.run_sync(set_limit, pages)

        def big(work):
            ORDERS.add(work, replace(an_order(id="big"), title="x" * 100_000))

        with pytest.raises(DatabaseBusyError):
            database.run_sync(big)
        database.run_sync(set_limit, 1_000_000)
        database.run_sync(big)
        assert database.read_sync(ORDERS.get, "big") is not None


def test_a_database_that_is_not_there_is_busy_and_not_a_crash():
    with (
        Database.open("postgresql://postgres@127.0.0.1:1/nowhere") as database,
        pytest.raises(DatabaseBusyError),
    ):
        database.read_sync(feed.head_of)


def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="mysql"):
        Database.open("mysql://localhost/shop")


def test_a_waiting_reader_hears_of_a_change_at_once(database, an_order):
    async def wait_and_write():
        waiting = asyncio.create_task(database.changed(0, 20))
        await asyncio.sleep(0)
        await database.run(lambda work: place(work, an_order(id="o")))
        return await waiting

    assert database.complete(asyncio.wait_for(wait_and_write(), 5)) == 1


def test_a_waiting_reader_in_another_process_hears_of_it_too(database, database_url, an_order):
    """Two databases of one URL share nothing in this process but the URL."""

    async def wait_and_write():
        other = Database.open(database_url)
        try:
            waiting = asyncio.create_task(other.changed(0, 20))
            await asyncio.sleep(0)
            await database.run(lambda work: place(work, an_order(id="o")))
            return await waiting
        finally:
            await other.close()

    assert database.complete(asyncio.wait_for(wait_and_write(), 5)) == 1


def test_waiting_ends_with_its_time(database):
    assert database.complete(database.changed(0, 0.05)) == 0


def test_a_lost_connection_costs_nobody_an_answer(database, database_url, an_order):
    """The server is told to cut every connection, as it does when it restarts."""
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has no connection that could be lost")
    database.run_sync(lambda work: place(work, an_order(id="before")))
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with Database.open(database_url) as other:
        other.read_sync(lambda work: work.connection.execute(cut).all())
        assert database.run_sync(lambda work: place(work, an_order(id="after"))) == "after"
        other.read_sync(lambda work: work.connection.execute(cut).all())
        assert database.read_sync(ORDERS.get, "after") is not None
    assert database.read_sync(everything)["orders"] == 2


def test_a_serialisation_failure_runs_the_whole_flow_again(database, database_url, an_order):
    if not database_url.startswith("postgresql"):
        pytest.skip("SQLite has one writer: nothing can fail to serialise")
    for name in "ab":
        database.run_sync(lambda work, name=name: place(work, an_order(id=name)))

    async def cross():
        met = asyncio.Barrier(2)
        runs = []

        def pay_both(work, first, second):
            runs.append(first)
            ORDERS.save(work, replace(ORDERS.locked(work, first), paid=1))
            if len(runs) <= 2:
                # Each holds one row and wants the other's: PostgreSQL ends one of the two.
                await_only(met.wait())
            ORDERS.save(work, replace(ORDERS.locked(work, second), refunded=1))

        await asyncio.gather(database.run(pay_both, "a", "b"), database.run(pay_both, "b", "a"))
        return runs

    runs = database.complete(asyncio.wait_for(cross(), 20))
    assert len(runs) == 3
    assert all(database.read_sync(ORDERS.get, name).paid == 1 for name in "ab")
