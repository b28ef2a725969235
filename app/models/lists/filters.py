"""Putting a query's restrictions together as one SQL condition with its values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from app.models.store.calendar import Calendar


class Filter:
    """Restrictions that all must hold; ones that do not restrict leave no trace."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.values: list[Any] = []

    def add(self, condition: str, values: Iterable[Any] = ()) -> None:
        """A condition with its values."""
        self._parts.append(condition)
        self.values.extend(values)

    def among(self, column: str, wanted: Sequence[StrEnum | int]) -> None:
        """One of these values; none of them named means any."""
        if wanted:
            self.add(f"{column} IN ({', '.join('?' * len(wanted))})", wanted)

    def equals(self, column: str, wanted: str) -> None:
        """This value; an empty one means any."""
        if wanted:
            self.add(f"{column} = ?", [wanted])

    def between(self, column: str, smallest: int | None, largest: int | None) -> None:
        """From smallest to largest, both included; None is no bound."""
        if smallest is not None:
            self.add(f"{column} >= ?", [smallest])
        if largest is not None:
            self.add(f"{column} <= ?", [largest])

    def days(self, column: str, first: date | None, last: date | None, calendar: Calendar) -> None:
        """An instant within business days, both included; None is no bound."""
        if first is not None:
            self.add(f"{column} >= ?", [calendar.begins(first)])
        if last is not None:
            self.add(f"{column} < ?", [calendar.ends(last)])

    def and_also(self, condition: str, values: Iterable[Any] = ()) -> Filter:
        """A copy of this filter with one more condition."""
        more = Filter()
        more._parts, more.values = [*self._parts], [*self.values]
        more.add(condition, values)
        return more

    @property
    def where(self) -> str:
        """The condition as a WHERE clause, empty when nothing is restricted."""
        return f" WHERE {' AND '.join(self._parts)}" if self._parts else ""
