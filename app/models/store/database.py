"""The encrypted database file: how it is opened, read and written.

The only module of the console that imports SQLAlchemy. Everything else is given a ``Transaction``.
Readers see a snapshot and never wait; there is one writer at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from app.models.store import upgrades

Values: TypeAlias = Sequence[Any]

KEY_BYTES: Final = 32
_PAGE_BYTES: Final = 16_384
# Checkpoint after about 64 MB of log: often enough to keep the log small, seldom enough that a
# first sync is not spent copying the same pages again and again.
_CHECKPOINT_PAGES: Final = 4_000
_CACHE_KIB: Final = 65_536
_READERS: Final = 6


class StoreError(Exception):
    """The local store cannot be used; the subclass says why."""


class WrongKeyError(StoreError):
    """The key does not open this store (or its very first page is destroyed)."""


class DamagedStoreError(StoreError):
    """The store opened but what it holds does not verify; it must be fetched again."""


class Transaction:
    """One transaction's view of the store: parameters are positional, rows are tuples."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run one statement; the number of rows it touched."""
        return self._connection.exec_driver_sql(sql, tuple(values)).rowcount

    def many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each row of values, at the speed of the bare driver."""
        prepared = list(rows)
        if prepared:
            self._connection.exec_driver_sql(sql, prepared)

    def all(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Every row of a query."""
        cursor = self._connection.exec_driver_sql(sql, tuple(values))
        return [tuple(row) for row in cursor]

    def one(self, sql: str, values: Values = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        row = self._connection.exec_driver_sql(sql, tuple(values)).first()
        return None if row is None else tuple(row)

    def value(self, sql: str, values: Values = ()) -> Any:  # noqa: ANN401 - what a column holds
        """The first column of the first row, or None."""
        row = self.one(sql, values)
        return None if row is None else row[0]

    def stream(self, sql: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """Rows one by one in constant memory, for exports and rebuilds."""
        cursor = self._connection.exec_driver_sql(sql, tuple(values))
        for row in cursor:
            yield tuple(row)


class Store:
    """An open local store. Safe to share between threads."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a store key has {KEY_BYTES} bytes")  # noqa: EM102 - one short line
        self.path = path
        self._writer = threading.Lock()
        hexadecimal = key.hex()

        def connect() -> Any:  # noqa: ANN401 - the driver is untyped
            raw = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None)
            raw.execute(f"PRAGMA key=\"x'{hexadecimal}'\"")
            raw.execute(f"PRAGMA cipher_page_size={_PAGE_BYTES}")
            raw.execute("PRAGMA cipher_log_level=NONE")
            raw.execute("PRAGMA foreign_keys=ON")
            raw.execute("PRAGMA busy_timeout=10000")
            raw.execute("PRAGMA temp_store=MEMORY")
            raw.execute("PRAGMA synchronous=NORMAL")
            raw.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
            raw.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
            return raw

        self._engine = create_engine(
            "sqlite+pysqlite://",
            module=dbapi2,
            creator=connect,
            poolclass=QueuePool,
            pool_size=_READERS,
            max_overflow=-1,
            skip_autocommit_rollback=False,
        )

    @classmethod
    def open(cls, path: Path, key: bytes) -> Store:
        """Open the store at ``path``, made new where there is none, and bring its schema up to date.

        ``key`` is the raw 32-byte key. Raises WrongKeyError, DamagedStoreError, or
        ``upgrades.NewerStoreError`` for a store written by a newer console.
        """
        store = cls(path, key)
        try:
            store._prove_key()
            with store.writing() as db:
                upgrades.upgrade(db)
        except BaseException:
            store.close()
            raise
        return store

    def _prove_key(self) -> None:
        with self._engine.connect() as connection:
            try:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
            except DBAPIError as error:
                raise WrongKeyError(str(self.path)) from error
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent snapshot of the store for as long as the block lasts."""
        with self._transaction("BEGIN") as transaction:
            yield transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The one writing transaction: committed when the block ends, undone when it raises."""
        with self._writer, self._transaction("BEGIN IMMEDIATE") as transaction:
            yield transaction

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Transaction]:
        with self._engine.connect() as connection:
            try:
                connection.exec_driver_sql(begin)
                yield Transaction(connection)
                connection.commit()
            except DBAPIError as error:
                connection.rollback()
                if isinstance(error.orig, dbapi2.OperationalError | dbapi2.IntegrityError):
                    raise
                raise DamagedStoreError(str(self.path)) from error

    def close(self) -> None:
        """Close every connection; the store cannot be used afterwards."""
        self._engine.dispose()
