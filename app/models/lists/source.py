"""What a list reads: the first page of a query, the order of all of it, and its totals.

A list is described by a ``Source``. Everything here is plain work on a transaction, made to run on
another thread than the window's; SQLite does the heavy part in one statement without holding up
Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.models.lists.filters import Filter
from app.models.lists.query import Listed, Totals
from app.models.store.search import expression
from app.models.store.transaction import Transaction, listed
from payments.contract.roles import Kind

Row = TypeVar("Row")
Query = TypeVar("Query", bound=Listed)
RowNumbers: TypeAlias = NDArray[np.int32]

PAGE: Final = 128
_CHUNK: Final = 2_000
# Up to here looking records up one by one is faster than walking an index past all the others.
_FEW: Final = 5_000


class Searched(NamedTuple):
    """What a text found: the full-text part that gives row numbers, and its values."""

    rows: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Source(Generic[Row, Query]):
    """One list. ``sorts`` maps a column's key to what it is sorted by.

    ``restrict`` gives everything a query restricts but its text; ``count_quickly`` its totals
    where they are known without looking at the records, else None; ``sums`` names the amount and
    the expression of what was returned.
    """

    kind: Kind
    table: str
    line: Callable[[Sequence[Any]], Row]
    columns: tuple[str, ...]
    sorts: Mapping[str, str]
    restrict: Callable[[Transaction, Query], Filter]
    search: Callable[[Transaction, str], Searched]
    count_quickly: Callable[[Transaction, Query], Totals | None]
    sums: tuple[str, str]


@dataclass(frozen=True, slots=True)
class First(Generic[Row]):
    """The first page of a query; ``totals`` where they were at hand."""

    numbers: RowNumbers
    rows: list[Row]
    totals: Totals | None


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a query: the row numbers in their order, and the totals."""

    numbers: RowNumbers
    totals: Totals


def full_text(table: str, text: str) -> Searched:
    """Rows whose words match what was typed."""
    return Searched(
        f"SELECT rowid AS row FROM {table}_search WHERE {table}_search MATCH ?", (expression(text),)
    )


def first(db: Transaction, source: Source[Row, Query], query: Query) -> First[Row]:
    """The first page, found without ordering everything."""
    condition, found = _condition(db, source, query)
    columns = ", ".join(source.columns)
    rows = db.all(
        f"SELECT {columns} FROM {source.table} WHERE row IN (SELECT row FROM {source.table}"
        f"{condition.where}{_order(source, query)} LIMIT ?){_order(source, query)}",
        [*condition.values, PAGE],
    )
    numbers = np.array([row[0] for row in rows], dtype=np.int32)
    totals = source.count_quickly(db, query) if found is None else None
    return First(numbers, [source.line(row) for row in rows], totals)


def whole(db: Transaction, source: Source[Row, Query], query: Query) -> Whole:
    """The order of everything, and the totals."""
    found = _found(db, source, query)
    if found is None or len(found) > _FEW:
        numbers = _ordered(db, source, query, source.restrict(db, query))
        if found is not None:
            numbers = _only(numbers, found)
    else:
        numbers = _ordered(db, source, query, _condition(db, source, query)[0])
    totals = source.count_quickly(db, query) if found is None else None
    return Whole(numbers, totals or _totals(db, source, query))


def lines(db: Transaction, source: Source[Row, Query], numbers: Sequence[int]) -> dict[int, Row]:
    """The records with these row numbers; one that is gone is left out."""
    rows = db.all(
        f"SELECT {', '.join(source.columns)} FROM {source.table}"
        " WHERE row IN (SELECT value FROM json_each(?))",
        (listed(numbers),),
    )
    return {row[0]: source.line(row) for row in rows}


def each(db: Transaction, source: Source[Row, Query], query: Query) -> Iterator[Row]:
    """Every record of a query in its order, in constant memory but for the order itself."""
    numbers = whole(db, source, query).numbers
    for start in range(0, len(numbers), _CHUNK):
        page = numbers[start : start + _CHUNK].tolist()
        known = lines(db, source, page)
        yield from (known[number] for number in page)


def _found(db: Transaction, source: Source[Row, Query], query: Query) -> RowNumbers | None:
    if not expression(query.text):
        return None
    found = source.search(db, query.text)
    return _numbers(db, found.rows, found.values)


def _condition(
    db: Transaction, source: Source[Row, Query], query: Query
) -> tuple[Filter, int | None]:
    """The whole condition, and how many records the text alone finds (None without a text)."""
    condition = source.restrict(db, query)
    if not expression(query.text):
        return condition, None
    found = source.search(db, query.text)
    count = int(db.value(f"SELECT count(*) FROM ({found.rows})", found.values))
    # The plus keeps SQLite from looking up each match: with many it is faster to walk the index
    # of the list's order and ask of each entry whether it is among them.
    row = "row" if count <= _FEW else "+row"
    return condition.and_also(f"{row} IN ({found.rows})", found.values), count


def _order(source: Source[Row, Query], query: Query) -> str:
    direction = "DESC" if query.sort.descending else "ASC"
    by = (*source.sorts[query.sort.column].split(", "), "row")
    return " ORDER BY " + ", ".join(f"{column} {direction}" for column in by)


def _ordered(
    db: Transaction, source: Source[Row, Query], query: Query, condition: Filter
) -> RowNumbers:
    return _numbers(
        db,
        f"SELECT row FROM {source.table}{condition.where}{_order(source, query)}",
        condition.values,
    )


def _numbers(db: Transaction, rows: str, values: Sequence[Any]) -> RowNumbers:
    # One text from one statement: a million small Python objects would stall the window.
    text = db.value(f"SELECT group_concat(row) FROM ({rows})", values)
    return np.fromstring(text or "", dtype=np.int32, sep=",")


def _only(numbers: RowNumbers, wanted: RowNumbers) -> RowNumbers:
    last = int(max(numbers.max(initial=0), wanted.max(initial=0)))
    among = np.zeros(last + 1, dtype=np.bool_)
    among[wanted] = True
    return numbers[among[numbers]]


def _totals(db: Transaction, source: Source[Row, Query], query: Query) -> Totals:
    condition, _ = _condition(db, source, query)
    amount, returned = source.sums
    rows = db.all(
        f"SELECT currency, count(*), sum({amount}), sum({returned}) FROM {source.table}"
        f"{condition.where} GROUP BY currency ORDER BY currency",
        condition.values,
    )
    return totals_of(rows)


def totals_of(rows: Sequence[tuple[Any, ...]]) -> Totals:
    """Totals from (currency, count, amount, returned) of each currency."""
    return Totals(
        sum(row[1] for row in rows),
        {row[0]: row[2] for row in rows},
        {row[0]: row[3] for row in rows},
    )
