from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.views.theme.theme import tokens
from app.views.theme.tokens import Tone
from app.views.widgets.bar_rows import Bar, BarRows
from app.views.widgets.confirmation import confirm

QUESTION = (
    "Refund ¥94.50 to 王*明 through WeChat Pay? This cannot be undone once the channel accepts it."
)


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def asker(window):
    inside = QLineEdit()
    QVBoxLayout(window).addWidget(inside)
    inside.show()
    inside.setFocus()
    return inside


def asked(asker, **more):
    return confirm(asker, "Refund", QUESTION, "Refund ¥94.50", subject="RF1", **more)


def test_the_act_hands_back_its_subject(qtbot, asker):
    question = asked(asker)
    with qtbot.waitSignal(question.decided) as decided:
        question._act.click()
    assert decided.args == ["RF1"]
    assert question.isHidden()


@pytest.mark.parametrize("way", ["escape", "cancel", "beside"])
def test_every_other_way_out_changes_nothing(qtbot, asker, way):
    question = asked(asker)
    with qtbot.assertNotEmitted(question.decided):
        if way == "escape":
            qtbot.keyClick(question, Qt.Key.Key_Escape)
        elif way == "cancel":
            question._cancel.click()
        else:
            qtbot.mouseClick(question, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert question.isHidden()


def test_the_keyboard_goes_back_to_where_it_was(asker):
    question = asked(asker)
    assert asker.window().focusWidget() is question._act
    question._cancel.click()
    assert asker.window().focusWidget() is asker


def test_what_cannot_be_undone_is_not_one_enter_away(asker):
    question = asked(asker, dangerous=True)
    assert asker.window().focusWidget() is question._cancel
    question.close_over()


def test_a_body_may_hold_the_act_back(qtbot, asker):
    question = asked(asker, body=QLineEdit())
    question.set_possible(possible=False)
    with qtbot.assertNotEmitted(question.decided):
        question._act.click()
    question.close_over()


def test_the_whole_question_can_be_read(asker):
    question = asked(asker)
    assert QUESTION in question.accessibleName()
    question.close_over()


def test_bars_are_as_long_as_their_shares(qtbot):
    rows = BarRows()
    qtbot.addWidget(rows)
    rows.show_bars([Bar("a", 1.0, "+1", Tone.WARNING), Bar("b", 0.5, "+2"), Bar("c", -3, "+3")])
    rows.resize(400, rows.sizeHint().height())
    picture = rows.grab().toImage()

    def filled(row, colour):
        wanted = QColor(colour).rgb()
        return sum(picture.pixel(x, row * 26 + 13) == wanted for x in range(400))

    whole, half = filled(0, tokens().warning), filled(1, tokens().accent)
    assert half == pytest.approx(whole / 2, abs=8)
    assert filled(2, tokens().accent) == 0
    assert rows.accessibleName() == "a +1; b +2; c +3"
