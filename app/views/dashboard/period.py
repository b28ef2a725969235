"""Which days are shown and which they are compared with, in the merchant's calendar. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_DAY: Final = timedelta(days=1)


class Period(StrEnum):
    """The periods that are offered."""

    TODAY = "today"
    DAYS_7 = "days_7"
    DAYS_30 = "days_30"
    DAYS_90 = "days_90"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    CUSTOM = "custom"


class Comparison(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"
    NONE = "none"


_LENGTHS: Final = {Period.TODAY: 1, Period.DAYS_7: 7, Period.DAYS_30: 30, Period.DAYS_90: 90}


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, both ends included. Raises ValueError where the last is before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse an end before the beginning."""
        if self.last < self.first:
            raise ValueError(f"{self.first} to {self.last}")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def span_of(period: Period, today: date, custom: Span | None = None) -> Span:
    """The days of a period, up to today. Raises ValueError for a custom one without its days."""
    if period is Period.CUSTOM:
        if custom is None:
            raise ValueError("a custom period needs its days")
        return custom
    if period is Period.THIS_MONTH:
        return Span(today.replace(day=1), today)
    if period is Period.THIS_YEAR:
        return Span(today.replace(month=1, day=1), today)
    if period is Period.LAST_MONTH:
        return _month_before(today.replace(day=1))
    return Span(today - _DAY * (_LENGTHS[period] - 1), today)


def compared(period: Period, span: Span, comparison: Comparison) -> Span | None:
    """The days a period is compared with.

    A part of a month or year is compared with the same part of the one before, every other period
    with as many days right before it.
    """
    if comparison is Comparison.NONE:
        return None
    if comparison is Comparison.LAST_YEAR or period is Period.THIS_YEAR:
        return Span(_year_before(span.first), _year_before(span.last))
    if period is Period.LAST_MONTH:
        return _month_before(span.first)
    if period is Period.THIS_MONTH:
        month = _month_before(span.first)
        return Span(month.first, min(month.last, month.first + _DAY * (span.days - 1)))
    return Span(span.first - _DAY * span.days, span.first - _DAY)


def _month_before(first: date) -> Span:
    last = first - _DAY
    return Span(last.replace(day=1), last)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
