from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.risk.features import Features
from payments.risk.rules import RULES
from payments.risk.scoring import assess, expected_loss, holds

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
THRESHOLD = Decimal(90)


def _features(amount: str = "500", **seen: object) -> Features:
    values = {"payer_since": LONG_AGO} | seen
    return Features(base_amount=Decimal(amount), at=NOW, **values)  # type: ignore[arg-type]


def test_an_ordinary_order_of_a_known_payer_has_no_parts():
    risk = assess(_features(), THRESHOLD)
    assert (risk.score, risk.coefficient, risk.parts) == ("0", "0", ())
    assert not holds(risk)


def test_the_worked_figure_is_held_and_exactly_the_threshold_is_not():
    assert assess(_features("500", device_payers=2), THRESHOLD).score == "100"
    assert holds(assess(_features("500", device_payers=2), THRESHOLD))
    at_the_threshold = assess(_features("450", device_payers=2), THRESHOLD)
    assert at_the_threshold.score == "90"
    assert not holds(at_the_threshold)
    assert holds(assess(_features("450.01", device_payers=2), THRESHOLD))


FINDINGS = [
    ("no_exchange_rate", {"priced_in_base": False}),
    ("known_fraud", {"payer_at_risk": True}),
    ("shared_device", {"device_payers": 2}),
    ("failed_attempts", {"failed_attempts_today": 3}),
    ("payer_velocity", {"payer_orders_recently": 3}),
    ("device_velocity", {"device_orders_recently": 3}),
    ("unusual_amount", {"payer_usual": Decimal(100)}),
    ("unusual_place", {"country": "RU"}),
    ("unusual_place", {"country": "CN", "payer_countries": frozenset({"SG"})}),
    ("repeated_purchase", {"same_product_today": 1}),
    ("new_payer", {"payer_since": NOW}),
]


@pytest.mark.parametrize(("reason", "seen"), FINDINGS)
def test_each_rule_finds_what_it_is_named_for(reason, seen):
    assert [part.reason for part in assess(_features(**seen), THRESHOLD).parts] == [reason]


NEARLY = [
    {"device_payers": 1},
    {"failed_attempts_today": 2},
    {"payer_orders_recently": 2},
    {"device_orders_recently": 2},
    {"payer_usual": Decimal("100.01")},
    {"country": "CN"},
    {"country": "SG", "payer_countries": frozenset({"SG"})},
    {"payer_since": NOW - timedelta(days=1)},
    {"payer_since": NOW, "payer_paid_orders": 1},
]


@pytest.mark.parametrize("seen", NEARLY)
def test_just_below_a_limit_no_rule_speaks(seen):
    assert not assess(_features(**seen), THRESHOLD).parts


def test_every_rule_has_been_tried():
    assert {reason for reason, _ in FINDINGS} == {rule.reason for rule in RULES}


@given(
    st.builds(
        Features,
        st.decimals(0, 10**9, places=2),
        st.just(NOW),
        st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is given beside
        payer_at_risk=st.booleans(),
        payer_orders_recently=st.integers(0, 9),
        failed_attempts_today=st.integers(0, 9),
        device_payers=st.integers(0, 9),
        device_orders_recently=st.integers(0, 9),
        same_product_today=st.integers(0, 3),
        country=st.sampled_from(["", "CN", "RU"]),
        priced_in_base=st.booleans(),
    )
)
def test_the_parts_make_up_the_coefficient_which_never_passes_one(features):
    risk = assess(features, THRESHOLD)
    coefficient = Decimal(risk.coefficient)
    assert sum(Decimal(part.part) for part in risk.parts) == coefficient <= 1
    assert Decimal(risk.score) == features.base_amount * coefficient
    assert holds(risk) == (Decimal(risk.score) > THRESHOLD)


def test_expected_loss_is_never_overstated():
    assert expected_loss(999, Decimal("0.15")) == 149
