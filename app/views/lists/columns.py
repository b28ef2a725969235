"""A column of a list: how the table shows it, and what it reads from a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt

from app import formatting, words
from app.views.widgets.columns import TableColumn
from app.views.widgets.delegates import VALUE_ROLE
from payments.contract.money import Money

Row = TypeVar("Row")

_SPOKEN = frozenset({Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole})


@dataclass(frozen=True, slots=True)
class ListColumn(Generic[Row]):
    """``read`` gives a cell's plain value: text, a number, ``Money``, an instant, an enum."""

    shown: TableColumn
    read: Callable[[Row], object]

    @property
    def key(self) -> str:
        """The column's name, by which the list is sorted."""
        return self.shown.name

    def header(self, role: int) -> Any:  # noqa: ANN401 - whatever the role asks for
        """The title."""
        return words.say(self.shown.title) if role in _SPOKEN else None

    def value(self, row: Row, role: int) -> Any:  # noqa: ANN401 - likewise
        """The plain value for delegates, its words for everything else."""
        if role == VALUE_ROLE:
            return self.read(row)
        return spoken(self.read(row)) if role in _SPOKEN else None


def spoken(value: object) -> str:
    """A cell's value in words."""
    if isinstance(value, Money):
        return formatting.money(value)
    if isinstance(value, datetime):
        return formatting.absolute(value)
    if isinstance(value, StrEnum):
        return words.name(value)
    return "" if value is None else str(value)


def table_columns(columns: Sequence[ListColumn[Any]]) -> list[TableColumn]:
    """The same columns for the table widget."""
    return [column.shown for column in columns]


def instant(milliseconds: int | None) -> datetime | None:
    """An instant of a row, where there is one."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def member(kind: type[StrEnum], value: str) -> StrEnum | None:
    """The value of the contract that a row holds as text, where there is one."""
    return kind(value) if value else None
