"""When people buy: paid orders by weekday and hour, darker where there are more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app import words
from app.views.charts.chart import Readout
from app.views.charts.sheet import Box, Sheet, mixed, width_of

_BELOW: Final = 22.0
_HOURS: Final = 24
_DAYS: Final = 7
_HIGHEST: Final = 40.0
_LABELLED: Final = (0, 6, 12, 18)


@dataclass(frozen=True, slots=True)
class HeatMapChart:
    """Counts as ``heat[weekday][hour]``, Monday first."""

    heat: tuple[tuple[int, ...], ...]

    @property
    def empty(self) -> bool:
        """Whether nobody bought."""
        return not any(map(any, self.heat))

    def draw(self, sheet: Sheet) -> None:
        """Seven rows of twenty-four cells."""
        tokens = sheet.tokens
        area = self._area(sheet.width, sheet.height)
        most = max(max(hours) for hours in self.heat)
        boxes, colours = [], []
        for weekday, hours in enumerate(self.heat):
            for hour, count in enumerate(hours):
                boxes.append(_cell(area, weekday, hour))
                share = 0.04 + 0.96 * count / most if count else 0.0
                colours.append(mixed(tokens.raised, tokens.accent, share))
            y = area.top + area.height * (weekday + 0.5) / _DAYS
            name = words.say(f"dashboard.weekday.d{weekday + 1}")
            sheet.text(0, y, name, size=11, colour=tokens.muted)
        sheet.cells(boxes, colours, 2)
        for hour in _LABELLED:
            x = area.left + area.width * hour / _HOURS
            sheet.text(x, area.bottom + 12, f"{hour:02}:00", size=11, colour=tokens.muted)

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """The cell under the pointer."""
        area = self._area(width, height)
        if not area.holds(x, y):
            return None
        hour = min(_HOURS - 1, int((x - area.left) / area.width * _HOURS))
        weekday = min(_DAYS - 1, int((y - area.top) / area.height * _DAYS))
        cell = _cell(area, weekday, hour)
        said = words.say("dashboard.readout.orders", count=self.heat[weekday][hour])
        return Readout(
            cell.left + cell.width / 2, cell.top, said, (_when(weekday, hour),), frame=cell
        )

    def said(self) -> str:
        """The busiest hour."""
        count, weekday, hour = max(
            (count, -weekday, -hour)
            for weekday, hours in enumerate(self.heat)
            for hour, count in enumerate(hours)
        )
        orders = words.say("dashboard.readout.orders", count=count)
        return words.say("dashboard.said.heat", when=_when(-weekday, -hour), orders=orders)

    @staticmethod
    def _area(width: float, height: float) -> Box:
        names = (words.say(f"dashboard.weekday.d{number}") for number in range(1, _DAYS + 1))
        left = max(width_of(name, 11) for name in names) + 10
        rows = min(height - _BELOW, _HIGHEST * _DAYS)
        return Box(left, 0, max(1.0, width - left), max(1.0, rows))


def _cell(area: Box, weekday: int, hour: int) -> Box:
    wide, high = area.width / _HOURS, area.height / _DAYS
    return Box(area.left + wide * hour, area.top + high * weekday, wide - 2, high - 2)


def _when(weekday: int, hour: int) -> str:
    return words.say(
        "dashboard.readout.hour",
        weekday=words.say(f"dashboard.weekday.d{weekday + 1}"),
        begin=f"{hour:02}:00",
        end=f"{(hour + 1) % _HOURS:02}:00",
    )
