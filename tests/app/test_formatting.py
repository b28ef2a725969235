from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import formatting, words
from app.words import Language
from payments.contract.money import DECIMALS, LARGEST_AMOUNT, Money, money_of

NOW = datetime(2026, 11, 20, 6, 31, 7, tzinfo=UTC)  # 14:31:07 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (9450, "CNY", "¥94.50"),
        (-161, "CNY", "−¥1.61"),
        (120431050, "CNY", "¥1,204,310.50"),
        (0, "CNY", "¥0.00"),
        (500, "JPY", "JP¥500"),
        (1234567, "KWD", "KD 1,234.567"),
        (28571, "USD", "US$285.71"),
    ],
)
def test_an_amount_carries_sign_groups_and_decimals(amount, currency, said):
    assert formatting.money(Money(amount, currency)) == said


def test_a_part_that_is_added_carries_a_plus():
    assert formatting.money(Money(408, "CNY"), sign=True) == "+¥4.08"
    assert formatting.money(Money(0, "CNY"), sign=True) == "¥0.00"


def test_every_currency_has_a_symbol():
    assert formatting.SYMBOLS.keys() == DECIMALS.keys()


@given(
    st.builds(
        Money,
        st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT),
        st.sampled_from(sorted(DECIMALS)),
    )
)
def test_an_amount_reads_back_as_what_it_was(value):
    plain = formatting.amount(value).replace(",", "").replace(formatting.MINUS, "-")
    assert money_of(plain, value.currency) == value


@pytest.mark.parametrize(
    ("ratio", "places", "english", "chinese"),
    [
        ("0.75", 1, "75.0\u00a0%", "75.0%"),
        ("0.948", 1, "94.8\u00a0%", "94.8%"),
        ("0.0317", 2, "3.17\u00a0%", "3.17%"),
        ("-0.005", 1, "−0.5\u00a0%", "−0.5%"),
        ("0.00005", 2, "0.01\u00a0%", "0.01%"),
    ],
)
def test_percent_rounds_half_up(ratio, places, english, chinese):
    assert formatting.percent(Decimal(ratio), places) == english
    words.use(Language.CHINESE)
    assert formatting.percent(Decimal(ratio), places) == chinese


def test_no_attempts_are_not_zero_percent():
    assert formatting.percent(None) == formatting.NO_DATA


@pytest.mark.parametrize(
    ("before", "english", "chinese"),
    [
        (timedelta(seconds=0), "just now", "刚刚"),
        (timedelta(seconds=59), "just now", "刚刚"),
        (timedelta(minutes=12), "12 min ago", "12 分钟前"),
        (timedelta(hours=23, minutes=59), "23 h ago", "23 小时前"),
        (timedelta(hours=24), "yesterday 14:31", "昨天 14:31"),
        (timedelta(days=3), "17 Nov 14:31", "11-17 14:31"),
        (timedelta(days=365), "20 Nov 2025 14:31", "2025-11-20 14:31"),
        (timedelta(seconds=-5), "20 Nov 14:31", "11-20 14:31"),
    ],
)
def test_an_instant_is_relative_within_a_day(before, english, chinese):
    assert formatting.instant(NOW - before, now=NOW) == english
    words.use(Language.CHINESE)
    assert formatting.instant(NOW - before, now=NOW) == chinese


def test_the_absolute_instant_names_its_zone():
    assert formatting.absolute(NOW) == "2026-11-20 14:31:07 Beijing time (UTC+08:00)"
    there = formatting.absolute(NOW, ZoneInfo("America/New_York"))
    assert there == "2026-11-20 01:31:07 America/New_York (UTC-05:00)"


def test_the_day_is_that_of_the_zone():
    late = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert formatting.day(late, now=NOW, zone=SHANGHAI) == "20 Nov"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (6, "6 s"),
        (55 * 60, "55 min"),
        (3900, "1 h 5 min"),
        (5400, "1 h 30 min"),
        (3600, "1 h"),
        (90_000, "1 day 1 h"),
        (-3, "0 s"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds, said):
    assert formatting.duration(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(252, "04:12"), (3852, "1:04:12"), (0, "00:00"), (-9, "00:00")]
)
def test_a_countdown_ends_at_nothing(seconds, said):
    assert formatting.countdown(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("王小明", "王*明"),
        ("李雷", "李*"),
        ("欧阳小明", "欧**明"),
        ("Mary Chen", "M*** Chen"),
        ("Madonna", "M***"),
        ("王", "王*"),
        ("", ""),
    ],
)
def test_a_masked_name_shows_its_ends_only(full, masked):
    assert formatting.masked_name(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"), [("13812345678", "138****5678"), ("12345", "*****"), ("", "")]
)
def test_a_masked_phone_hides_its_middle(full, masked):
    assert formatting.masked_phone(full) == masked


def test_a_masked_card_shows_eight_figures():
    assert formatting.masked_card("6222 0200 1234 1234") == "6222 **** **** 1234"
    assert formatting.masked_card("1234") == "****"


def test_counts_stand_in_groups():
    assert formatting.count(12408) == "12,408"
    assert formatting.count(-1000) == "−1,000"
