"""How fast the console's local store is with a million orders: one line of JSON per figure.

``python -m benchmarks.local_store [orders]`` from the repository root. Each line names the budget
it stands against. Where seconds say more about the machine than about the store, there is a ratio
to a baseline of the same run: plain ``sqlite3``, not encrypted, doing the bare minimum.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from app.models.lists.orders import ORDER_SOURCE
from app.models.lists.query import OrderQuery, Sort
from app.models.lists.source import PAGE, first, lines, whole
from app.models.store import figures, orders, schema
from app.models.store.database import Store
from app.models.store.figures import FigureQuery
from app.models.store.transaction import Transaction
from app.services.sync.apply import apply_page
from benchmarks.figures import report
from payments.contract.lifecycles import OrderState, OrderStatus
from payments.contract.wire.feed import Change, FeedPage
from payments.contract.wire.records import ChannelName, Order, ProductKind
from tests.builders.console import SCOPE, a_product, an_order, change_of

PRODUCTS: Final = 200
FEED_PAGE: Final = 5_000
LATER_PAGE: Final = 10_000
REPEATS: Final = 7
KEY: Final = bytes(range(32))
DECODER: Final = msgspec.json.Decoder(Order)


class Spent(NamedTuple):
    """Seconds on the wall, and of this process alone: the latter say more on a busy machine."""

    wall: float = 0.0
    cpu: float = 0.0

    def plus(self, more: Spent) -> Spent:
        """Both sums."""
        return Spent(self.wall + more.wall, self.cpu + more.cpu)


def timed(work: Callable[[], object]) -> Spent:
    """How long one piece of work takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def feed(count: int) -> Iterator[FeedPage]:
    """A first sync: the catalogue, then the orders as they were placed."""
    head = PRODUCTS + count
    page: list[Change] = [change_of(a_product(number)) for number in range(PRODUCTS)]
    after = 0
    for number in range(count):
        page.append(change_of(an_order(number, version=PRODUCTS + number + 1)))
        if len(page) >= FEED_PAGE or number == count - 1:
            upto = page[-1].seq
            yield FeedPage(
                SCOPE, after, upto, head, upto < head, restart=False, changes=tuple(page)
            )
            page, after = [], upto


class Plain:
    """The same rows and indexes in a plain database: no encryption, search, figures, or checks."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        for table in schema.TABLES:
            if table.startswith(("CREATE TABLE orders ", "CREATE TABLE orders_bodies")):
                self._db.execute(table)
        self._next = 1

    def add(self, page: FeedPage) -> Spent:
        """Insert a page of orders whose values are at hand."""
        rows, bodies = [], []
        for change in page.changes:
            if change.kind == "order":
                body = bytes(change.body)
                values = orders.ORDERS.values(DECODER.decode(body))
                rows.append((self._next, *values))
                bodies.append((self._next, body))
                self._next += 1
        return timed(lambda: self._insert(rows, bodies))

    def _insert(self, rows: list[tuple[Any, ...]], bodies: list[tuple[int, bytes]]) -> None:
        marks = ", ".join("?" * len(rows[0]))
        self._db.execute("BEGIN")
        self._db.executemany(f"INSERT INTO orders VALUES ({marks})", rows)
        self._db.executemany("INSERT INTO orders_bodies VALUES (?, ?)", bodies)
        self._db.execute("COMMIT")

    def index(self) -> None:
        """Build the same indexes."""
        for name, columns in schema.INDEXES.items():
            if columns.startswith("orders "):
                self._db.execute(f"CREATE INDEX {name} ON {columns}")

    def scan(self, sql: str) -> Spent:
        """Answer a query from the records themselves."""
        return timed(lambda: self._db.execute(sql).fetchall())


def first_sync(store: Store, plain: Plain, count: int) -> None:
    """A first sync page by page, and the same rows into the plain database."""
    spent, bare, last = Spent(), Spent(), Spent()
    for page in feed(count):
        last = timed(lambda page=page: apply_page(store, page))  # type: ignore[misc]
        spent = spent.plus(last)
        bare = bare.plus(plain.add(page))
    bare = bare.plus(timed(plain.index))
    name = "sqlite3 executemany of the same rows, then indexes"
    budget = "≥ 20000"
    report("first sync", count / spent.wall, "orders/s", budget, (name, count / bare.wall))
    unit = "orders/s of processor time"
    report("first sync", count / spent.cpu, unit, budget, (name, count / bare.cpu))
    report("first sync: its last page, with the indexes", last.wall, "s")
    report("first sync: its last page, with the indexes", last.cpu, "s of processor time")
    report("size of the store", store.path.stat().st_size / 1e6, "MB")


def later_syncs(store: Store, count: int) -> None:
    """Pages of new orders, of recent orders that changed, and of old ones all over the store."""
    spread = max(1, count // LATER_PAGE)
    happenings = {
        "new orders": range(count, count + LATER_PAGE),
        "recent orders that changed": range(max(0, count - 2 * LATER_PAGE), count, 2),
        "orders of all ages that changed": range(0, spread * LATER_PAGE, spread),
    }
    cursor = PRODUCTS + count
    for name, numbers in happenings.items():
        changes = tuple(
            change_of(an_order(number, version=version, state=OrderState.COMPLETED))
            for version, number in enumerate(numbers, cursor + 1)
        )
        upto = changes[-1].seq
        page = FeedPage(SCOPE, cursor, upto, upto, more=False, restart=False, changes=changes)
        cursor = upto
        spent = timed(lambda page=page: apply_page(store, page))  # type: ignore[misc]
        report(f"later sync: {name}", len(changes) / spent.wall, "rows/s", "≥ 9000")
        unit = "rows/s of processor time"
        report(f"later sync: {name}", len(changes) / spent.cpu, unit, "≥ 9000")


QUERIES: Final = {
    "everything": OrderQuery(),
    "filter: refunded": OrderQuery(statuses=(OrderStatus.REFUNDED,)),
    "filter: held, one channel": OrderQuery(
        statuses=(OrderStatus.ON_HOLD,), channels=(ChannelName.ALIPAY,)
    ),
    "filter: channel and kind": OrderQuery(
        channels=(ChannelName.WECHAT_PAY,), kinds=(ProductKind.COURSE,)
    ),
    "filter: one month": OrderQuery(first_day=date(2024, 5, 1), last_day=date(2024, 5, 31)),
    "filter: amount range": OrderQuery(smallest=10_000, largest=11_000),
    "search: 1 character": OrderQuery(text="算"),
    "search: 2 characters": OrderQuery(text="王明"),
    "search: product": OrderQuery(text="算法训练营"),
    "search: order number": OrderQuery(text="SP0000012345"),
    "search: two words": OrderQuery(text="口语 王"),
    "search: English title": OrderQuery(text="speaking"),
    "sort: amount": OrderQuery(sort=Sort("amount")),
    "sort: product": OrderQuery(sort=Sort("title", descending=False)),
    "sort: payer": OrderQuery(sort=Sort("payer", descending=False)),
    "sort: refunded": OrderQuery(sort=Sort("refunded")),
    "sort: paid at": OrderQuery(sort=Sort("paid_at")),
    "sort: quantity": OrderQuery(sort=Sort("quantity")),
    "sort: instructor": OrderQuery(sort=Sort("instructor", descending=False)),
}


def median_ms(store: Store, work: Callable[[Transaction], object]) -> float:
    """Median milliseconds, the transaction included."""
    spent = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        with store.reading() as db:
            work(db)
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def lists(store: Store) -> None:
    """First page, whole order with totals, and jumps."""
    for name, query in QUERIES.items():
        page = median_ms(store, lambda db, query=query: first(db, ORDER_SOURCE, query))  # type: ignore[misc]
        report(f"list: first page, {name}", page, "ms", "< 50")
        rest = median_ms(store, lambda db, query=query: whole(db, ORDER_SOURCE, query))  # type: ignore[misc]
        report(f"list: order and totals, {name}", rest, "ms", "< 200 for a sort")
    with store.reading() as db:
        numbers = whole(db, ORDER_SOURCE, OrderQuery(sort=Sort("amount"))).numbers
    places = [len(numbers) * part // 40 for part in range(40)]
    spent = []
    for place in places:
        wanted = [int(number) for number in numbers[place : place + PAGE]]
        spent.append(median_ms(store, lambda db, wanted=wanted: lines(db, ORDER_SOURCE, wanted)))  # type: ignore[misc]
    report("list: jump anywhere (page of 128)", max(spent), "ms", "< 50")


def dashboard(store: Store, plain: Plain) -> None:
    """All figures of a dashboard, for several periods."""
    periods = {
        "three years": FigureQuery(date(2024, 1, 1), date(2027, 12, 31), "CNY"),
        "odd days": FigureQuery(date(2024, 1, 17), date(2026, 6, 13), "CNY"),
        "one channel": FigureQuery(date(2024, 1, 1), date(2027, 12, 31), "CNY", channel="alipay"),
        "one product": FigureQuery(
            date(2024, 1, 1), date(2027, 12, 31), "CNY", product_id="P00007"
        ),
    }
    answers = {
        "headline": figures.figures,
        "by day": figures.by_day,
        "by channel": figures.by_channel,
        "by product": figures.by_product,
        "by hour": figures.by_hour,
        "refunds": figures.refunds_by_day,
    }
    scan = plain.scan(
        "SELECT currency, sum(paid), count(*) FROM orders WHERE paid_at IS NOT NULL GROUP BY 1"
    )
    for period, query in periods.items():
        total = 0.0
        for name, answer in answers.items():
            spent = median_ms(store, lambda db, query=query, answer=answer: answer(db, query))  # type: ignore[misc]
            total += spent
            if period == "three years":
                report(f"dashboard: {name}, {period}", spent, "ms", "< 50")
        baseline = ("sqlite3 summing the orders, one figure", 1000 * scan.wall)
        report(f"dashboard: all six together, {period}", total, "ms", "< 50 each", baseline)


def main() -> None:
    """Everything, on a store of its own that is thrown away."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "console.store", KEY)
        plain = Plain(Path(folder) / "plain")
        first_sync(store, plain, count)
        lists(store)
        dashboard(store, plain)
        later_syncs(store, count)
        store.close()
        again = time.perf_counter()
        store = Store.open(Path(folder) / "console.store", KEY)
        with store.reading() as db:
            first(db, ORDER_SOURCE, OrderQuery())
        report("open and first page of the list", 1000 * (time.perf_counter() - again), "ms")
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report("peak memory of this process", peak, "MB", "< 400")


if __name__ == "__main__":
    main()
