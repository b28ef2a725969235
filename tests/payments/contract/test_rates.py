from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.contract.rates import success_rate, wilson_95


@st.composite
def counts(draw):
    trials = draw(st.integers(0, 100_000))
    return draw(st.integers(0, trials)), trials


def test_nothing_tried_is_no_data_and_nothing_is_known():
    assert success_rate(0, 0) is None
    assert wilson_95(0, 0) == (Decimal(0), Decimal(1))


@pytest.mark.parametrize(("successes", "trials"), [(-1, 5), (6, 5), (1, 0)])
def test_counts_that_cannot_be_are_refused(successes, trials):
    with pytest.raises(ValueError, match="successes of"):
        success_rate(successes, trials)
    with pytest.raises(ValueError, match="successes of"):
        wilson_95(successes, trials)


def test_published_interval():
    low, high = wilson_95(81, 263)  # Newcombe 1998, table I: 0.2553, 0.3662
    assert (round(low, 4), round(high, 4)) == (Decimal("0.2553"), Decimal("0.3662"))


@given(counts())
def test_the_interval_holds_the_rate_and_stays_within_0_and_1(pair):
    low, high = wilson_95(*pair)
    assert 0 <= low <= high <= 1
    rate = success_rate(*pair)
    assert rate is None or low <= rate <= high


@given(counts())
def test_the_interval_of_failures_mirrors_that_of_successes(pair):
    successes, trials = pair
    low, high = wilson_95(successes, trials)
    mirrored_low, mirrored_high = wilson_95(trials - successes, trials)
    assert abs(low - (1 - mirrored_high)) < Decimal("1e-15")
    assert abs(high - (1 - mirrored_low)) < Decimal("1e-15")
