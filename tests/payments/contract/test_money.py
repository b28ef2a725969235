from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.contract.money import (
    DECIMALS,
    LARGEST_AMOUNT,
    AmountError,
    CurrencyMismatchError,
    Money,
    UnknownCurrencyError,
    half_up,
    money_of,
    rounded,
    zero,
)

amounts = st.builds(
    Money, st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT), st.sampled_from(sorted(DECIMALS))
)


@given(amounts)
def test_an_amount_read_from_its_own_text_is_the_same(money):
    assert money_of(money.plain(), money.currency) == money
    assert rounded(money.major(), money.currency) == money


@given(st.integers(-(10**14), 10**14), st.integers(-(10**14), 10**14))
def test_sums_and_differences_are_exact(left, right):
    total = Money(left, "CNY") + Money(right, "CNY")
    assert total.amount == left + right
    assert total - Money(right, "CNY") == Money(left, "CNY")
    assert total + -total == zero("CNY")


@pytest.mark.parametrize("text", ["", "abc", "1.005", "NaN", "Infinity", "1e20"])
def test_text_that_is_no_amount_is_refused(text):
    with pytest.raises(AmountError):
        money_of(text, "CNY")


def test_decimals_follow_the_currency():
    assert money_of("100", "JPY").plain() == "100"
    assert money_of("1.234", "KWD") == Money(1234, "KWD")
    with pytest.raises(AmountError):
        money_of("1.5", "JPY")


def test_currencies_do_not_mix_and_unknown_ones_are_refused():
    with pytest.raises(CurrencyMismatchError):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(CurrencyMismatchError):
        assert Money(1, "CNY") < Money(2, "USD")
    with pytest.raises(UnknownCurrencyError):
        Money(1, "XXX")


def test_halves_round_away_from_zero():
    assert [half_up(Decimal(text)) for text in ("0.5", "1.5", "2.5", "-0.5", "-2.5")] == [
        1,
        2,
        3,
        -1,
        -3,
    ]
