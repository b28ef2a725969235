from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments.contract.money import LARGEST_AMOUNT, Money
from payments.contract.problems import Code, RefusedError
from payments.domain.commission import Shares, carried, shares
from payments.domain.exact import RateError, rate_of, text_of
from payments.domain.exchange import exchange, exchange_at
from payments.domain.pricing import priced
from payments.domain.refundable import check_refundable, refundable
from payments.domain.splitting import split

rates = st.decimals(0, 1, places=4)
whole = st.integers(0, LARGEST_AMOUNT)


@given(whole, rates, rates)
def test_an_amount_is_rounded_once_and_its_parts_make_it_up(price, discount, tax):
    parts = priced(price, discount, tax)
    exact = price * (1 - Fraction(discount)) * (1 + Fraction(tax))
    assert abs(parts.amount - exact) <= Fraction(1, 2)
    assert parts.price - parts.discount + parts.tax == parts.amount
    assert 0 <= parts.discount <= price
    assert parts.tax >= 0
    assert parts.net + parts.tax == parts.amount


@given(whole, rates)
def test_what_is_not_taxed_has_no_tax(price, discount):
    assert priced(price, discount, Decimal(0)).tax == 0


@pytest.mark.parametrize(
    ("price", "discount", "tax"), [(-1, "0", "0"), (1, "1.01", "0"), (1, "0", "-1")]
)
def test_prices_and_rates_out_of_range_are_refused(price, discount, tax):
    with pytest.raises(RateError):
        priced(price, Decimal(discount), Decimal(tax))


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity", "-0.1", "1.1", "0.1234567890123"])
def test_text_that_is_no_rate_is_refused(text):
    with pytest.raises(RateError):
        rate_of(text)


def test_rates_are_written_plainly():
    assert text_of(Decimal("0.70")) == "0.7"
    assert text_of(Decimal("1E+2")) == "100"
    assert text_of(Decimal("0.006"), decimals=4) == "0.0060"


@given(st.integers(0, 10**12), st.decimals("0.001", 1000, places=3))
def test_exchange_is_within_half_a_minor_unit(amount, rate):
    there = exchange(Money(amount, "CNY"), "USD", rate)
    assert abs(there.amount - amount * Fraction(rate)) <= Fraction(1, 2)
    back = exchange_at(Money(amount, "CNY"), "USD", rate)
    assert abs(back.amount - amount / Fraction(rate)) <= Fraction(1, 2)


def test_a_rate_of_zero_is_no_rate():
    with pytest.raises(RateError):
        exchange(Money(1, "CNY"), "USD", Decimal(0))


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_parts_add_up_to_the_whole_and_stay_next_to_their_quota(total, weights):
    assume(sum(weights))
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_what_cannot_be_shared_is_refused(weights):
    with pytest.raises(ValueError, match="cannot share"):
        split(5, weights)


def test_nothing_is_shared_by_anyone():
    assert split(0, [0, 0]) == (0, 0)


@given(
    st.integers(0, 10**9),
    rates,
    st.integers(0, 10**6),
    st.lists(st.integers(0, 10**9), max_size=8),
)
def test_refunds_in_any_steps_end_at_zero_for_everyone(net, rate, tax, asked):
    remaining = shares(net, rate, tax)
    assert remaining.total == net + tax
    for amount in asked:
        part = carried(min(amount, remaining.total), remaining)
        remaining -= part
        assert min(remaining.instructor, remaining.platform, remaining.tax) >= 0
    assert remaining - carried(remaining.total, remaining) == Shares(0, 0, 0)


def test_more_than_remains_is_not_carried():
    with pytest.raises(ValueError, match="11 of 10"):
        carried(11, Shares(7, 3))


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 3000))
def test_never_more_than_paid_goes_back(paid, refunded, reserved, amount):
    if refunded + reserved + amount <= paid:
        check_refundable(amount, paid=paid, refunded=refunded, reserved=reserved)
        return
    with pytest.raises(RefusedError) as refusal:
        check_refundable(amount, paid=paid, refunded=refunded, reserved=reserved)
    assert refusal.value.code is Code.REFUND_EXCEEDS_PAID
    assert refundable(paid=paid, refunded=refunded, reserved=reserved) < amount
