from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words
from app.views.charts.scales import (
    amount_steps,
    day_places,
    long_day_label,
    short_money,
    short_number,
    steps,
)
from app.words import Language


@pytest.fixture(autouse=True)
def _english():
    words.use(Language.ENGLISH)
    yield
    words.use(Language.CHINESE)


@given(
    low=st.integers(-(10**12), 10**12),
    high=st.integers(-(10**12), 10**12),
    most=st.integers(2, 8),
)
def test_an_amount_axis_holds_its_values_and_zero_at_even_distances(low, high, most):
    low, high = sorted((low, high))
    ticks = amount_steps(low, high, "CNY", most)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 0 in ticks
    assert len({after - before for before, after in pairwise(ticks)}) == 1
    assert len(ticks) <= most + 2


def test_steps_are_round():
    assert steps(0, 25_000, 4) == [0, 10_000, 20_000, 30_000]
    assert steps(0.74, 1.0, 4) == pytest.approx([0.7, 0.8, 0.9, 1.0])


@pytest.mark.parametrize(
    ("minor", "english", "chinese"),
    [
        (0, "¥0", "¥0"),
        (95_00, "¥95", "¥95"),
        (9_840_00, "¥9.8k", "¥9,840"),
        (536_000_00, "¥536k", "¥53.6万"),
        (-1_250_000_00, "−¥1.3M", "−¥125万"),
        (123_456_789_00, "¥123M", "¥1.2亿"),
    ],
)
def test_short_amounts_use_the_units_of_the_language(minor, english, chinese):
    assert short_money(minor, "CNY") == english
    words.use(Language.CHINESE)
    assert short_money(minor, "CNY") == chinese


def test_a_currency_without_decimals_is_not_divided():
    assert short_money(500, "JPY") == "JP¥500"
    assert short_number(Decimal(1500)) == "1.5k"


def test_a_month_is_named_week_by_week_with_its_last_day():
    assert day_places(date(2026, 10, 22), 30, 6) == [0, 7, 14, 21, 29]


def test_a_year_is_named_by_its_months():
    places = day_places(date(2026, 1, 1), 365, 13)
    assert places[:3] == [0, 31, 59]
    assert places[-1] == 364


@given(count=st.integers(1, 4_000), most=st.integers(1, 20))
def test_named_days_rise_and_end_with_the_last(count, most):
    places = day_places(date(2024, 1, 15), count, most)
    assert places == sorted(set(places))
    assert places[-1] == count - 1
    assert len(places) <= max(2, most) + 1


def test_a_day_is_said_with_its_weekday_in_the_order_of_the_language():
    assert long_day_label(date(2026, 11, 1)) == "Sun 1 Nov"
    words.use(Language.CHINESE)
    assert long_day_label(date(2026, 11, 1)) == "11-01 周日"
