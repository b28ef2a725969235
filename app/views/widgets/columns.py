"""What a column of a record table is, and how a person's arrangement of columns is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtWidgets import QStyledItemDelegate

_NARROWEST: Final = 24
_WIDEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column: ``name`` for remembering and sorting, ``title`` a key of the catalogue.

    ``width`` in logical pixels. One column of a table ``stretches`` into the room that is left.
    Where the table is narrow, columns with the largest ``gives_way`` hide first; 0 never hides.
    """

    name: str
    title: str
    delegate: QStyledItemDelegate
    width: int = 120
    stretches: bool = False
    shown: bool = True
    gives_way: int = 0
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How a person has arranged the columns of one table: as preferences keep it."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def usual(cls, columns: Sequence[TableColumn]) -> Arrangement:
        """As the panel defines it."""
        return cls(
            tuple(column.name for column in columns),
            frozenset(column.name for column in columns if not column.shown),
            {column.name: column.width for column in columns},
        )

    def fitted(self, columns: Sequence[TableColumn]) -> Arrangement:
        """With new columns at the end, without those that are no more, with sane widths."""
        usual = Arrangement.usual(columns)
        known = [name for name in dict.fromkeys(self.order) if name in usual.order]
        new = [name for name in usual.order if name not in known]
        hidden = {name for name in self.hidden if name in known}
        widths = {
            name: min(width, _WIDEST)
            for name, width in self.widths.items()
            if name in known and width >= _NARROWEST
        }
        return Arrangement(
            (*known, *new),
            frozenset(hidden | {name for name in new if name in usual.hidden}),
            {**usual.widths, **widths},
        )
