"""SQLite: one thread writes, and commits what has gathered meanwhile as one transaction.

Full durability costs one wait for the disk per commit, however many requests share it: each runs
inside a savepoint of its own, a failing one is rolled back alone, and nobody is answered before
the commit. Queries run beside it on connections that cannot write.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from payments.store.errors import DatabaseBusyError, RowExistsError
from payments.store.wakeup import Wakeup

_GROUP: Final = 64
_READERS: Final = 2
_BUSY_MS: Final = 5000
# Nothing tells this process of what another has written: who waits looks for it.
_LOOK_EVERY_S: Final = 0.25

Transaction = Callable[[Connection], Any]


@dataclass(slots=True)
class _Request:
    transaction: Transaction
    answer: Future[Any] = field(default_factory=Future)
    result: Any = None


class SqliteEngine:
    """The embedded database in one file."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="database-reader")
        self._reading = _engine(url, writes=False)
        self._writer = threading.Thread(target=self._serve, name="database-writer", daemon=True)
        self._starting = threading.Lock()
        self._wakeup = Wakeup()

    async def write(self, transaction: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        """Run a function in a transaction, as ``database.Engine`` says."""
        request = _Request(transaction)
        with self._starting:
            if self._writer.ident is None:
                self._writer.start()
        self._requests.put(request)
        return await asyncio.wrap_future(request.answer)

    async def read(self, query: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        """Run a query, as ``database.Engine`` says."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._query, query)

    async def changed(self, timeout_s: float) -> None:
        """Wait until the feed may have changed, or for so long."""
        await self._wakeup.wait(min(timeout_s, _LOOK_EVERY_S))

    def wrote(self) -> None:
        """Wake up who waits for changes."""
        self._wakeup.set()

    async def close(self) -> None:
        """Give everything back."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        if self._writer.ident is not None:
            self._requests.put(None)
            self._writer.join()
        self._readers.shutdown()
        self._reading.dispose()

    def _query(self, query: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        try:
            with self._reading.connect() as connection, connection.begin():
                return query(connection)
        except (DBAPIError, sqlite3.Error) as error:
            raise _as_told(error) from error

    def _serve(self) -> None:
        engine = _engine(self._url, writes=True)
        try:
            while (first := self._requests.get()) is not None:
                group, ends = self._group(first)
                _run_group(engine, group)
                if ends:
                    break
        finally:
            engine.dispose()

    def _group(self, first: _Request) -> tuple[list[_Request], bool]:
        """Everything that waits already, up to a limit; and whether the end was among it."""
        group = [first]
        with suppress(queue.Empty):
            while len(group) < _GROUP:
                request = self._requests.get_nowait()
                if request is None:
                    return group, True
                group.append(request)
        return group, False


def _run_group(engine: Engine, group: Sequence[_Request]) -> None:
    """Run requests in one transaction and answer them when it has been committed."""
    running = [request for request in group if request.answer.set_running_or_notify_cancel()]
    try:
        with engine.connect() as connection, connection.begin():
            kept = [request for request in running if _run_one(connection, request)]
    except Exception as error:  # noqa: BLE001 - the only writer must live on, every caller be told
        busy = DatabaseBusyError(str(error.orig if isinstance(error, DBAPIError) else error))
        busy.__cause__ = error
        for request in running:
            if not request.answer.done():
                request.answer.set_exception(busy)
        return
    for request in kept:
        request.answer.set_result(request.result)


class _TransactionLostError(Exception):
    """SQLite has given up the whole transaction (disk full, input/output error)."""


def _run_one(connection: Connection, request: _Request) -> bool:
    """Run one request in a savepoint; False when it failed and has been told so."""
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # the driver's
    raw.execute("SAVEPOINT request")
    try:
        request.result = request.transaction(connection)
    except BaseException as error:  # whatever a flow raises is its caller's
        if not raw.in_transaction:
            raise _TransactionLostError(str(error)) from error
        raw.execute("ROLLBACK TO request")
        raw.execute("RELEASE request")
        request.answer.set_exception(_as_told(error))
        return False
    raw.execute("RELEASE request")
    return True


def _as_told(error: BaseException) -> BaseException:
    """What a caller is told of a driver's error, whether or not it came through SQLAlchemy."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver, sqlite3.OperationalError) or type(driver) is sqlite3.DatabaseError:
        told: BaseException = DatabaseBusyError(str(driver))
    elif isinstance(driver, sqlite3.IntegrityError):
        told = RowExistsError(str(driver))
    else:
        return error
    told.__cause__ = error
    return told


def _engine(url: str, *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else _READERS,
        max_overflow=0,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    pragmas = (
        f"PRAGMA busy_timeout={_BUSY_MS}",
        "PRAGMA journal_mode=WAL" if writes else "PRAGMA query_only=ON",
        "PRAGMA synchronous=FULL",
        "PRAGMA foreign_keys=ON",
        "PRAGMA cache_size=-16384",
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer that starts as a reader could find its snapshot outdated when it writes.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
