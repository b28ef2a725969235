"""The encrypted database file: how it is opened, read and written.

The only module of the console that imports SQLAlchemy. Everything else is given a ``Transaction``.
Readers see a snapshot and never wait; there is one writer at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from app.models.store import upgrades
from app.models.store.transaction import Transaction

KEY_BYTES: Final = 32
_PAGE_BYTES: Final = 16_384
# Checkpoint after about 190 MB of log: often enough to keep the log small, seldom enough that a
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


class Store:
    """An open local store. Safe to share between threads."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a store key has {KEY_BYTES} bytes")
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
            raw.execute("PRAGMA threads=2")
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
        # Only the first page: what fails later is damage, not the key.
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA user_version").scalar()
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        except DBAPIError as error:
            raise WrongKeyError(str(self.path)) from error

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
