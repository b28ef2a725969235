"""The encrypted database file: how it is opened, read and written.

With ``transaction`` the only module of the console that imports SQLAlchemy; of ``sqlite3`` it takes
the numbers of errors only. Readers see a snapshot and never wait; there is one writer at a time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from app.models.store import upgrades
from app.models.store.transaction import Transaction

KEY_BYTES: Final = 32
_PAGE_BYTES: Final = 16_384
# Checkpoint after about 190 MB of log: often enough to keep the log small, seldom enough that a
# first sync is not spent copying the same pages again and again.
_CHECKPOINT_PAGES: Final = 12_000
# The writer touches every index of a page of changes; readers come back to the same few pages.
_WRITER_CACHE_KIB: Final = 65_536
_READER_CACHE_KIB: Final = 24_576
_READERS: Final = 6


class StoreError(Exception):
    """The local store cannot be used; the subclass says why."""


class WrongKeyError(StoreError):
    """The key does not open this store (or its very first page is destroyed)."""


class DamagedStoreError(StoreError):
    """The store opened but what it holds does not verify; it must be fetched again."""


class StoreUnavailableError(StoreError):
    """The file cannot be read or written: the disk is full, it may not be touched, or is in use."""


_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def _meaning(error: DBAPIError, path: Path, damage: type[StoreError]) -> StoreError | None:
    """What a driver's error says of the store, or None for a mistake of ours."""
    # The low byte is the error, what is above it its variety.
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _DAMAGED:
        return damage(str(path))
    return StoreUnavailableError(str(path)) if code in _UNAVAILABLE else None


class Store:
    """An open local store. Safe to share between threads."""

    def __init__(self, path: Path, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a store key has {KEY_BYTES} bytes")
        self.path = path
        self._writer = threading.Lock()
        self._reading = _engine(path, key, _READER_CACHE_KIB)
        self._writing = _engine(path, key, _WRITER_CACHE_KIB)

    @classmethod
    def open(cls, path: Path, key: bytes) -> Store:
        """Open the store at ``path``, made new where there is none, and bring its schema up to date.

        ``key`` is the raw 32-byte key. Raises WrongKeyError, DamagedStoreError,
        StoreUnavailableError, or ``upgrades.NewerStoreError`` for a store of a newer console.
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
            with self._writing.connect() as connection:
                connection.exec_driver_sql("PRAGMA user_version").scalar()
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        except DBAPIError as error:
            raise _meaning(error, self.path, WrongKeyError) or error from error.orig

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent snapshot of the store for as long as the block lasts."""
        with _transaction(self._reading, "BEGIN", self.path) as transaction:
            yield transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The one writing transaction: committed when the block ends, undone when it raises."""
        with self._writer, _transaction(self._writing, "BEGIN IMMEDIATE", self.path) as transaction:
            yield transaction

    def close(self) -> None:
        """Close every connection; the store cannot be used afterwards."""
        self._reading.dispose()
        self._writing.dispose()


def _engine(path: Path, key: bytes, cache_kib: int) -> Engine:
    def connect() -> Any:  # noqa: ANN401 - the driver is untyped
        raw = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None)
        raw.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        for setting in (
            f"cipher_page_size={_PAGE_BYTES}",
            # Processors have instructions for SHA-256 and mostly none for the default, SHA-512: a
            # page is checked in two thirds of the time, and every page read is checked.
            "cipher_hmac_algorithm=HMAC_SHA256",
            "cipher_log_level=NONE",
            "busy_timeout=10000",
            "temp_store=MEMORY",
            "threads=2",
            "synchronous=NORMAL",
            f"cache_size=-{cache_kib}",
            f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        ):
            raw.execute(f"PRAGMA {setting}")
        return raw

    return create_engine(
        "sqlite+pysqlite://",
        module=dbapi2,
        creator=connect,
        poolclass=QueuePool,
        pool_size=_READERS,
        max_overflow=-1,
    )


@contextmanager
def _transaction(engine: Engine, begin: str, path: Path) -> Iterator[Transaction]:
    try:
        # Leaving without a commit undoes everything.
        with engine.connect() as connection:
            connection.exec_driver_sql(begin)
            yield Transaction(connection)
            connection.commit()
    except DBAPIError as error:
        raise _meaning(error, path, DamagedStoreError) or error from error.orig
