"""How fast a new console fetches a business over HTTPS into its encrypted store.

``python -m benchmarks.sync_over_https [orders]`` from the repository root. The services are a
process of their own on the embedded database; the console follows the feed as it always does. The
baseline of the same run asks for the same pages and throws them away.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.launch.keeping import MemoryKeeper
from app.models.store.database import Store
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn
from app.services.sync.apply import apply_page
from app.services.sync.feed import Pages
from benchmarks.figures import report
from benchmarks.flows import founded, pay_one
from payments.assembly import add_user, hashed
from payments.contract.roles import Role
from payments.contract.wire.feed import FeedPage
from payments.contract.wire.requests import SignIn
from payments.store import bulk
from payments.store.bulk import Batch
from payments.store.database import Database
from payments.store.records import ATTEMPTS, ORDERS
from payments.store.stored import StoredAttempt, StoredOrder
from payments.store.work import Work

PASSWORD: Final = "correct horse battery"
BATCH: Final = 5_000
LATER: Final = 10_000
KEY: Final = bytes(range(32))
_SURNAMES: Final = "王李张刘陈杨赵黄周吴"
_GIVEN: Final = "明华芳娜强磊洋艳杰丽"


class Business:
    """A business with as many paid orders as wanted; each is like the first but for its names."""

    def __init__(self, folder: Path) -> None:
        self._url = f"sqlite:///{folder}/suanpan.db"
        self._written = 0
        with Database.open(self._url) as database:
            founded(database)
            database.run_sync(add_user, "lin", "lin", Role.ADMIN, "", hashed(PASSWORD))
            first = database.complete(pay_one(database, 0))
            self._order, self._attempt = database.read_sync(_paid, first)

    def grows(self, count: int) -> None:
        """So many more orders, written in batches."""
        with Database.open(self._url) as database:
            while count > 0:
                size = min(BATCH, count)
                batch = [
                    self._like(number) for number in range(self._written, self._written + size)
                ]
                orders, attempts = (list(rows) for rows in zip(*batch, strict=True))
                database.run_sync(bulk.add, Batch(orders=orders, attempts=attempts))
                self._written += size
                count -= size

    def _like(self, number: int) -> tuple[StoredOrder, StoredAttempt]:
        order_id = f"B{number:012}"
        placed_ms = self._order.placed_ms - 60_000 * number
        payer = f"{_SURNAMES[number % 10]}*{_GIVEN[number // 10 % 10]}"
        order = replace(
            self._order,
            id=order_id,
            placed_ms=placed_ms,
            paid_ms=placed_ms + 30_000,
            payer_id=f"U{number % 70_000:06}",
            payer=payer,
        )
        return order, replace(self._attempt, id=f"{order_id}_1", order_id=order_id)


def _paid(work: Work, order_id: str) -> tuple[StoredOrder, StoredAttempt]:
    order = ORDERS.get(work, order_id)
    attempt = ATTEMPTS.get(work, f"{order_id}_1")
    if order is None or attempt is None:
        raise AssertionError(order_id)
    return order, attempt


@contextmanager
def served(folder: Path) -> Iterator[PaymentsApi]:
    """The running services as their administrator reaches them."""
    command: list[str | Path] = [sys.executable, "-m", "payments", "serve", "--exit-with-parent"]
    command += ["--data", folder]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as services:
        if services.stdin is None or services.stdout is None:
            raise AssertionError(command)
        ready = json.loads(services.stdout.readline())
        client = Client(ready["url"], Path(ready["ca"]))
        api = PaymentsApi(client, SignedIn(MemoryKeeper(), lambda: None))
        api.sign_in(SignIn("lin", PASSWORD))
        yield api
        api.close()
        services.stdin.close()


def follow(api: PaymentsApi, store: Store, take: Callable[[Store, FeedPage], object]) -> int:
    """Fetch pages until there are no more; how many changes that were."""
    pages, changes = Pages(api, store), 0
    try:
        while True:
            page = pages.next(wait_s=0)
            take(store, page)
            changes += len(page.changes)
            if not page.more:
                return changes
    finally:
        pages.close()


def thrown_away(api: PaymentsApi) -> tuple[int, float]:
    """Ask for all pages and do nothing with them: changes, and changes a second."""
    begun, scope, cursor, changes, more = time.perf_counter(), "", 0, 0, True
    while more:
        page = api.feed(scope, cursor)
        scope, cursor, more = page.scope, page.upto, page.more
        changes += len(page.changes)
    return changes, changes / (time.perf_counter() - begun)


def main() -> None:
    """A first sync, and a later one of ten thousand new orders."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        business = Business(folder)
        business.grows(count)
        store = Store.open(folder / "console.store", KEY)
        with served(folder) as api:
            changes, bare = thrown_away(api)
            baseline = ("the same pages over HTTPS, thrown away", bare)
            wall, processor = time.perf_counter(), time.process_time()
            follow(api, store, apply_page)
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            report("first sync over HTTPS: orders", changes, "orders")
            report("first sync over HTTPS", changes / wall, "orders/s", "≥ 20000", baseline)
            unit = "orders/s of the console's processor time"
            report("first sync over HTTPS", changes / processor, unit, "≥ 20000")
            business.grows(LATER)
            wall = time.perf_counter()
            later = follow(api, store, apply_page)
            wall = time.perf_counter() - wall
            report("later sync over HTTPS: new orders", later / wall, "rows/s", "≥ 9000", baseline)
        store.close()


if __name__ == "__main__":
    main()
