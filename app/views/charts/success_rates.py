"""Success rate by channel, each with the Wilson interval in which the true rate lies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app import formatting, words
from app.views.charts.channels import channel_name
from app.views.charts.chart import Readout
from app.views.charts.rows import Rows, rows
from app.views.charts.scales import steps
from app.views.charts.sheet import Box, Sheet, fitted, width_of
from app.views.theme.tokens import Size
from payments.contract.rates import success_rate, wilson_95

_WIDEST_NAME: Final = 120.0
_GAP: Final = 20.0
_BELOW: Final = 24.0
_TICK_GAP: Final = 64.0


@dataclass(frozen=True, slots=True)
class ChannelRate:
    """How many attempts at a channel ended, and how many of them succeeded."""

    channel: str
    succeeded: int
    attempts: int


@dataclass(frozen=True, slots=True)
class _Plot:
    area: Box
    low: float
    lines: Rows

    def x(self, rate: Decimal | float) -> float:
        return self.area.left + self.area.width * (float(rate) - self.low) / (1 - self.low)


@dataclass(frozen=True, slots=True)
class SuccessRatesChart:
    """One row for each channel."""

    channels: tuple[ChannelRate, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was tried anywhere."""
        return not any(one.attempts for one in self.channels)

    def draw(self, sheet: Sheet) -> None:
        """A dot on its interval, on a scale that ends at 100 %."""
        tokens = sheet.tokens
        plot = self._plot(sheet.width, sheet.height)
        ticks = [tick for tick in self._ticks(plot.area.width) if tick >= plot.low - 1e-9]
        places = [plot.x(tick) for tick in ticks]
        sheet.uprights(plot.area.top, plot.area.bottom, places, tokens.line)
        for tick, place in zip(ticks, places, strict=True):
            said = formatting.percent(Decimal(str(round(tick, 6))), 0)
            y = plot.area.bottom + 14
            sheet.text(place, y, said, size=11, colour=tokens.muted, across="center")
        for row, one in enumerate(self.channels[: plot.lines.count]):
            self._draw_row(sheet, plot, plot.lines.middle(row), one)

    def _draw_row(self, sheet: Sheet, plot: _Plot, y: float, one: ChannelRate) -> None:
        tokens = sheet.tokens
        name = fitted(channel_name(one.channel), _WIDEST_NAME, Size.TEXT)
        sheet.text(0, y, name, size=Size.TEXT)
        rate = success_rate(one.succeeded, one.attempts)
        if rate is None:
            said = words.say("dashboard.no_data")
            sheet.text(sheet.width, y, said, colour=tokens.muted, across="right")
            return
        low, high = wilson_95(one.succeeded, one.attempts)
        sheet.line([plot.x(low), plot.x(high)], [y, y], tokens.accent, width=2)
        sheet.dot(plot.x(rate), y, tokens.accent, 4.5)
        sheet.text(sheet.width, y, formatting.percent(rate), size=Size.TEXT, across="right")

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The interval and the counts of the channel under the pointer."""
        plot = self._plot(width, height)
        row = plot.lines.at(y)
        if row is None or not 0 <= x <= width:
            return None
        one = self.channels[row]
        rate = success_rate(one.succeeded, one.attempts)
        if rate is None:
            return None
        low, high = wilson_95(one.succeeded, one.attempts)
        interval = words.say(
            "dashboard.readout.interval",
            low=formatting.percent(low),
            high=formatting.percent(high),
        )
        counts = words.say(
            "dashboard.readout.attempts",
            succeeded=formatting.count(one.succeeded),
            attempts=formatting.count(one.attempts),
        )
        middle = plot.lines.middle(row)
        return Readout(plot.x(rate), middle, interval, (counts,))

    def said(self) -> str:
        """Each channel with its rate."""
        return ", ".join(
            f"{channel_name(one.channel)} "
            f"{formatting.percent(success_rate(one.succeeded, one.attempts))}"
            for one in self.channels
        )

    def _lowest(self) -> float:
        lows = [wilson_95(one.succeeded, one.attempts)[0] for one in self.channels if one.attempts]
        return float(min(lows, default=Decimal(0)))

    def _ticks(self, width: float) -> list[float]:
        most = max(2, int(width / _TICK_GAP) + 1)
        return [tick for tick in steps(min(self._lowest(), 0.9), 1.0, most) if 0 <= tick <= 1]

    def _plot(self, width: float, height: float) -> _Plot:
        names = [channel_name(one.channel) for one in self.channels]
        left = min(_WIDEST_NAME, max(width_of(name, Size.TEXT) for name in names)) + _GAP
        right = width_of(formatting.percent(Decimal(1)), Size.TEXT) + _GAP
        lines = rows(len(self.channels), height - _BELOW, least=20, most=36, top=2)
        room = max(1.0, width - left - right)
        area = Box(left, 2, room, lines.count * lines.height)
        return _Plot(area, self._ticks(room)[0], lines)
