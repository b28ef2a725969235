"""Statements of the busy paths: compiled once per database, run on the driver's own cursor.

SQLAlchemy's execution costs more than SQLite's; a payment is some twenty statements. Here the
driver's rows come back as they are: tuples, and truth values as the database keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.sql import ClauseElement

from payments.store.upserts import Upsert
from payments.store.work import Work

Parameters = Mapping[str, Any]
_Form = tuple[str, tuple[tuple[str, Any], ...]]


class Prepared:
    """A statement without expanding parameters, always run with the same names of parameters."""

    def __init__(self, statement: ClauseElement | Upsert) -> None:
        self._statement: Final = statement
        self._forms: dict[str, _Form] = {}

    def rows(self, work: Work, parameters: Parameters) -> list[tuple[Any, ...]]:
        """Run it; the rows it answers."""
        cursor = work.connection.connection.cursor()
        try:
            cursor.execute(*self._bound(work.connection, parameters))
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def first(self, work: Work, parameters: Parameters) -> tuple[Any, ...] | None:
        """Run it; the first row it answers, or None."""
        rows = self.rows(work, parameters)
        return rows[0] if rows else None

    def run(self, work: Work, parameters: Parameters) -> int:
        """Run it; how many rows it has changed."""
        cursor = work.connection.connection.cursor()
        try:
            cursor.execute(*self._bound(work.connection, parameters))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_each(self, work: Work, parameters: Sequence[Parameters]) -> None:
        """Run it once with each of these."""
        if len(parameters) == 1:
            self.run(work, parameters[0])
            return
        bound = [self._bound(work.connection, one) for one in parameters]
        cursor = work.connection.connection.cursor()
        try:
            cursor.executemany(bound[0][0], [values for _, values in bound])
        finally:
            cursor.close()

    def _bound(self, connection: Connection, parameters: Parameters) -> tuple[str, tuple[Any, ...]]:
        name = connection.dialect.name
        form = self._forms.get(name) or self._compiled(connection, parameters)
        text, places = form
        return text, tuple([parameters.get(place, default) for place, default in places])

    def _compiled(self, connection: Connection, parameters: Parameters) -> _Form:
        statement = self._statement
        if isinstance(statement, Upsert):
            statement = statement.on(connection)
        compiled: Any = statement.compile(dialect=connection.dialect, column_keys=list(parameters))
        values = compiled.params
        form = str(compiled), tuple((name, values[name]) for name in compiled.positiontup)
        self._forms[connection.dialect.name] = form
        return form
