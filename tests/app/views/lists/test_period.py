from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.lists.period import PeriodChoice, Span, days_of


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (Span.TODAY, date(2026, 3, 2), date(2026, 3, 2)),
        (Span.WEEK, date(2026, 2, 24), date(2026, 3, 2)),
        (Span.MONTH_OF_DAYS, date(2026, 2, 1), date(2026, 3, 2)),
        (Span.THIS_MONTH, date(2026, 3, 1), date(2026, 3, 2)),
        (Span.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_span_includes_both_its_days(span, first, last):
    assert days_of(span, date(2026, 3, 2)) == (first, last)


@given(today=st.dates(min_value=date(2000, 1, 1)), span=st.sampled_from(Span))
def test_no_span_ends_before_it_begins_or_after_today(today, span):
    first, last = days_of(span, today)
    assert first <= last <= today


def test_the_chip_names_a_span_and_spells_other_days(qtbot):
    choice = PeriodChoice(lambda: date(2026, 3, 2))
    qtbot.addWidget(choice)
    assert choice.describe() == ""
    choice.set_value((date(2026, 2, 24), date(2026, 3, 2)))
    assert choice.describe() == "Last 7 days"
    choice.set_value((date(2026, 2, 3), date(2026, 2, 5)))
    assert choice.describe() == "2026-02-03 – 2026-02-05"
    choice.clear()
    assert choice.value() is None
