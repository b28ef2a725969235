"""The views a user saves: a query under a name, kept in the store for each list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import msgspec

from app.models.lists.query import CaseQuery, OrderQuery, RefundQuery
from app.models.store.transaction import Transaction

Query = TypeVar("Query", OrderQuery, RefundQuery, CaseQuery)

_LISTS: Final = {OrderQuery: "orders", RefundQuery: "refunds", CaseQuery: "cases"}


@dataclass(frozen=True, slots=True)
class SavedView(Generic[Query]):
    """A query under the name the user gave it."""

    name: str
    query: Query


def save(db: Transaction, name: str, query: OrderQuery | RefundQuery | CaseQuery) -> None:
    """Keep a query under a name; one of the same name is replaced and keeps its place."""
    of = _LISTS[type(query)]
    db.execute(
        "INSERT INTO saved_views (list, name, position, query) VALUES (?, ?,"
        " (SELECT coalesce(max(position), 0) + 1 FROM saved_views WHERE list = ?), ?)"
        " ON CONFLICT (list, name) DO UPDATE SET query = excluded.query",
        (of, name, of, msgspec.json.encode(query).decode()),
    )


def remove(db: Transaction, name: str, query: type[Query]) -> None:
    """Forget the view of this name."""
    db.execute("DELETE FROM saved_views WHERE list = ? AND name = ?", (_LISTS[query], name))


def saved(db: Transaction, query: type[Query]) -> list[SavedView[Query]]:
    """The views of one list, in the order they were first saved."""
    rows = db.all(
        "SELECT name, query FROM saved_views WHERE list = ? ORDER BY position, name",
        (_LISTS[query],),
    )
    return [SavedView(name, msgspec.json.decode(text, type=query)) for name, text in rows]
