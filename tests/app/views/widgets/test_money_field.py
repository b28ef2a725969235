from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import formatting
from app.views.widgets.money_field import MoneyField
from payments.contract.money import LARGEST_AMOUNT, Money


@pytest.fixture
def field(qtbot):
    made = MoneyField("CNY")
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("94.50", 9450),
        ("94.5", 9450),
        ("94", 9400),
        ("94.500", 9450),
        ("1,204,310.50", 120431050),
        ("¥94.50", 9450),
        ("￥９４．５０", 9450),
        ("94。50", 9450),
        (" 94.50 ", 9450),
        ("0.01", 1),
        ("21474836.48", 2147483648),
    ],
)
def test_an_amount_is_read_exactly(field, typed, amount):
    field._edit.setText(typed)
    assert field.value() == Money(amount, "CNY")
    assert field.error() == ""


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter an amount."),
        ("abc", "Enter an amount such as 94.50."),
        ("-5", "Enter an amount such as 94.50."),
        ("1e3", "Enter an amount such as 94.50."),
        ("NaN", "Enter an amount such as 94.50."),
        (".5", "Enter an amount such as 94.50."),
        ("5.", "Enter an amount such as 94.50."),
        ("1.2.3", "Enter an amount such as 94.50."),
        ("0", "Enter an amount above zero."),
        ("0.00", "Enter an amount above zero."),
        ("94.505", "CNY has at most 2 decimals."),
        ("99999999999999999999", "Enter an amount such as 94.50."),
    ],
)
def test_what_is_no_amount_is_refused_with_a_reason(field, typed, error):
    field._edit.setText(typed)
    assert field.value() is None
    assert field.error() == error


def test_an_amount_above_the_most_is_refused(field):
    field.set_currency("CNY", Money(9450, "CNY"))
    field._edit.setText("94.51")
    assert field.error() == "At most ¥94.50."
    field._edit.setText("94.50")
    assert field.value() == Money(9450, "CNY")


def test_a_currency_without_decimals_takes_none(field):
    field.set_currency("JPY")
    field._edit.setText("500.5")
    assert field.error() == "JPY has no decimals."
    field._edit.setText("500")
    assert field.value() == Money(500, "JPY")


def test_every_keystroke_tells_the_amount(qtbot, field):
    told: list[Money | None] = []
    field.changed.connect(told.append)
    qtbot.keyClicks(field._edit, "9.5")
    assert told == [Money(900, "CNY"), None, Money(950, "CNY")]


def test_a_complaint_waits_for_the_end_and_leaves_at_once(qtbot, field):
    with qtbot.waitExposed(field):
        field.show()
    qtbot.keyClicks(field._edit, "x")
    assert not field._error.isVisible()
    assert field.complain()
    assert field._error.isVisible()
    field._edit.setText("5")
    assert not field._error.isVisible()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(amount=st.integers(1, LARGEST_AMOUNT), currency=st.sampled_from(["CNY", "JPY", "KWD"]))
def test_what_is_shown_reads_back(field, amount, currency):
    field.set_currency(currency)
    field.set_value(Money(amount, currency))
    assert field._edit.text() == formatting.amount(Money(amount, currency))
    assert field.value() == Money(amount, currency)
