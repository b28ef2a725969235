from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QDate

from app import words
from app.views.theme.theme import Appearance, theme
from app.views.theme.tokens import DARK
from app.views.widgets.calendar import Calendar, DateField
from app.views.widgets.filter_row import FilterRow
from app.views.widgets.ranges import AmountRange, DateRange
from app.words import Language
from payments.contract.money import Money


@pytest.fixture
def amounts(qtbot):
    row = FilterRow()
    qtbot.addWidget(row)
    return row, row.add_popup("frame.panel.orders", AmountRange("CNY"))


def test_a_range_of_amounts_says_its_ends_on_the_chip(qtbot, amounts):
    row, chip = amounts
    popup = chip.popup
    popup._first._edit.setText("500")
    popup._last._edit.setText("100")
    with qtbot.waitSignal(row.changed):
        popup.take()
    assert popup.value() == (Money(10_000, "CNY"), Money(50_000, "CNY"))
    assert chip.text() == "¥100.00 – ¥500.00"
    assert chip.is_active()


@pytest.mark.parametrize(
    ("first", "last", "said"), [("100", "", "≥ ¥100.00"), ("", "5", "≤ ¥5.00"), ("", "", "Orders")]
)
def test_either_end_may_stay_open(amounts, first, last, said):
    _, chip = amounts
    chip.popup._first._edit.setText(first)
    chip.popup._last._edit.setText(last)
    chip.popup.take()
    assert chip.text() == said


def test_an_amount_that_cannot_be_read_changes_nothing(qtbot, amounts):
    row, chip = amounts
    chip.popup._first._edit.setText("abc")
    with qtbot.assertNotEmitted(row.changed):
        chip.popup.take()
    assert chip.popup.value() == (None, None)


def test_the_cross_of_the_chip_opens_the_range_again(qtbot, amounts):
    row, chip = amounts
    chip.popup._first._edit.setText("100")
    chip.popup.take()
    with qtbot.waitSignal(row.changed):
        chip.clear()
    assert chip.popup.value() == (None, None)
    assert chip.text() == "Orders"


def test_days_the_wrong_way_round_are_exchanged(qtbot):
    popup = DateRange()
    qtbot.addWidget(popup)
    popup._first.setDate(QDate(2026, 11, 20))
    popup._last.setDate(QDate(2026, 11, 1))
    with qtbot.waitSignal(popup.changed):
        popup.take()
    assert popup.value() == (date(2026, 11, 1), date(2026, 11, 20))
    assert popup.describe() == "2026-11-01 – 2026-11-20"
    popup.clear()
    assert popup.describe() == ""


def test_one_day_is_said_once(qtbot):
    popup = DateRange()
    qtbot.addWidget(popup)
    popup.set_value((date(2026, 11, 20), date(2026, 11, 20)))
    assert popup.describe() == "2026-11-20"


def test_ranges_speak_the_language_in_force(amounts):
    row, chip = amounts
    words.use(Language.CHINESE)
    row.retranslate()
    assert chip.text() == "订单"
    assert chip.popup._apply.text() == "应用"


def test_the_calendar_follows_language_and_theme(qtbot):
    calendar = Calendar()
    qtbot.addWidget(calendar)
    calendar.setSelectedDate(QDate(2026, 11, 20))
    light = calendar.grab().toImage()
    words.use(Language.CHINESE)
    calendar.retranslate()
    assert calendar.locale().monthName(11) == "十一月"
    theme().choose(Appearance.DARK)
    dark = calendar.grab().toImage()
    assert light != dark
    assert dark.pixelColor(3, 100).name().upper() == DARK.surface


def test_a_date_field_shows_the_day_without_guessing(qtbot):
    field = DateField(QDate(2026, 2, 3))
    qtbot.addWidget(field)
    assert field.text() == "2026-02-03"
