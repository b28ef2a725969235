from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.dashboard.period import Comparison, Period, Span, compared, span_of

TODAY = date(2026, 11, 20)
days = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, date(2026, 11, 20), date(2026, 11, 20)),
        (Period.DAYS_7, date(2026, 11, 14), date(2026, 11, 20)),
        (Period.DAYS_30, date(2026, 10, 22), date(2026, 11, 20)),
        (Period.DAYS_90, date(2026, 8, 23), date(2026, 11, 20)),
        (Period.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 20)),
        (Period.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Period.THIS_YEAR, date(2026, 1, 1), date(2026, 11, 20)),
    ],
)
def test_a_period_ends_today_and_last_month_with_its_last_day(period, first, last):
    assert span_of(period, TODAY) == Span(first, last)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.TODAY, date(2026, 11, 19), date(2026, 11, 19)),
        (Period.DAYS_30, date(2026, 9, 22), date(2026, 10, 21)),
        (Period.THIS_MONTH, date(2026, 10, 1), date(2026, 10, 20)),
        (Period.LAST_MONTH, date(2026, 9, 1), date(2026, 9, 30)),
        (Period.THIS_YEAR, date(2025, 1, 1), date(2025, 11, 20)),
    ],
)
def test_the_previous_period_is_the_same_part_of_the_one_before(period, first, last):
    span = span_of(period, TODAY)
    assert compared(period, span, Comparison.PREVIOUS) == Span(first, last)


def test_a_long_month_is_compared_with_the_whole_of_a_short_one():
    span = span_of(Period.THIS_MONTH, date(2026, 3, 31))
    before = compared(Period.THIS_MONTH, span, Comparison.PREVIOUS)
    assert before == Span(date(2026, 2, 1), date(2026, 2, 28))


def test_a_leap_day_is_compared_with_the_28th():
    span = Span(date(2024, 2, 29), date(2024, 2, 29))
    before = compared(Period.CUSTOM, span, Comparison.LAST_YEAR)
    assert before == Span(date(2023, 2, 28), date(2023, 2, 28))


def test_a_custom_period_needs_days_in_their_order():
    with pytest.raises(ValueError, match="custom"):
        span_of(Period.CUSTOM, TODAY)
    with pytest.raises(ValueError, match="2026-11-20 to 2026-11-19"):
        Span(TODAY, TODAY - timedelta(days=1))


@given(today=days, period=st.sampled_from([one for one in Period if one is not Period.CUSTOM]))
def test_periods_never_overlap_with_what_they_are_compared_with(today, period):
    span = span_of(period, today)
    assert span.last <= today
    for comparison in (Comparison.PREVIOUS, Comparison.LAST_YEAR):
        before: Any = compared(period, span, comparison)
        assert before.last < span.first or comparison is Comparison.LAST_YEAR
        assert before.days <= span.days + 3, "January is three days longer than February"
    assert compared(period, span, Comparison.NONE) is None


@given(first=days, length=st.integers(0, 400))
def test_days_of_ones_own_are_compared_with_as_many_right_before(first, length):
    span = Span(first, first + timedelta(days=length))
    before: Any = compared(Period.CUSTOM, span, Comparison.PREVIOUS)
    assert before.days == span.days
    assert before.last + timedelta(days=1) == span.first
