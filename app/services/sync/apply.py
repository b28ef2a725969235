"""Applying the change feed to the local store: rows, figures, search and cursor in one transaction.

Whatever is interrupted, repeated or fetched twice, the store ends up as a fresh sync would leave
it: a change counts once, by its number, and a fresh run removes at its end what it did not bring.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.models.store import meta, records, schema
from app.models.store.database import Store
from app.models.store.rollups import Deltas
from app.models.store.shelf import put, remove
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind
from payments.contract.wire.feed import Change, FeedCheck, FeedPage

_GONE: Final = b"null"
# Newer than any change: a sweep removes a record whatever its version.
_ANY_VERSION: Final = 2**63 - 1


class GapError(Exception):
    """A page does not follow what the store holds: something was lost; check or start again."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a page changed: ids by kind.

    ``everything`` is set by pages of a first sync or a fresh run: lists are better shown anew.
    """

    changed: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    removed: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    everything: bool = False


def apply_page(store: Store, page: FeedPage) -> Changed:
    """Apply one page of the feed; one that was applied before changes nothing.

    Raises GapError for a page that begins after the store's cursor or belongs to another scope,
    msgspec.ValidationError for a body that is no such record; the store is then as before.
    """
    with store.writing() as db:
        if page.restart:
            _start_over(db)
        cursor = meta.cursor(db)
        _refuse_gap(db, page, cursor)
        if cursor == 0 and page.more and records.is_empty(db):
            schema.drop_indexes(db)
            meta.put(db, meta.LOADING, "yes")
        # Only the last state of a record counts, also where a page brings more than one.
        last = {(change.kind, change.id): change for change in page.changes if change.seq > cursor}
        changed, removed = _apply(db, tuple(last.values()))
        everything = bool(meta.get(db, meta.LOADING) or meta.get(db, meta.SWEEPING))
        meta.put(db, meta.CURSOR, str(max(cursor, page.upto)))
        meta.put(db, meta.SCOPE, page.scope)
        if not page.more and meta.get(db, meta.SWEEPING):
            _sweep(db)
        loaded = not page.more and bool(meta.get(db, meta.LOADING))
    if loaded:
        _end_loading(store)
    return Changed(changed, removed, everything)


def _start_over(db: Transaction) -> None:
    db.execute("DELETE FROM brought")
    meta.put(db, meta.CURSOR, "")
    meta.put(db, meta.SCOPE, "")
    meta.put(db, meta.SWEEPING, "" if records.is_empty(db) else "yes")


def _refuse_gap(db: Transaction, page: FeedPage, cursor: int) -> None:
    if page.after > cursor:
        message = f"page begins after {page.after}, the store has come to {cursor}"
        raise GapError(message)
    scope = meta.get(db, meta.SCOPE)
    if scope not in {"", page.scope}:
        message = f"page is of scope {page.scope}, the store of {scope}"
        raise GapError(message)


def _apply(
    db: Transaction, fresh: Sequence[Change]
) -> tuple[dict[Kind, tuple[str, ...]], dict[Kind, tuple[str, ...]]]:
    deltas = Deltas(meta.calendar(db))
    changed, removed = {}, {}
    kept = defaultdict[Kind, list[tuple[str, bytes]]](list)
    gone = defaultdict[Kind, list[tuple[str, int]]](list)
    for change in fresh:
        body = bytes(change.body)
        if body == _GONE:
            gone[change.kind].append((change.id, change.seq))
        else:
            kept[change.kind].append((change.id, body))
    for kind, shelf in records.SHELVES.items():
        if kind in kept and (ids := put(db, shelf, kept[kind], deltas)):
            changed[kind] = ids
        if kind in gone and (ids := remove(db, shelf, gone[kind], deltas)):
            removed[kind] = ids
    deltas.save(db)
    if meta.get(db, meta.SWEEPING):
        db.many(
            "INSERT OR IGNORE INTO brought (kind, id) VALUES (?, ?)",
            [(change.kind.value, change.id) for change in fresh],
        )
    return changed, removed


def _end_loading(store: Store) -> None:
    # One index at a time, so that whoever wants to write (a decision of the user) waits for one of
    # them only. When this is interrupted, the next page goes on with what is missing.
    for name in schema.INDEXES:
        with store.writing() as db:
            schema.create_index(db, name)
    with store.writing() as db:
        schema.merge_search(db)
        schema.analyze(db)
        meta.put(db, meta.LOADING, "")


def _sweep(db: Transaction) -> None:
    deltas = Deltas(meta.calendar(db))
    for kind, shelf in records.SHELVES.items():
        left = db.all(
            f"SELECT id FROM {shelf.table} WHERE id NOT IN (SELECT id FROM brought WHERE kind = ?)",
            (kind.value,),
        )
        remove(db, shelf, [(key, _ANY_VERSION) for (key,) in left], deltas)
    deltas.save(db)
    db.execute("DELETE FROM brought")
    meta.put(db, meta.SWEEPING, "")


def check(store: Store, expected: FeedCheck) -> bool:
    """Whether the store holds what the server says a console that has come to ``at`` must hold.

    A check as of another moment or scope says nothing about this store and passes.
    """
    with store.reading() as db:
        if (expected.scope, expected.at) != (meta.get(db, meta.SCOPE), meta.cursor(db)):
            return True
        for kind, shelf in records.SHELVES.items():
            held = db.one(f"SELECT count(*), coalesce(sum(version), 0) FROM {shelf.table}")
            if held != (expected.counts.get(kind, 0), expected.version_sums.get(kind, 0)):
                return False
    return True


def start_afresh(store: Store) -> None:
    """Forget what was synced, for when a check fails; the next page must begin at 0."""
    with store.writing() as db:
        records.forget(db)
