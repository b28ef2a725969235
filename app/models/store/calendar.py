"""Business days: what day and hour an instant is in the merchant's zone.

Days are counted as ``date.toordinal``; instants are epoch milliseconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

DEFAULT_ZONE: Final = "Asia/Shanghai"

# Every offset in use since 1972 is a multiple of 15 minutes, so all instants of a quarter of an
# hour share their day and hour: one look-up instead of one conversion for each record.
_QUARTER_MS: Final = 15 * 60 * 1000


class Calendar:
    """The merchant's calendar."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self._quarters: dict[int, tuple[int, int]] = {}

    def slot(self, at_ms: int) -> tuple[int, int]:
        """Business day and hour of the day (0..23) of an instant."""
        quarter = at_ms // _QUARTER_MS
        known = self._quarters.get(quarter)
        if known is None:
            seconds = quarter * _QUARTER_MS // 1000
            local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(
                self.zone
            )
            known = self._quarters[quarter] = (local.toordinal(), local.hour)
        return known

    def begins(self, day: date) -> int:
        """The instant a business day begins."""
        return round(datetime.combine(day, time(), tzinfo=self.zone).timestamp()) * 1000

    def ends(self, day: date) -> int:
        """The instant a business day is over: the first one that is no longer in it."""
        return self.begins(day + timedelta(days=1))


@lru_cache(maxsize=20_000)
def month_of(day: int) -> int:
    """The month of a day, counted without gaps: year × 12 + month − 1."""
    at = date.fromordinal(day)
    return at.year * 12 + at.month - 1


Spans: TypeAlias = list[tuple[int, int]]


def whole_months(first: int, last: int) -> tuple[Spans, Spans]:
    """A period of days as whole months and the days that are left: spans, both ends included."""
    from_month = month_of(first - 1) + 1
    to_month = month_of(last + 1) - 1
    if from_month > to_month:
        return [], [(first, last)]
    edges = [(first, _starts(from_month) - 1), (_starts(to_month + 1), last)]
    return [(from_month, to_month)], [(low, high) for low, high in edges if low <= high]


def _starts(month: int) -> int:
    return date(month // 12, month % 12 + 1, 1).toordinal()
