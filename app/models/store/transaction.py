"""One transaction's view of the store, as every module that reads or writes it is given it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection

Values: TypeAlias = Sequence[Any]
Fields: TypeAlias = tuple[Any, ...]


def listed(values: Iterable[str | int]) -> str:
    """Values for ``IN (SELECT value FROM json_each(?))``: one parameter, however many there are."""
    return json.dumps(list(values))


class Transaction:
    """A transaction: parameters are positional, rows are plain tuples."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Values = ()) -> None:
        """Run one statement."""
        self._connection.exec_driver_sql(sql, tuple(values))

    def many(self, sql: str, rows: Iterable[Fields]) -> None:
        """Run one statement for each row of values, at the speed of the bare driver."""
        prepared = list(rows)
        if prepared:
            self._connection.exec_driver_sql(sql, prepared)

    def all(self, sql: str, values: Values = ()) -> list[Fields]:
        """Every row of a query."""
        result = self._connection.exec_driver_sql(sql, tuple(values))
        # The driver's own tuples: wrapping each row costs more than reading it.
        rows: list[Fields] = list(result.cursor.fetchall())
        result.close()
        return rows

    def one(self, sql: str, values: Values = ()) -> Fields | None:
        """The first row of a query, or None."""
        row = self._connection.exec_driver_sql(sql, tuple(values)).first()
        return None if row is None else tuple(row)

    def value(self, sql: str, values: Values = ()) -> Any:  # noqa: ANN401 - what a column holds
        """The first column of the first row, or None."""
        row = self.one(sql, values)
        return None if row is None else row[0]

    def stream(self, sql: str, values: Values = ()) -> Iterator[Fields]:
        """Rows one by one in constant memory, for exports and rebuilds."""
        for row in self._connection.exec_driver_sql(sql, tuple(values)):
            yield tuple(row)
