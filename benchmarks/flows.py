"""How many orders a second are placed, begun, shown and paid through the flows of one process.

``python -m benchmarks.flows [orders]`` from the repository root. A paid order is four transactions
with everything that belongs to them: ledger, feed, jobs, risk. No channel is called; what it would
say is applied. The baselines of the same run write as many rows, of the same size on the disk, in
as many transactions, and decide nothing: plain ``sqlite3`` and PostgreSQL's own ``pgbench``.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import asyncpg

from benchmarks.figures import report
from benchmarks.postgresql import binaries, server
from payments.channels.protocol import (
    ChannelTraits,
    Instruction,
    Notice,
    Outcome,
    PaymentResult,
)
from payments.contract.money import Money
from payments.contract.roles import Role
from payments.contract.wire.records import ChannelName, Method, ProductKind
from payments.contract.wire.requests import NewOrder, NewProduct, PayerInfo
from payments.flows import change_catalogue
from payments.flows.begin_payment import begin
from payments.flows.pay import record_started
from payments.flows.place_order import place_order
from payments.flows.take_notification import take_notice
from payments.store import ledger, merchants
from payments.store.database import Database
from payments.store.migrations import migrate
from payments.store.work import Actor, Work

TRANSACTIONS: Final = 4
GROUP: Final = 64
PAYERS: Final = 1000
ACTOR: Final = Actor("u-platform", "platform", Role.PLATFORM)
PRODUCT: Final = NewProduct(
    id="course",
    kind=ProductKind.COURSE,
    title="算法入门",
    currency="CNY",
    price=10_000,
    instructor_id="teacher",
    instructor="王老师",
)
TERMS: Final = {
    ChannelName.WECHAT_PAY: ChannelTraits(
        name=ChannelName.WECHAT_PAY,
        methods=(Method.WECHAT_PAY_NATIVE,),
        currencies=frozenset({"CNY"}),
        smallest=1,
        largest=10_000_000,
        fee_rate=Decimal("0.006"),
        refund_window=timedelta(days=365),
        partial_refunds=True,
        refund_spacing=timedelta(0),
        fee_returned_on_refund=True,
    )
}
SHOWN: Final = Instruction(PaymentResult.NOT_YET, "qr", "weixin://wxpay/bizpayurl?pr=0123456789")


@dataclass(frozen=True, slots=True)
class Writes:
    """What one paid order writes, on average: rows by what is done to them, and bytes of a row."""

    inserted: float
    changed: float
    row_bytes: int

    @property
    def rows(self) -> int:
        """Rows of one paid order."""
        return round(self.inserted + self.changed)


async def pay_one(database: Database, number: int) -> str:
    """One order from placement to payment, as the interface and a notification do it; its id."""
    payer = PayerInfo(payer_id=f"payer-{number % PAYERS}", name="王小明", phone="13800138000")
    order = await database.run(place_order, NewOrder("course", payer), actor=ACTOR)
    begun = await database.run(begin, order, None, TERMS, frozenset(TERMS), {}, actor=ACTOR)
    attempt = begun.attempt
    await database.run(record_started, attempt.id, SHOWN, {"request": 4, "channel": 80})
    amount = Money(attempt.amount, attempt.currency)
    paid = Outcome(PaymentResult.PAID, attempt.id, amount=amount, channel_ref=f"4200{number}")
    await database.run(take_notice, ChannelName.WECHAT_PAY, Notice(f"n{number}", payment=paid))
    return order


async def pay_all(database: Database, numbers: range, at_a_time: int) -> None:
    """All of them, so many buyers at a time."""
    waiting = iter(numbers)

    async def buyer() -> None:
        for number in waiting:
            await pay_one(database, number)

    await asyncio.gather(*(buyer() for _ in range(at_a_time)))


def founded(database: Database) -> None:
    """An empty business with one product."""
    database.run_sync(migrate)
    database.run_sync(lambda work: merchants.found(work, "Benchmark"))
    database.run_sync(change_catalogue.add, PRODUCT, actor=ACTOR)
    database.complete(pay_all(database, range(-PAYERS, 0), GROUP))


def paid_orders(database: Database, count: int, at_a_time: int) -> tuple[float, float]:
    """Orders a second on the wall and of this process's processor time; the books are checked."""
    before = database.read_sync(ledger.check).transactions
    wall, processor = time.perf_counter(), time.process_time()
    database.complete(pay_all(database, range(count), at_a_time))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    check = database.read_sync(ledger.check)
    if check.transactions - before != count or not (check.balanced and check.chain_intact):
        message = f"the books are wrong: {check}"
        raise AssertionError(message)
    return count / wall, count / processor


def on_sqlite(folder: Path, count: int) -> None:
    """The embedded database, as durable as SQLite can be."""
    file = folder / "suanpan.db"
    with Database.open(f"sqlite:///{file}") as database:
        founded(database)
        rows, size = database.run_sync(_changes), _size(file)
        on_the_wall, of_processor = paid_orders(database, count, GROUP)
        rows = database.run_sync(_changes) - rows
    writes = Writes(rows / count, 0, max(1, round((_size(file) - size) / rows)))
    report("SQLite: rows written for a paid order", writes.rows, "rows")
    name = "sqlite3 writing as many rows of the size"
    bare = bare_sqlite(folder / "bare.db", writes, count)
    report("SQLite: paid orders", on_the_wall, "orders/s", "≥ 1000", (name, bare))
    report("SQLite: paid orders", of_processor, "orders/s of processor time", "≥ 1000")


def _changes(work: Work) -> int:
    raw: Any = work.connection.connection.driver_connection
    changes: int = raw.total_changes
    return changes


def _size(file: Path) -> int:
    """Bytes of the database, the log included."""
    return sum(part.stat().st_size for part in file.parent.glob(f"{file.name}*"))


def bare_sqlite(file: Path, writes: Writes, count: int) -> float:
    """Paid orders a second if nothing had to be decided: rows by savepoint, commits by group."""
    database = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16384"):
        database.execute(f"PRAGMA {pragma}")
    database.execute(
        "CREATE TABLE written (merchant TEXT, id TEXT, body TEXT, PRIMARY KEY (merchant, id))"
        " WITHOUT ROWID"
    )
    body = "x" * max(1, writes.row_bytes - 30)
    rows = _in_parts(writes.rows)
    begun = time.perf_counter()
    for first in range(0, count, GROUP):
        for part, share in enumerate(rows):
            database.execute("BEGIN IMMEDIATE")
            for order in range(first, min(first + GROUP, count)):
                database.execute("SAVEPOINT request")
                for row in range(share):
                    values = ("main", f"{order:012}.{part}.{row}", body)
                    database.execute("INSERT INTO written VALUES (?, ?, ?)", values)
                database.execute("RELEASE request")
            database.execute("COMMIT")
    spent = time.perf_counter() - begun
    database.close()
    return count / spent


def _in_parts(rows: int) -> list[int]:
    """Rows shared out over the transactions of a paid order."""
    return [rows // TRANSACTIONS + (part < rows % TRANSACTIONS) for part in range(TRANSACTIONS)]


def on_postgresql(count: int) -> None:
    """PostgreSQL with its defaults for durability; says so where there is none."""
    folder = binaries()
    if folder is None:
        print("PostgreSQL is not installed: its figures are left out.", file=sys.stderr)
        return
    with server(folder) as socket:
        subprocess.run([folder / "createdb", "-h", socket, "-U", "postgres", "flows"], check=True)
        url = f"postgresql://postgres@/flows?host={socket}"
        with Database.open(url) as database:
            founded(database)
        before = asyncio.run(_counted(url))
        with Database.open(url) as database:
            database.read_sync(lambda _work: None)
            on_the_wall, of_processor = paid_orders(database, count, 10)
        writes = _between(before, asyncio.run(_counted(url)), count)
        report("PostgreSQL: rows written for a paid order", writes.rows, "rows")
        bare = pgbench(folder / "pgbench", socket, url, writes)
    name = "pgbench writing as many rows of the size"
    report("PostgreSQL: paid orders", on_the_wall, "orders/s", "≥ 0.25 of it", (name, bare))
    report("PostgreSQL: paid orders", of_processor, "orders/s of this process's processor time")


async def _counted(url: str) -> tuple[int, int, int]:
    connection = await asyncpg.connect(url)
    try:
        row = await connection.fetchrow(
            "SELECT sum(n_tup_ins)::bigint, sum(n_tup_upd + n_tup_del)::bigint,"
            " pg_database_size(current_database())::bigint FROM pg_stat_user_tables"
        )
    finally:
        await connection.close()
    return row[0], row[1], row[2]


def _between(before: tuple[int, int, int], after: tuple[int, int, int], count: int) -> Writes:
    inserted, changed, size = (then - now for now, then in zip(before, after, strict=True))
    return Writes(inserted / count, changed / count, max(1, round(size / (inserted + changed))))


def pgbench(program: Path, socket: Path, url: str, writes: Writes) -> float:
    """Paid orders a second if nothing had to be decided, by PostgreSQL's own measuring program."""
    asyncio.run(_prepared(url))
    script = socket / "writes.sql"
    script.write_text("\n".join(_script(writes)), encoding="utf-8")
    command: list[str | Path] = [
        program,
        "-n",
        "-M",
        "prepared",
        "-c",
        "10",
        "-j",
        "1",
        "-T",
        "8",
        "-f",
        script,
    ]
    said = subprocess.run(
        [*command, "-h", socket, "-U", "postgres", "flows"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = re.search(r"tps = ([0-9.]+)", said)
    if found is None:
        raise ValueError(said)
    return float(found[1])


async def _prepared(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "CREATE TABLE written (merchant text, id text, body text, PRIMARY KEY (merchant, id));"
            "CREATE TABLE head (merchant text PRIMARY KEY, seq bigint);"
            "INSERT INTO head VALUES ('main', 0)"
        )
    finally:
        await connection.close()


def _script(writes: Writes) -> Iterator[str]:
    """One paid order for pgbench; each of its transactions ends with the number of its change."""
    body = "x" * max(1, writes.row_bytes - 60)
    changed = _in_parts(max(0, round(writes.changed) - TRANSACTIONS))
    # One row inserted before each of the transactions' changes, which change that row.
    for inserts, updates in zip(_in_parts(round(writes.inserted)), changed, strict=True):
        yield "BEGIN;"
        for row in range(max(inserts, 1)):
            yield f"\\set id{row} random(1, 9000000000000000000)"
            yield f"INSERT INTO written VALUES ('main', :id{row}::text, '{body}');"
        for row in range(updates):
            at = row % max(inserts, 1)
            yield (
                f"UPDATE written SET body = '{body}' || 'y'"
                f" WHERE merchant = 'main' AND id = :id{at}::text;"
            )
        yield "UPDATE head SET seq = seq + 1 WHERE merchant = 'main' RETURNING seq;"
        yield "COMMIT;"


def main() -> None:
    """Both databases, each new and thrown away."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite(Path(folder), count)
    on_postgresql(count)


if __name__ == "__main__":
    main()
