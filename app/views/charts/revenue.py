"""Net revenue per day, with the compared days dotted behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app import words
from app.views.charts.chart import Readout
from app.views.charts.daily import DailyPlot, daily_plot
from app.views.charts.scales import exact_money, long_day_label
from app.views.charts.sheet import Box, Sheet
from app.views.theme.tokens import Weight

# Up to here each day has its dot: a line alone would not show where the days are.
_FEW_DAYS: Final = 14
_WIDEST: Final = 120.0


@dataclass(frozen=True, slots=True)
class RevenueChart:
    """One net amount (minor units) for every day from the first; ``before`` are the compared days."""

    currency: str
    first_day: date
    values: tuple[int, ...]
    before_first_day: date | None = None
    before: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether no money moved on any of the days."""
        return not any(self.values) and not any(self.before)

    def draw(self, sheet: Sheet) -> None:
        """Area and line, the comparison dotted."""
        tokens = sheet.tokens
        plot = self._plot(sheet.width, sheet.height)
        if plot.count == 1:
            self._draw_one_day(sheet, plot)
            return
        plot.draw_frame(sheet, self.currency)
        x = [plot.x(place) for place in range(len(self.values))]
        y = [plot.y(value) for value in self.values]
        sheet.area(x, y, plot.y(0), tokens.accent, 0.10)
        before = self.before[: len(self.values)]
        if before:
            heights = [plot.y(value) for value in before]
            sheet.line(x[: len(before)], heights, tokens.muted, width=1.2, dotted=True)
        sheet.line(x, y, tokens.accent)
        if len(x) <= _FEW_DAYS:
            sheet.dots(x, y, tokens.accent, 3)

    def _draw_one_day(self, sheet: Sheet, plot: DailyPlot) -> None:
        """A line needs two days: one stands as a bar, the compared one beside it."""
        tokens = sheet.tokens
        plot.draw_grid(sheet, self.currency)
        days = [(self.first_day, self.values[0], tokens.accent)]
        if self.before_first_day is not None and self.before:
            days.insert(0, (self.before_first_day, self.before[0], tokens.border))
        room = plot.area.width / len(days)
        for turn, (day, value, colour) in enumerate(days):
            x = plot.area.left + room * (turn + 0.5)
            top, bottom = sorted((plot.y(value), plot.y(0)))
            width = min(_WIDEST, room * 0.6)
            bar = Box(x - width / 2, top, width, max(1.0, bottom - top))
            sheet.bar(bar, colour, 2)
            amount = exact_money(value, self.currency)
            above = max(8.0, top - 10)
            sheet.text(x, above, amount, weight=Weight.SEMIBOLD, across="center")
            label = long_day_label(day, beside=self.first_day)
            y = plot.area.bottom + 16
            sheet.text(x, y, label, size=11, colour=tokens.muted, across="center")

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The day under the pointer and what it is compared with; one day alone says all itself."""
        if len(self.values) == 1:
            return None
        plot = self._plot(width, height)
        if not plot.area.left - 8 <= x <= plot.area.right + 8 or y > plot.area.bottom + 8:
            return None
        place = plot.place(x)
        last = plot.day(plot.count - 1)
        said = words.say(
            "dashboard.readout.day",
            amount=exact_money(self.values[place], self.currency),
            day=long_day_label(plot.day(place), beside=last),
        )
        quiet: tuple[str, ...] = ()
        if self.before_first_day is not None and place < len(self.before):
            day = self.before_first_day + timedelta(days=place)
            amount = exact_money(self.before[place], self.currency)
            quiet = (
                words.say(
                    "dashboard.readout.before",
                    amount=amount,
                    day=long_day_label(day, beside=last),
                ),
            )
        return Readout(
            plot.x(place),
            plot.y(self.values[place]),
            said,
            quiet,
            guide=(plot.area.top, plot.area.bottom),
            dot=True,
        )

    def said(self) -> str:
        """The best and the last day."""
        best = max(range(len(self.values)), key=self.values.__getitem__)
        return words.say(
            "dashboard.said.revenue",
            total=exact_money(sum(self.values), self.currency),
            best=exact_money(self.values[best], self.currency),
            day=long_day_label(self.first_day + timedelta(days=best)),
        )

    def _plot(self, width: float, height: float) -> DailyPlot:
        return daily_plot(
            width,
            height,
            self.first_day,
            self.values,
            self.currency,
            reach=self.before[: len(self.values)],
        )
