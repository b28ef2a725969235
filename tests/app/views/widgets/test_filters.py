from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from app import words
from app.views.widgets.buttons import secondary
from app.views.widgets.chips import Choice, TabChips
from app.views.widgets.filter_row import FilterRow
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.search_field import SearchField
from app.words import Language
from payments.contract.lifecycles import OrderStatus


class Said:
    def __init__(self, status):
        self.status = status

    def __call__(self):
        return words.name(self.status)


CHOICES = [Choice(status.value, Said(status)) for status in OrderStatus]


@pytest.fixture
def row(qtbot):
    made = FilterRow()
    qtbot.addWidget(made)
    made.add_search("frame.search.filter")
    made.add_choice("status", "frame.panel.orders", CHOICES)
    made.add_choice("period", "frame.panel.risk", CHOICES[:3], several=False, removable=False)
    return made


def pick(chip, value):
    next(one for one in chip.choices_menu().actions() if one.data() == value).trigger()


def test_a_chip_says_its_title_then_what_is_chosen(row):
    chip = row._chips["status"]
    assert chip.text() == "Orders"
    pick(chip, "paid")
    assert chip.text() == "Paid"
    pick(chip, "on_hold")
    assert chip.text() == "Paid, On hold"
    pick(chip, "refunded")
    assert chip.text() == "Paid +2"
    words.use(Language.CHINESE)
    row.retranslate()
    assert chip.text() == "已支付 和另外 2 项"


def test_choices_are_told_in_their_own_order(qtbot, row):
    with qtbot.waitSignal(row.changed) as changed:
        pick(row._chips["status"], "refunded")
    assert changed.args == [{"status": ("refunded",), "period": ("awaiting_payment",)}]
    pick(row._chips["status"], "paid")
    assert row.values()["status"] == ("paid", "refunded")


def test_the_cross_removes_and_delete_too(qtbot, row):
    chip = row._chips["status"]
    row.set_values({"status": ["paid"]})
    chip.resize(chip.sizeHint())
    place = QPoint(chip.width() - 12, chip.height() // 2)
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=place)
    assert row.values()["status"] == ()
    row.set_values({"status": ["paid"]})
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert row.values()["status"] == ()


def test_a_chip_that_always_has_a_choice_keeps_it(row):
    chip = row._chips["period"]
    pick(chip, "paid")
    assert chip.values() == ("paid",)
    pick(chip, "paid")
    assert chip.values() == ("paid",)
    row.set_values({})
    assert chip.values() == ("awaiting_payment",)


def test_values_that_are_no_choices_are_left_out(row):
    row.set_values({"status": ["gone", "paid"]})
    assert row.values()["status"] == ("paid",)


def test_narrow_rows_wrap_instead_of_cutting(row):
    row.add_trailing(secondary("Export…"))
    row.resize(1000, 60)
    high = row.heightForWidth(1000), row.heightForWidth(420)
    assert high[0] < high[1]


def test_chips_never_are_narrower_than_their_words(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    layout = FlowLayout(8, holder)
    layout.setContentsMargins(10, 5, 10, 5)
    parts = [secondary("One button"), secondary("Another button"), secondary("Third")]
    for part in parts:
        layout.addWidget(part)
    holder.resize(QSize(200, layout.heightForWidth(200)))
    with qtbot.waitExposed(holder):
        holder.show()
    assert all(part.width() >= part.sizeHint().width() for part in parts)
    assert len({part.y() for part in parts}) > 1
    assert all(holder.rect().contains(part.geometry()) for part in parts)


def test_tabs_are_exclusive_and_show_counts(qtbot):
    tabs = TabChips(CHOICES[:3])
    qtbot.addWidget(tabs)
    tabs.set_counts({"paid": 1204})
    assert tabs._chips["paid"].text() == "Paid 1,204"
    with qtbot.waitSignal(tabs.changed) as changed:
        tabs._chips["paid"].click()
    assert changed.args == ["paid"]
    assert [chip.is_active() for chip in tabs._chips.values()] == [False, False, True]


@pytest.fixture
def search(qtbot):
    made = SearchField()
    qtbot.addWidget(made)
    return made


def test_typing_is_told_once_it_rests(qtbot, search):
    with qtbot.waitSignal(search.searched, timeout=2000) as told:
        qtbot.keyClicks(search, "SP26")
    assert told.args == ["SP26"]


def test_enter_tells_at_once_and_the_same_is_not_told_twice(qtbot, search):
    told: list[str] = []
    search.searched.connect(told.append)
    qtbot.keyClicks(search, "paid ")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert told == ["paid"]


def test_chinese_counts_once_it_is_committed(search):
    told: list[str] = []
    search.searched.connect(told.append)
    QApplication.sendEvent(search, QInputMethodEvent("zhang", []))
    assert not search._rest.isActive()
    commit = QInputMethodEvent("", [])
    commit.setCommitString("张伟")
    QApplication.sendEvent(search, commit)
    search.tell()
    assert told == ["张伟"]


def test_escape_clears_then_steps_back(qtbot, search):
    search.setText("x")
    search.tell()
    with qtbot.waitSignal(search.searched) as told:
        qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert told.args == [""]
    with qtbot.waitSignal(search.stepped_back):
        qtbot.keyClick(search, Qt.Key.Key_Escape)


def test_the_filter_takes_the_keyboard(qtbot, row):
    with qtbot.waitExposed(row):
        row.show()
    row.activateWindow()
    row.focus_filter()
    assert isinstance(row.focusWidget(), QLineEdit)
