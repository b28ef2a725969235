"""Where the tiles and cards stand: two rows that fill a wide window, a scrolled page in a narrow one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.tiles import HEIGHT, HEIGHT_NARROW, Tile
from app.views.theme.tokens import Size

GAP: Final = 12
_WIDE: Final = 1_180
_BELOW: Final = 16
# The least and the usual heights of the rows of cards.
_UPPER_LEAST: Final = 330
_LOWER_LEAST: Final = 270
_UPPER_SHARE: Final = 0.54
_REVENUE_SHARE: Final = 0.66
_MIX_SHARE: Final = 0.54
_NARROW_ROWS: Final = (
    (290, (ChartName.REVENUE,)),
    (226, (ChartName.MIX, ChartName.REFUNDS)),
    (276, (ChartName.RATES, ChartName.PRODUCTS)),
    (276, (ChartName.HEAT,)),
)


def wide(width: int) -> bool:
    """Whether two rows of cards fit side by side."""
    return width >= _WIDE


def least_height(width: int, tile_height: int) -> int:
    """How high the cards must be together with the tiles."""
    narrow = tuple(height for height, _ in _NARROW_ROWS)
    rows = (_UPPER_LEAST, _LOWER_LEAST) if wide(width) else narrow
    return tile_height + sum(rows) + GAP * len(rows) + _BELOW


def arranged(width: int, height: int, top: int) -> dict[ChartName, QRect]:
    """The cards' places below ``top``, in a page of this size."""
    left, room = Size.GUTTER, width - 2 * Size.GUTTER
    if wide(width):
        return _two_rows(left, top, room, height - top - _BELOW)
    return _narrow_rows(left, top, room)


def _two_rows(left: int, top: int, width: int, height: int) -> dict[ChartName, QRect]:
    upper = round((height - GAP) * _UPPER_SHARE)
    revenue = round((width - GAP) * _REVENUE_SHARE)
    mix = round((upper - GAP) * _MIX_SHARE)
    beside = left + revenue + GAP
    places = {
        ChartName.REVENUE: QRect(left, top, revenue, upper),
        ChartName.MIX: QRect(beside, top, width - revenue - GAP, mix),
        ChartName.REFUNDS: QRect(beside, top + mix + GAP, width - revenue - GAP, upper - mix - GAP),
    }
    below = QRect(left, top + upper + GAP, width, height - upper - GAP)
    return places | _row(below, (ChartName.RATES, ChartName.PRODUCTS, ChartName.HEAT))


def _narrow_rows(left: int, top: int, width: int) -> dict[ChartName, QRect]:
    places: dict[ChartName, QRect] = {}
    for height, names in _NARROW_ROWS:
        places |= _row(QRect(left, top, width, height), names)
        top += height + GAP
    return places


def _row(area: QRect, names: Sequence[ChartName]) -> dict[ChartName, QRect]:
    wide_ = (area.width() - GAP * (len(names) - 1)) / len(names)
    lefts = [round(area.left() + turn * (wide_ + GAP)) for turn in range(len(names) + 1)]
    return {
        name: QRect(at, area.top(), following - GAP - at, area.height())
        for name, (at, following) in zip(names, pairwise(lefts), strict=True)
    }


class Board(QWidget):
    """Places its tiles and cards; as high as the window, or higher where they need it."""

    def __init__(
        self,
        tiles: Sequence[Tile],
        cards: Mapping[ChartName, QWidget],
        window: QWidget,
    ) -> None:
        """``window`` is what the page is seen through: with a scroll bar it is wider than the page."""
        super().__init__(window)
        self._window = window
        self.setObjectName("scrolled")
        self._tiles = tiles
        self._cards = cards
        for widget in (*tiles, *cards.values()):
            widget.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything."""
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Place everything; again when the tiles say something else."""
        width, tile_height = self._window.width(), HEIGHT
        tile_width = (width - 2 * Size.GUTTER - GAP * (len(self._tiles) - 1)) / len(self._tiles)
        two_lines = any(tile.wants_second_line(tile_width) for tile in self._tiles)
        if two_lines:
            tile_height = HEIGHT_NARROW
        lefts = [
            round(Size.GUTTER + turn * (tile_width + GAP)) for turn in range(len(self._tiles) + 1)
        ]
        for tile, (at, following) in zip(self._tiles, pairwise(lefts), strict=True):
            tile.set_two_lines(two_lines)
            tile.setGeometry(at, 0, following - GAP - at, tile_height)
        self.setMinimumHeight(least_height(width, tile_height))
        places = arranged(width, self.height(), tile_height + GAP)
        for name, card in self._cards.items():
            card.setGeometry(places[name])
