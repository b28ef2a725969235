"""What every kind of record has in common in the store: upsert, removal, detail.

A kind is described by a ``Shelf``: its table, how a record becomes a row, what of it can be
searched and what it adds to the rollups. The record itself is kept as the JSON received, next to
the row, so that a detail pane shows exactly what the server sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from app.models.store.rollups import Deltas
from app.models.store.search import spaced
from app.models.store.transaction import Transaction, listed
from payments.contract.roles import Kind
from payments.contract.wire.records import Record

R = TypeVar("R", bound=Record)


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
    tally: Callable[[Deltas, R, int], None]


def put(
    db: Transaction, shelf: Shelf[R], bodies: Sequence[bytes], deltas: Deltas
) -> tuple[str, ...]:
    """Store records given as JSON; the ids of those that were newer than what is there.

    Raises msgspec.ValidationError for JSON that is no such record.
    """
    records = [(shelf.decoder.decode(body), body) for body in bodies]
    known = _known(db, shelf, (record.id for record, _ in records))
    fresh = [
        (record, body)
        for record, body in records
        if record.id not in known or known[record.id][1] < record.version
    ]
    before = _bodies(db, shelf, [known[record.id][0] for record, _ in fresh if record.id in known])
    next_row = 1 + int(db.value(f"SELECT coalesce(max(row), 0) FROM {shelf.table}"))
    rows, kept, words, stale = [], [], [], []
    for record, body in fresh:
        row, _ = known.get(record.id, (next_row, 0))
        old = before.get(row)
        if old is None:
            next_row += 1
        else:
            shelf.tally(deltas, old, -1)
        shelf.tally(deltas, record, 1)
        rows.append((row, *shelf.values(record)))
        kept.append((row, body))
        if old is None or shelf.words(old) != shelf.words(record):
            words.append((row, *map(spaced, shelf.words(record))))
            stale += [] if old is None else [(row,)]
    _write(db, shelf, rows, kept)
    _index(db, shelf, words, stale)
    return tuple(record.id for record, _ in fresh)


def _write(
    db: Transaction, shelf: Shelf[R], rows: list[tuple[Any, ...]], kept: list[tuple[int, bytes]]
) -> None:
    marks = ", ".join("?" * len(shelf.columns))
    db.many(
        f"INSERT OR REPLACE INTO {shelf.table} ({', '.join(shelf.columns)}) VALUES ({marks})", rows
    )
    db.many(f"INSERT OR REPLACE INTO {shelf.table}_bodies (row, body) VALUES (?, ?)", kept)


def _index(
    db: Transaction, shelf: Shelf[R], words: list[tuple[Any, ...]], stale: list[tuple[int]]
) -> None:
    db.many(f"DELETE FROM {shelf.table}_search WHERE rowid = ?", stale)
    marks = ", ".join("?" * (1 + len(shelf.searched)))
    db.many(
        f"INSERT INTO {shelf.table}_search (rowid, {', '.join(shelf.searched)}) VALUES ({marks})",
        words,
    )


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
        shelf.tally(deltas, old, -1)
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
