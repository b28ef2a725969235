"""INSERT … ON CONFLICT, which both databases know but SQLAlchemy spells once per database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


class Upsert:
    """Inserts a row; when one with the same ``unique`` columns exists, changes ``changed``.

    Without ``changed`` the row that exists stays as it is.
    """

    def __init__(
        self,
        table: Table,
        unique: Sequence[str],
        changed: Sequence[str] = (),
        *,
        returning: str = "",
    ) -> None:
        self._forms: Final[dict[str, Insert]] = {}
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
            insert = dialect.insert(table)
            if changed:
                new = {column: insert.excluded[column] for column in changed}
                form = insert.on_conflict_do_update(index_elements=unique, set_=new)
            else:
                form = insert.on_conflict_do_nothing(index_elements=unique)
            self._forms[name] = form.returning(table.c[returning]) if returning else form

    def on(self, connection: Connection) -> Insert:
        """The statement for the database of this connection."""
        return self._forms[connection.dialect.name]
