"""PostgreSQL: a pool of connections, whole functions run again where the database says so.

Rows are locked before they are judged, so READ COMMITTED is enough; what deadlocks, or adds what
another has just added, is run again as a whole. Other processes hear of changes by NOTIFY, sent
by one notifier per process and at most twenty times a second: inside every transaction it would
serialise the commits.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, make_url, text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from payments.store.errors import DatabaseBusyError, RowExistsError
from payments.store.wakeup import Wakeup

# Serialisation failure, deadlock; a unique row added by another since this function looked.
_RUN_AGAIN: Final = frozenset({"40001", "40P01", "23505"})
_TRIES: Final = 5
_PAUSE_S: Final = 0.01
_POOL: Final = 10
_WAIT_S: Final = 10
_NOTIFY_EVERY_S: Final = 0.05
# A notification may be lost with its connection: who waits also looks.
_LOOK_EVERY_S: Final = 2.0
_CHANNEL: Final = "suanpan_feed"
_NOTIFY: Final = text(f"NOTIFY {_CHANNEL}")

# Connection errors and an administrator's shutdown; rules that a row must keep.
_LOST: Final = ("08", "57P")
# Not let in, no such database, no room: nothing was done, and a person or time can cure it.
_CLOSED: Final = ("28", "3D", "53")
_ROW_RULES: Final = "23"
_Driver: Final = AsyncAdapt_asyncpg_dbapi
_TROUBLE: Final = (DBAPIError, _Driver.Error, PoolTimeoutError, OSError)

Transaction = Callable[[Connection], Any]


class PostgresqlEngine:
    """A PostgreSQL database, used from one event loop."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url).set(drivername="postgresql+asyncpg")
        self._engine: AsyncEngine = create_async_engine(
            self._url,
            pool_size=_POOL,
            max_overflow=0,
            pool_timeout=_WAIT_S,
        )
        self._wakeup = Wakeup()
        self._listener: asyncpg.Connection | None = None
        self._notifying: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()

    async def write(self, transaction: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        """Run a function in a transaction, as ``database.Engine`` says."""
        for attempt in range(1, _TRIES + 1):
            done = _Marked(transaction)
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(done)
            except _TROUBLE as error:
                # A connection lost while committing leaves open whether it was: not run again.
                curable = _state_of(error) in _RUN_AGAIN or (_is_lost(error) and not done.ended)
                await self._drop_if_lost(error)
                if not curable or attempt == _TRIES:
                    raise _as_told(error) from error
            await asyncio.sleep(random.uniform(0, _PAUSE_S * 2**attempt))  # noqa: S311 - a pause
        raise AssertionError(_TRIES)

    async def read(self, query: Transaction) -> Any:  # noqa: ANN401 - what the function answers
        """Run a query, as ``database.Engine`` says."""
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._engine.connect() as connection:
                    return await connection.run_sync(query)
            except _TROUBLE as error:
                await self._drop_if_lost(error)
                if not _is_lost(error) or attempt == _TRIES:
                    raise _as_told(error) from error
        raise AssertionError(_TRIES)

    async def changed(self, timeout_s: float) -> None:
        """Wait until the feed may have changed, or for so long."""
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._listen()
        await self._wakeup.wait(min(timeout_s, _LOOK_EVERY_S))

    def wrote(self) -> None:
        """Wake up who waits for changes."""
        self._wakeup.set()
        if self._notifying is None or self._notifying.done():
            self._notifying = asyncio.get_running_loop().create_task(self._notify())

    async def close(self) -> None:
        """Give everything back."""
        if self._notifying is not None:
            await asyncio.gather(self._notifying, return_exceptions=True)
        if self._listener is not None:
            await self._listener.close()
        await self._engine.dispose()

    async def _drop_if_lost(self, error: BaseException) -> None:
        """Where one connection has gone the others in the pool have too: start afresh."""
        if _is_lost(error):
            await self._engine.dispose()

    async def _notify(self) -> None:
        await asyncio.sleep(_NOTIFY_EVERY_S)
        # Who is not told finds out by looking every other second.
        with suppress(DBAPIError, PoolTimeoutError, OSError):
            async with self._engine.begin() as connection:
                await connection.execute(_NOTIFY)

    async def _listen(self) -> None:
        async with self._connecting:
            if self._listener is not None and not self._listener.is_closed():
                return
            plain = self._url.set(drivername="postgresql")
            self._listener = await asyncpg.connect(plain.render_as_string(hide_password=False))
            await self._listener.add_listener(_CHANNEL, self._heard)

    def _heard(self, *_said: object) -> None:
        self._wakeup.set()


class _Marked:
    """A function of a connection that remembers having ended: what follows is the commit."""

    def __init__(self, transaction: Transaction) -> None:
        self.ended = False
        self._transaction = transaction

    def __call__(self, connection: Connection) -> Any:  # noqa: ANN401 - what the function answers
        result = self._transaction(connection)
        self.ended = True
        return result


def _driver_error(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


def _state_of(error: BaseException) -> str:
    return str(getattr(_driver_error(error), "sqlstate", None) or "")


def _is_lost(error: BaseException) -> bool:
    """Whether the connection had gone: closed under us, or by the server on its way down."""
    state = _state_of(error)
    closed = isinstance(_driver_error(error), _Driver.InterfaceError) and not state
    return closed or state.startswith(_LOST)


def _as_told(error: BaseException) -> Exception:
    """What a caller is told of a driver's error, whether or not it came through SQLAlchemy."""
    driver, state = _driver_error(error), _state_of(error)
    if state.startswith(_ROW_RULES):
        return RowExistsError(str(driver))
    if isinstance(error, PoolTimeoutError | OSError) or _is_lost(error) or state in _RUN_AGAIN:
        return DatabaseBusyError(str(driver))
    if isinstance(driver, _Driver.OperationalError) or state.startswith(_CLOSED):
        return DatabaseBusyError(str(driver))
    if isinstance(error, Exception):
        return error
    raise AssertionError(error)
