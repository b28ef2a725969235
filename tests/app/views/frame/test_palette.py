from __future__ import annotations

from PySide6.QtCore import Qt

from app.views.frame.commands import Command
from app.views.frame.palette import Found
from app.views.frame.sync_state import Offline
from app.words import Language
from payments.contract.roles import Permission

CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    return window.palette_sheet


def titles(sheet):
    return [found.title for found in sheet.found()]


def test_places_stand_above_things_to_do(qtbot, window):
    sheet = opened(qtbot, window)
    assert titles(sheet)[:4] == ["Revenue", "Orders", "Risk review", "Sync now"]


def test_typing_narrows_and_enter_goes(qtbot, window, panels):
    sheet = opened(qtbot, window)
    qtbot.keyClicks(sheet._edit, "rev risk")
    assert titles(sheet) == ["Risk review"]
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Return)
    assert window.panel() is panels[2]
    assert not sheet.isVisible()


def test_arrows_choose_and_go_around(qtbot, window, panels):
    sheet = opened(qtbot, window)
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Up)
    assert sheet._list.currentIndex().row() == len(sheet.found()) - 1
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Down)
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Down)
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Return)
    assert window.panel() is panels[1]


def test_records_are_found_by_the_sources(qtbot, window):
    asked = []
    opened_orders: list[object] = []
    command = Command("orders.open", "frame.panel.orders", listed=False)
    window.book.add(command, opened_orders.append, window)
    order = Found("SP2611205512", "orders.open", "SP2611205512", "¥269.10")

    def source(text):
        asked.append(text)
        return [order]

    window.palette_sheet.add_source(source)
    sheet = opened(qtbot, window)
    assert asked == []
    qtbot.keyClicks(sheet._edit, "SP26")
    assert titles(sheet) == ["SP2611205512"]
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Return)
    assert opened_orders == ["SP2611205512"]


def test_nothing_found_is_said(qtbot, window):
    sheet = opened(qtbot, window)
    qtbot.keyClicks(sheet._edit, "zzz")
    assert sheet._nothing.isVisible()
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Return)
    assert sheet.isVisible()


def test_what_is_not_allowed_is_not_listed(qtbot, window):
    window.allow([Permission.ORDERS_READ])
    assert "Risk review" not in titles(opened(qtbot, window))


def test_offline_is_said_beside_what_needs_the_network(qtbot, window, now):
    window.set_sync(Offline(now))
    remarks = {found.title: found.remark for found in _found(qtbot, window)}
    assert remarks["Sync now"] == "Not possible offline"
    assert remarks["Orders"] == ""


def _found(qtbot, window):
    return opened(qtbot, window).found()


def test_escape_gives_the_keyboard_back(qtbot, window):
    window.top_bar.avatar.setFocus()
    sheet = opened(qtbot, window)
    assert window.focusWidget() is sheet._edit
    qtbot.keyClick(sheet._edit, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert window.focusWidget() is window.top_bar.avatar


def test_it_speaks_the_language_in_force(qtbot, window):
    sheet = opened(qtbot, window)
    window.choose_language(Language.CHINESE)
    assert titles(sheet)[1] == "订单"


def test_it_covers_the_window_when_that_grows(qtbot, window):
    sheet = opened(qtbot, window)
    window.resize(1200, 800)
    assert sheet.geometry() == window._frame.rect()
