from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.views.frame.commands import Command, CommandBook, OfflinePolicy, UnknownCommandError
from payments.contract.roles import Permission

REFUND = Command(
    "refunds.new",
    "frame.command.sync",
    "Ctrl+R",
    needs=Permission.REFUNDS_REQUEST,
    offline=OfflinePolicy.QUEUED,
)
PULL = Command("finance.pull", "frame.command.sync", offline=OfflinePolicy.NEEDS_NETWORK)


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def done():
    return []


@pytest.fixture
def book(window, done):
    made = CommandBook(window)
    made.add(REFUND, done.append, window)
    made.add(PULL, done.append, window)
    made.allow(list(Permission))
    return made


def test_a_command_runs_with_its_argument(book, done):
    assert book.run("refunds.new", "SP1")
    assert done == ["SP1"]


@pytest.mark.usefixtures("book")
def test_a_key_runs_its_command(qtbot, done, window):
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert done == [None]


def test_what_is_not_allowed_is_neither_offered_nor_done(qtbot, book, done, window):
    book.allow([Permission.ORDERS_READ])
    assert book.offered() == [PULL]
    assert not book.run("refunds.new")
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert done == []


def test_offline_refuses_what_needs_the_network_and_queues_the_rest(qtbot, book, done):
    book.set_online(False)
    assert book.run("refunds.new", 1)
    with qtbot.waitSignal(book.refused) as refused:
        assert not book.run("finance.pull")
    assert refused.args == [PULL]
    assert done == [1]
    book.set_online(True)
    assert book.run("finance.pull")


def test_an_unknown_command_is_an_error(book):
    with pytest.raises(UnknownCommandError, match="nobody"):
        book.run("nobody.has.this")


def test_a_name_stands_once_in_the_book(book, done, window):
    with pytest.raises(ValueError, match=r"refunds\.new"):
        book.add(REFUND, done.append, window)


def test_letters_typed_into_a_field_are_no_commands(qtbot, book, done, window):
    field = QLineEdit()
    QVBoxLayout(window).addWidget(field)
    book.add(Command("risk.approve", "frame.command.sync", "A"), done.append, window)
    field.setFocus()
    qtbot.keyClicks(field, "a")
    assert field.text() == "a"
    assert done == []


def test_a_panels_key_works_inside_the_panel_only(qtbot, book, done, window):
    layout = QVBoxLayout(window)
    inside, outside = QWidget(), QWidget()
    for part in (inside, outside):
        part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout.addWidget(part)
        part.show()
    book.add(Command("risk.approve", "frame.command.sync", "A"), done.append, inside)
    outside.setFocus()
    qtbot.keyClick(outside, Qt.Key.Key_A)
    assert done == []
    inside.setFocus()
    qtbot.keyClick(inside, Qt.Key.Key_A)
    assert done == [None]
