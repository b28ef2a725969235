"""Net revenue per day, with the compared days dotted behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app import words
from app.views.charts.chart import Readout
from app.views.charts.daily import DailyPlot, daily_plot
from app.views.charts.scales import exact_money, long_day_label
from app.views.charts.sheet import Sheet

# Up to here each day has its dot: a line alone would not show where the days are.
_FEW_DAYS: Final = 14


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
        plot.draw_frame(sheet, self.currency)
        x = [plot.x(place) for place in range(len(self.values))]
        y = [plot.y(value) for value in self.values]
        if len(x) > 1:
            sheet.area(x, y, plot.y(0), tokens.accent, 0.10)
        before = self.before[: len(self.values)]
        if before:
            heights = [plot.y(value) for value in before]
            sheet.line(x[: len(before)], heights, tokens.muted, width=1.2, dotted=True)
        sheet.line(x, y, tokens.accent)
        if len(x) <= _FEW_DAYS:
            sheet.dots(x, y, tokens.accent, 3)
        if len(x) == 1 and before:
            sheet.dots(x, [plot.y(before[0])], tokens.muted, 3)

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The day under the pointer and what it is compared with."""
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
