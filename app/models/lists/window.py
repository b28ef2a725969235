"""A window on a long list: all row numbers in their order, and the few records on screen.

A million records take 4 MB here; the records themselves are fetched by the page when they are
painted, and the least recently used pages are let go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Generic, TypeVar

import numpy as np

from app.models.lists.source import PAGE, RowNumbers

Row = TypeVar("Row")

_PAGES_KEPT: Final = 64
_NOT_HERE: Final = -1


class Window(Generic[Row]):
    """``count`` records, of which ``numbers`` names those whose place is known already."""

    def __init__(self, fetch: Callable[[Sequence[int]], Mapping[int, Row]]) -> None:
        self._fetch = fetch
        self._pages: OrderedDict[int, list[Row | None]] = OrderedDict()
        self.numbers: RowNumbers = np.empty(0, dtype=np.int32)
        self.count = 0

    def begin(self, numbers: RowNumbers, rows: Sequence[Row], count: int) -> None:
        """Another list: its first page, and how many records it has as far as known."""
        self._pages.clear()
        self.numbers = numbers
        self.count = max(count, len(numbers))
        if rows:
            self._pages[0] = list(rows)

    def arrange(self, numbers: RowNumbers) -> None:
        """The places of the records, as they are now; ``count`` is not touched."""
        known = min(len(self.numbers), len(numbers))
        if not np.array_equal(self.numbers[:known], numbers[:known]):
            self._pages.clear()
        elif known < self.count:
            self._pages.pop(known // PAGE, None)
        self.numbers = numbers

    def row(self, position: int) -> Row | None:
        """The record at a position, fetched when it is not at hand; None while unknown or gone."""
        if not 0 <= position < len(self.numbers):
            return None
        page, offset = divmod(position, PAGE)
        rows = self._pages.get(page)
        if rows is None:
            rows = self._load(page)
        else:
            self._pages.move_to_end(page)
        return rows[offset] if offset < len(rows) else None

    def _load(self, page: int) -> list[Row | None]:
        numbers = [int(number) for number in self.numbers[page * PAGE : (page + 1) * PAGE]]
        known = self._fetch(numbers)
        rows = self._pages[page] = [known.get(number) for number in numbers]
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        return rows

    def renew(self, changed: Callable[[Row], bool]) -> list[int]:
        """Fetch those records at hand again that changed; their positions, in order."""
        positions = []
        for page, rows in self._pages.items():
            stale = [at for at, row in enumerate(rows) if row is not None and changed(row)]
            if not stale:
                continue
            numbers = {at: int(self.numbers[page * PAGE + at]) for at in stale}
            known = self._fetch(list(numbers.values()))
            for at, number in numbers.items():
                rows[at] = known.get(number)
            positions += [page * PAGE + at for at in stale]
        return sorted(positions)

    def position(self, number: int) -> int:
        """Where a row number stands, −1 when it does not."""
        places = np.flatnonzero(self.numbers == number)
        return int(places[0]) if len(places) else _NOT_HERE


def moved(old: RowNumbers, new: RowNumbers, positions: Collection[int]) -> dict[int, int]:
    """Where the records at these old positions stand in the new order; −1 for those that left.

    Positions whose record was not known keep their place.
    """
    last = int(max(old.max(initial=0), new.max(initial=0)))
    places = np.full(last + 1, _NOT_HERE, dtype=np.int32)
    places[new] = np.arange(len(new), dtype=np.int32)
    return {
        position: int(places[old[position]]) if position < len(old) else position
        for position in positions
    }
