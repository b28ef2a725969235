"""Numbered upgrades of the store: each brings the version before it one step further.

An upgrade that has been released is never edited; its test opens a store of every older version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from app.models.store import schema
from app.models.store.transaction import Transaction

Upgrade: TypeAlias = Callable[[Transaction], None]


class NewerStoreError(Exception):
    """The store was written by a newer console; this one would damage it."""


def _first(db: Transaction) -> None:
    for statement in schema.TABLES:
        db.execute(statement)
    schema.create_indexes(db)


def _every_sort(db: Transaction) -> None:
    """An index for every column the orders can be sorted by."""
    schema.create_indexes(db)


# The upgrade at position n brings a store from version n to version n + 1.
UPGRADES: Final[tuple[Upgrade, ...]] = (_first, _every_sort)


def upgrade(db: Transaction, upgrades: Sequence[Upgrade] = UPGRADES) -> None:
    """Bring the store to the newest version. Raises NewerStoreError and changes nothing."""
    version = int(db.value("PRAGMA user_version"))
    if version > len(upgrades):
        message = f"version {version}, newest known is {len(upgrades)}"
        raise NewerStoreError(message)
    for number, step in enumerate(upgrades[version:], version + 1):
        step(db)
        db.execute(f"PRAGMA user_version = {number}")
