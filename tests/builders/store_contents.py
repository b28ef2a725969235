"""Everything a store holds, as plain values: to compare two stores that came about differently."""

from __future__ import annotations

from typing import Any

from app.models.store.database import Store
from app.models.store.records import SHELVES
from app.models.store.search import expression

_KEYED = ("day_figures", "month_figures", "day_counts", "month_counts", "brought", "meta")


def contents(store: Store, *, words: tuple[str, ...] = ()) -> dict[str, Any]:
    """All tables but for the numbers of rows, which depend on the order of arrival.

    What can be searched is compared by what each of ``words`` finds.
    """
    held: dict[str, Any] = {}
    with store.reading() as db:
        for shelf in SHELVES.values():
            columns = ", ".join(column for column in shelf.columns if column != "row")
            held[shelf.table] = db.all(
                f"SELECT {columns}, body FROM {shelf.table}"
                f" JOIN {shelf.table}_bodies USING (row) ORDER BY id"
            )
            held[f"{shelf.table}_bodies"] = db.value(f"SELECT count(*) FROM {shelf.table}_bodies")
            held[f"{shelf.table}_search"] = db.value(f"SELECT count(*) FROM {shelf.table}_search")
            for word in words:
                held[f"{shelf.table} with {word}"] = db.all(
                    f"SELECT id FROM {shelf.table} WHERE row IN (SELECT rowid FROM"
                    f" {shelf.table}_search WHERE {shelf.table}_search MATCH ?) ORDER BY id",
                    (expression(word),),
                )
        for table in _KEYED:
            held[table] = sorted(db.all(f"SELECT * FROM {table}"))
        held["indexes"] = sorted(
            db.all("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        )
    return held
