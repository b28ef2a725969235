"""The database of the payment services: runs flows, each in one transaction, on either engine.

A flow is ``flow(work, *arguments)``. What it raises undoes all it has written. The two engines
differ only here and in the modules named after them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Protocol, Self, TypeVar, TypeVarTuple

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError

from payments.store import feed
from payments.store.errors import DatabaseBusyError
from payments.store.finishing import finish
from payments.store.ids import ids
from payments.store.instants import milliseconds
from payments.store.merchants import EMBEDDED
from payments.store.work import Actor, Work

__all__ = ["Database", "DatabaseBusyError"]

Given = TypeVarTuple("Given")
T = TypeVar("T")
Transaction = Callable[[Connection], Any]


class Engine(Protocol):
    """What an engine does with a function of one connection; ``wrote`` hears of new feed heads."""

    async def write(self, transaction: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        """Run it in a transaction and commit; the whole of it again when that may help."""
        ...

    async def read(self, query: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        """Run it on a connection that nothing is written on."""
        ...

    async def changed(self, timeout_s: float) -> None:
        """Wait until some process may have written to the feed, at most for so long."""
        ...

    def wrote(self) -> None:
        """Wake up who waits in ``changed``, in this process and others."""
        ...

    async def close(self) -> None:
        """Give everything back."""
        ...


def _system_clock() -> datetime:
    return datetime.now(UTC)


def kind_of(url: str) -> str:
    """``sqlite`` or ``postgresql``. Raises ValueError for what is no address of such a database."""
    try:
        parts = make_url(url)
        kind, name = parts.get_backend_name(), parts.database
    except (ArgumentError, ValueError):
        kind, name = "", None
    # Without a file SQLite keeps everything in memory, and loses it.
    unkept = kind == "sqlite" and (not name or name == ":memory:")
    if kind not in {"sqlite", "postgresql"} or unkept:
        message = f"not a database that Suanpan runs on: {kind or 'no address'}"
        raise ValueError(message)
    return kind


class Database:
    """One merchant's database. Clock and ids are injected, so that years pass in seconds."""

    def __init__(
        self,
        engine: Engine,
        merchant: str = EMBEDDED,
        clock: Callable[[], datetime] = _system_clock,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self.merchant: Final = merchant
        self.engine: Final = engine
        self._clock = clock
        self._new_id = new_id or ids(clock)
        self._runner: asyncio.Runner | None = None

    @classmethod
    def open(
        cls,
        url: str,
        *,
        merchant: str = EMBEDDED,
        clock: Callable[[], datetime] = _system_clock,
        new_id: Callable[[], str] | None = None,
    ) -> Self:
        """Open ``sqlite:///path`` or ``postgresql://user@host/name``. Connects when first used.

        Raises ValueError for anything else; the URL, which may hold a password, is not repeated.
        """
        kind = kind_of(url)
        if kind == "sqlite":
            from payments.store.on_sqlite import SqliteEngine  # noqa: PLC0415 - one engine's driver

            return cls(SqliteEngine(url), merchant, clock, new_id)
        from payments.store.on_postgresql import PostgresqlEngine  # noqa: PLC0415 - likewise

        return cls(PostgresqlEngine(url), merchant, clock, new_id)

    def now_ms(self) -> int:
        """This instant on the injected clock, in milliseconds since 1970."""
        return milliseconds(self._clock())

    async def run(
        self,
        flow: Callable[[Work, *Given], T],
        *arguments: *Given,
        actor: Actor | None = None,
    ) -> T:
        """Run a flow in one transaction; what it answers is committed when it is returned.

        Raises what the flow raises, with nothing written; DatabaseBusyError when the database
        could not take it now.
        """
        head = 0

        def transaction(connection: Connection) -> T:
            nonlocal head
            work = self._work(connection, actor)
            result = flow(work, *arguments)
            finish(work)
            head = work.head
            return result

        result: T = await self.engine.write(transaction)
        if head:
            self.engine.wrote()
        return result

    async def read(
        self,
        query: Callable[[Work, *Given], T],
        *arguments: *Given,
        actor: Actor | None = None,
    ) -> T:
        """Run a query, which writes nothing. Raises what it raises, and DatabaseBusyError."""

        def transaction(connection: Connection) -> T:
            return query(self._work(connection, actor), *arguments)

        result: T = await self.engine.read(transaction)
        return result

    async def check(self) -> None:
        """Raises DatabaseBusyError unless the database answers."""
        await self.read(feed.head_of)

    async def changed(self, after: int, timeout_s: float) -> int:
        """The head of the feed as soon as it is beyond ``after``, or as it is after so long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        while (head := await self.read(feed.head_of)) <= after:
            left = until - loop.time()
            if left <= 0:
                break
            await self.engine.changed(left)
        return head

    def complete(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, for commands and scripts that have no event loop.

        A database that has been used so is used so throughout.
        """
        if self._runner is None:
            self._runner = asyncio.Runner()
        return self._runner.run(coroutine)

    def run_sync(
        self,
        flow: Callable[[Work, *Given], T],
        *arguments: *Given,
        actor: Actor | None = None,
    ) -> T:
        """``run`` for commands and scripts."""
        return self.complete(self.run(flow, *arguments, actor=actor))

    def read_sync(self, query: Callable[[Work, *Given], T], *arguments: *Given) -> T:
        """``read`` for commands and scripts."""
        return self.complete(self.read(query, *arguments))

    async def close(self) -> None:
        """End what is under way and give the connections back."""
        await self.engine.close()

    def close_sync(self) -> None:
        """``close`` for commands and scripts."""
        self.complete(self.close())
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close_sync()

    def _work(self, connection: Connection, actor: Actor | None) -> Work:
        return Work(connection, self.merchant, self._clock(), self._new_id, actor)
