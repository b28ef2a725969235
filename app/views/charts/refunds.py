"""Refunds per day as bars that stand on zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app import words
from app.views.charts.chart import Readout
from app.views.charts.daily import DailyPlot, daily_plot
from app.views.charts.scales import exact_money, long_day_label
from app.views.charts.sheet import Box, Sheet

_VERMILION: Final = 5
_WIDEST: Final = 28.0


@dataclass(frozen=True, slots=True)
class RefundsChart:
    """Amount (minor units) and number of refunds that succeeded, for every day from the first."""

    currency: str
    first_day: date
    amounts: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was refunded."""
        return not any(self.counts)

    def draw(self, sheet: Sheet) -> None:
        """A bar for each day with refunds."""
        plot = self._plot(sheet.width, sheet.height)
        plot.draw_frame(sheet, self.currency)
        bars = [self._bar(plot, place) for place, amount in enumerate(self.amounts) if amount]
        colour = sheet.tokens.series[_VERMILION]
        sheet.cells(bars, [colour] * len(bars), 1.5 if plot.half > 3 else 0)  # noqa: PLR2004 - pixels

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The day under the pointer."""
        plot = self._plot(width, height)
        if not plot.area.left <= x <= plot.area.right or y > plot.area.bottom + 8:
            return None
        place = plot.place(x)
        last = plot.day(plot.count - 1)
        said = words.say(
            "dashboard.readout.day",
            amount=exact_money(self.amounts[place], self.currency),
            day=long_day_label(plot.day(place), beside=last),
        )
        count = words.say("dashboard.readout.refunds", count=self.counts[place])
        bar = self._bar(plot, place)
        return Readout(plot.x(place), bar.top, said, (count,), frame=bar)

    def said(self) -> str:
        """How much and how many."""
        return words.say(
            "dashboard.said.refunds",
            total=exact_money(sum(self.amounts), self.currency),
            refunds=words.say("dashboard.readout.refunds", count=sum(self.counts)),
        )

    @staticmethod
    def _width(plot: DailyPlot) -> float:
        return min(_WIDEST, max(1.0, plot.half * 2 * 0.7))

    def _bar(self, plot: DailyPlot, place: int) -> Box:
        width, top, base = self._width(plot), plot.y(self.amounts[place]), plot.y(0)
        return Box(plot.x(place) - width / 2, min(top, base - 1), width, max(1.0, base - top))

    def _plot(self, width: float, height: float) -> DailyPlot:
        return daily_plot(width, height, self.first_day, self.amounts, self.currency, bars=True)
