"""What a column of a record table is, and how a person's arrangement of columns is remembered."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from PySide6.QtWidgets import QStyledItemDelegate

# Anything that keeps small values by name between runs; the values are JSON-like.
Preferences: TypeAlias = MutableMapping[str, object]


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


@dataclass(slots=True)
class Arrangement:
    """How a person has arranged the columns of one table."""

    order: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    widths: dict[str, int] = field(default_factory=dict)

    @classmethod
    def usual(cls, columns: Sequence[TableColumn]) -> Arrangement:
        """As the panel defines it."""
        return cls(
            [column.name for column in columns],
            {column.name for column in columns if not column.shown},
            {column.name: column.width for column in columns},
        )

    @classmethod
    def remembered(cls, kept: object, columns: Sequence[TableColumn]) -> Arrangement:
        """As kept, with new columns at the end; what does not fit the columns is left out."""
        arrangement = cls.usual(columns)
        if not isinstance(kept, Mapping):
            return arrangement
        names = set(arrangement.order)
        order = [name for name in _texts(kept.get("order")) if name in names]
        arrangement.order = order + [name for name in arrangement.order if name not in order]
        if "hidden" in kept:
            new = names - set(order)
            arrangement.hidden = (set(_texts(kept["hidden"])) & names) | (arrangement.hidden & new)
        widths = kept.get("widths")
        if isinstance(widths, Mapping):
            arrangement.widths |= {
                name: width
                for name, width in widths.items()
                if name in names and isinstance(width, int) and width > 0
            }
        return arrangement

    def kept(self) -> dict[str, object]:
        """As a preference keeps it."""
        return {
            "order": list(self.order),
            "hidden": sorted(self.hidden),
            "widths": dict(self.widths),
        }


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
