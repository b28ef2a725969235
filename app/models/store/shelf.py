"""What every kind of record has in common in the store: upsert, removal, detail.

A kind is described by a ``Shelf``: its table, how a record becomes a row, what of it can be
searched and what it adds to the rollups. The record itself is kept as the JSON received, next to
the row, so that a detail pane shows exactly what the server sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from app.models.store.rollups import Deltas
from app.models.store.search import spaced
from app.models.store.transaction import Fields, Transaction, listed
from payments.contract.roles import Kind
from payments.contract.wire.records import Record

R = TypeVar("R", bound=Record)

# How many records are replaced at a time: their old pages (16 MB) fit in the writer's cache.
_PART: Final = 1_000


@dataclass(frozen=True, slots=True)
class Shelf(Generic[R]):
    """How one kind of record is kept.

    ``columns`` begin with row, id, version; ``values`` gives all of them but the row; ``searched``
    names what ``words`` gives.
    """

    kind: Kind
    table: str
    decoder: msgspec.json.Decoder[R]
    columns: tuple[str, ...]
    values: Callable[[R], tuple[Any, ...]]
    searched: tuple[str, ...]
    words: Callable[[R], tuple[str, ...]]
    tally: Callable[[Deltas, R, Sequence[Any], int], None]


class _Batch(Generic[R]):
    """What a page of records does to the tables of one kind."""

    def __init__(self, shelf: Shelf[R], deltas: Deltas) -> None:
        self._shelf = shelf
        self._deltas = deltas
        self._rows: list[Fields] = []
        self._bodies: list[tuple[int, bytes]] = []
        self._new_bodies: list[tuple[bytes, int]] = []
        self._words: list[Fields] = []
        self._stale: list[tuple[int]] = []
        # By the columns that changed, so that only their indexes are touched.
        self._updates: dict[tuple[str, ...], list[Fields]] = defaultdict(list)

    def add(self, row: int, record: R, body: bytes) -> None:
        """A record that was not there."""
        values = self._shelf.values(record)
        self._shelf.tally(self._deltas, record, values, 1)
        self._rows.append((row, *values))
        self._bodies.append((row, body))
        self._words.append((row, *map(spaced, self._shelf.words(record))))

    def replace(self, row: int, old: R, record: R, body: bytes) -> None:
        """A newer state of a record: it first takes back what its old state had added."""
        before, now = self._shelf.values(old), self._shelf.values(record)
        self._shelf.tally(self._deltas, old, before, -1)
        self._shelf.tally(self._deltas, record, now, 1)
        names = self._shelf.columns[1:]
        changed = [at for at in range(len(names)) if before[at] != now[at]]
        self._updates[tuple(names[at] for at in changed)].append(
            (*(now[at] for at in changed), row)
        )
        self._new_bodies.append((body, row))
        words = self._shelf.words(record)
        if self._shelf.words(old) != words:
            self._words.append((row, *map(spaced, words)))
            self._stale.append((row,))

    def write(self, db: Transaction) -> None:
        """Write everything, one statement for each table."""
        table, columns, searched = self._shelf.table, self._shelf.columns, self._shelf.searched
        db.many(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(columns)})", self._rows
        )
        for names, rows in self._updates.items():
            changes = ", ".join(f"{name} = ?" for name in names)
            db.many(f"UPDATE {table} SET {changes} WHERE row = ?", rows)
        db.many(f"INSERT INTO {table}_bodies (row, body) VALUES (?, ?)", self._bodies)
        db.many(f"UPDATE {table}_bodies SET body = ? WHERE row = ?", self._new_bodies)
        db.many(f"DELETE FROM {table}_search WHERE rowid = ?", self._stale)
        db.many(
            f"INSERT INTO {table}_search (rowid, {', '.join(searched)})"
            f" VALUES (?, {_marks(searched)})",
            self._words,
        )


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


def put(
    db: Transaction, shelf: Shelf[R], bodies: Sequence[tuple[str, bytes]], deltas: Deltas
) -> tuple[str, ...]:
    """Store records given as id and JSON; the ids of those that were newer than what is there.

    Raises msgspec.ValidationError for JSON that is no such record.
    """
    known = _known(db, shelf, (key for key, _ in bodies))
    fresh = [(key, body) for key, body in bodies if key not in known]
    changed = {*_add(db, shelf, fresh, deltas)}
    # In the order of the rows and a part at a time, so that a page of the file that holds an old
    # state is still at hand when the new one is written.
    older = sorted((*known[key], body, key) for key, body in bodies if key in known)
    for start in range(0, len(older), _PART):
        changed.update(_replace(db, shelf, older[start : start + _PART], deltas))
    return tuple(key for key, _ in bodies if key in changed)


def _add(
    db: Transaction, shelf: Shelf[R], bodies: Sequence[tuple[str, bytes]], deltas: Deltas
) -> list[str]:
    first = 1 + int(db.value(f"SELECT coalesce(max(row), 0) FROM {shelf.table}"))
    batch = _Batch(shelf, deltas)
    for row, (_, body) in enumerate(bodies, first):
        batch.add(row, shelf.decoder.decode(body), body)
    batch.write(db)
    return [key for key, _ in bodies]


def _replace(
    db: Transaction,
    shelf: Shelf[R],
    bodies: Sequence[tuple[int, int, bytes, str]],
    deltas: Deltas,
) -> list[str]:
    before = _bodies(db, shelf, [row for row, *_ in bodies])
    batch = _Batch(shelf, deltas)
    changed = []
    for row, version, body, key in bodies:
        record = shelf.decoder.decode(body)
        if version < record.version:
            batch.replace(row, before[row], record, body)
            changed.append(key)
    batch.write(db)
    return changed


def remove(
    db: Transaction, shelf: Shelf[R], removals: Iterable[tuple[str, int]], deltas: Deltas
) -> tuple[str, ...]:
    """Take records away that left the user's view; each with the number of that change.

    A record that is newer than its removal stays. The ids that were there.
    """
    wanted = dict(removals)
    known = _known(db, shelf, wanted)
    gone = {key: row for key, (row, version) in known.items() if version <= wanted[key]}
    for old in _bodies(db, shelf, gone.values()).values():
        shelf.tally(deltas, old, shelf.values(old), -1)
    rows = [(row,) for row in gone.values()]
    db.many(f"DELETE FROM {shelf.table}_search WHERE rowid = ?", rows)
    db.many(f"DELETE FROM {shelf.table}_bodies WHERE row = ?", rows)
    db.many(f"DELETE FROM {shelf.table} WHERE row = ?", rows)
    return tuple(gone)


def _known(db: Transaction, shelf: Shelf[R], ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    found = db.all(
        f"SELECT id, row, version FROM {shelf.table} WHERE id IN (SELECT value FROM json_each(?))",
        (listed(ids),),
    )
    return {key: (row, version) for key, row, version in found}


def _bodies(db: Transaction, shelf: Shelf[R], rows: Iterable[int]) -> dict[int, R]:
    found = db.all(
        f"SELECT row, body FROM {shelf.table}_bodies WHERE row IN (SELECT value FROM json_each(?))",
        (listed(rows),),
    )
    return {row: shelf.decoder.decode(body) for row, body in found}


def detail_of(db: Transaction, shelf: Shelf[R], record_id: str) -> R | None:
    """The whole record as the server sent it, or None when it is not in the store."""
    body = db.value(
        f"SELECT body FROM {shelf.table} JOIN {shelf.table}_bodies USING (row) WHERE id = ?",
        (record_id,),
    )
    return None if body is None else shelf.decoder.decode(body)
