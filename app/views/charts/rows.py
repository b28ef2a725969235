"""Rows of equal height, one below the other, as far as they fit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """``count`` rows from ``top``, each ``height`` high."""

    top: float
    height: float
    count: int

    def middle(self, row: int) -> float:
        """The middle of a row."""
        return self.top + self.height * (row + 0.5)

    def at(self, y: float) -> int | None:
        """The row at a height."""
        row = int((y - self.top) // self.height)
        return row if 0 <= row < self.count else None


def rows(count: int, room: float, *, least: float, most: float, top: float = 0.0) -> Rows:
    """Rows in a room: not higher than ``most``; where they would be lower than ``least``, fewer."""
    fitting = min(count, max(1, int(room / least)))
    return Rows(top, min(most, room / fitting), fitting)
