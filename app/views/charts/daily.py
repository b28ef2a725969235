"""Where the days and the amounts of a chart over time lie on its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.views.charts.scales import amount_steps, day_label, day_places, short_money
from app.views.charts.sheet import Box, Sheet, width_of

_TOP: Final = 10.0
_BELOW: Final = 26.0
_BESIDE: Final = 10.0
_LABEL_GAP: Final = 28.0
_LINE_GAP: Final = 50.0


@dataclass(frozen=True, slots=True)
class DailyPlot:
    """The plot of one value a day: its area, its round amounts, and the way from one to the other.

    ``half`` is half the room of a day: bars stand on the middle of theirs, lines reach the ends.
    """

    area: Box
    ticks: tuple[int, ...]
    first_day: date
    count: int
    half: float

    def x(self, place: int) -> float:
        """Where a day is, counted from the first."""
        inside = self.area.width - 2 * self.half
        if self.count == 1:
            return self.area.left + self.area.width / 2
        return self.area.left + self.half + inside * place / (self.count - 1)

    def y(self, minor: int) -> float:
        """Where an amount is."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.area.bottom - self.area.height * (minor - low) / (high - low)

    def place(self, x: float) -> int:
        """The day nearest to a place on the sheet."""
        if self.count == 1:
            return 0
        inside = self.area.width - 2 * self.half
        turn = (x - self.area.left - self.half) * (self.count - 1) / inside
        return max(0, min(self.count - 1, round(turn)))

    def day(self, place: int) -> date:
        """A day, counted from the first."""
        return self.first_day + timedelta(days=place)

    def draw_frame(self, sheet: Sheet, currency: str) -> None:
        """Grid lines with their amounts, days below."""
        self.draw_grid(sheet, currency)
        self._draw_days(sheet)

    def draw_grid(self, sheet: Sheet, currency: str) -> None:
        """Grid lines with their amounts."""
        tokens = sheet.tokens
        heights = [self.y(tick) for tick in self.ticks]
        sheet.rules(self.area.left, self.area.right, heights, tokens.line)
        if self.ticks[0] < 0:
            sheet.rules(self.area.left, self.area.right, [self.y(0)], tokens.muted)
        for tick, height in zip(self.ticks, heights, strict=True):
            label = _label(tick, currency)
            sheet.text(
                self.area.left - 8, height, label, colour=tokens.muted, across="right", size=11
            )

    def _draw_days(self, sheet: Sheet) -> None:
        tokens = sheet.tokens
        last = self.day(self.count - 1)
        widest = width_of(day_label(self.first_day, beside=last), 11) + _LABEL_GAP
        most = int(self.area.width / widest) + 1
        for place in day_places(self.first_day, self.count, most):
            sheet.text(
                self.x(place),
                self.area.bottom + 16,
                day_label(self.day(place), beside=last),
                colour=tokens.muted,
                across="center",
                size=11,
            )


def daily_plot(
    width: float,
    height: float,
    first_day: date,
    values: Sequence[int],
    currency: str,
    *,
    reach: Sequence[int] = (),
    bars: bool = False,
) -> DailyPlot:
    """Lay a plot out on a sheet of this size; ``reach`` are further values that must fit in."""
    most = max(2, int((height - _TOP - _BELOW) / _LINE_GAP) + 1)
    everything = [*values, *reach]
    ticks = tuple(amount_steps(min(everything), max(everything), currency, most))
    left = max(width_of(_label(tick, currency), 11) for tick in ticks) + _BESIDE
    last_day = first_day + timedelta(days=len(values) - 1)
    label = max(width_of(day_label(day, beside=last_day), 11) for day in (first_day, last_day)) / 2
    right = label + 2
    if bars:
        right = max(2.0, right - (width - left) / len(values) / 2)
    left = max(left, label)
    area = Box(left, _TOP, max(1.0, width - left - right), max(1.0, height - _TOP - _BELOW))
    half = area.width / len(values) / 2 if bars else 0.0
    return DailyPlot(area, ticks, first_day, len(values), half)


def _label(tick: int, currency: str) -> str:
    return short_money(tick, currency) if tick else "0"
