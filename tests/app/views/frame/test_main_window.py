from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from app import words
from app.views.frame.commands import CommandBook
from app.views.frame.lock import LockPage
from app.views.frame.main_window import MainWindow
from app.views.frame.sync_state import Failed, Live, Never, Offline, Syncing
from app.views.theme.theme import Appearance, tokens
from app.views.theme.tokens import Size, Tone
from app.views.widgets.confirmation import confirm
from app.views.widgets.toast import Toast
from app.words import Language
from payments.contract.roles import Permission, Role

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_numbers_switch_panels(qtbot, window, panels):
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.panel() is panels[1]
    assert window.windowTitle() == "Orders – Suanpan"
    qtbot.keyClick(window, Qt.Key.Key_3, CONTROL)
    assert window.panel() is panels[2]
    assert panels[2].asked[-1] == "refresh"


def test_the_rail_switches_panels(window, panels):
    window.rail._items["risk"].click()
    assert window.panel() is panels[2]


def test_panels_that_a_role_may_not_see_are_not_offered(window, panels):
    window.allow([Permission.ORDERS_READ])
    assert list(window.rail._items) == ["orders"]
    assert window.panel() is panels[1]
    window.show_panel("risk")
    assert window.panel() is panels[1]


def test_the_panels_that_are_offered_are_numbered_without_gaps(qtbot, window, panels):
    window.allow([Permission.RISK_READ])
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.panel() is panels[2]
    assert window.rail._items["risk"].toolTip() == "Risk review   Ctrl 2"
    window.allow(list(Permission))
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert window.panel() is panels[1]


def test_the_last_panel_comes_back(qtbot, window, panels, preferences):
    window.show_panel("risk")
    again = MainWindow(CommandBook(), preferences)
    qtbot.addWidget(again)
    for panel in panels:
        again.add_panel(panel)
    again.allow(list(Permission))
    assert again.panel() is panels[2]


def test_the_window_comes_back_where_it_was(qtbot, window, preferences):
    # The screen of the tests is small, and no window comes back larger than its screen.
    window.resize(Size.WINDOW_LEAST_WIDTH, 640)
    window.close()
    again = MainWindow(CommandBook(), preferences)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (Size.WINDOW_LEAST_WIDTH, 640)


@pytest.mark.parametrize(
    ("key", "modifiers", "asked"),
    [
        (Qt.Key.Key_E, CONTROL, "export"),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.NoModifier, "focus_filter"),
    ],
)
def test_keys_that_hold_everywhere_ask_the_panel_in_view(
    qtbot, window, panels, key, modifiers, asked
):
    window.show_panel("orders")
    qtbot.keyClick(window, key, modifiers)
    assert panels[1].asked[-1] == asked


def test_f5_syncs_now(qtbot, window):
    with qtbot.waitSignal(window.sync_asked):
        qtbot.keyClick(window, Qt.Key.Key_F5)


def test_the_language_changes_everywhere_at_run_time(qtbot, window, panels):
    window.show_panel("orders")
    with qtbot.waitSignal(window.language_chosen) as chosen:
        window.choose_language(Language.CHINESE)
    assert chosen.args == [Language.CHINESE]
    assert window.windowTitle() == "订单 – 算盘"
    assert window.rail._items["risk"].accessibleName() == "风控审核"
    assert panels[2].asked[-1] == "retranslate"


def test_light_and_dark_change_at_run_time(window):
    window.choose_appearance(Appearance.DARK)
    assert tokens().dark
    ground = window.top_bar.grab().toImage().pixelColor(300, 5).name().upper()
    assert ground == tokens().surface


@pytest.mark.parametrize(
    ("state", "said", "tone"),
    [
        (Never(), "Not synced yet", Tone.NEUTRAL),
        (Syncing(0, 0), "Syncing…", Tone.INFO),
        (Syncing(1200, 50000), "Syncing 1,200 of 50,000", Tone.INFO),
        (Failed("problems.session_ended"), "Sync stopped", Tone.DANGER),
    ],
)
def test_the_top_bar_says_how_true_the_copy_is(window, state, said, tone):
    window.set_sync(state)
    assert window.top_bar.sync.text() == said
    assert window.top_bar.sync.tone() is tone


def test_live_and_offline_say_since_when(window, now):
    window.set_sync(Live(now - timedelta(minutes=3)))
    assert window.top_bar.sync.text() == "Live · 3 min ago"
    window.set_sync(Live(now + timedelta(seconds=2)))
    assert window.top_bar.sync.text() == "Live · just now"
    window.set_sync(Offline(now))
    assert window.top_bar.sync.text() == "Offline since 14:31"


def test_a_stopped_sync_says_what_to_do(window):
    window.set_sync(Failed("trouble.untrusted"))
    assert window.top_bar.sync.toolTip() == " ".join(words.problem("trouble.untrusted"))


def test_offline_says_so_instead_of_syncing(qtbot, window, now):
    window.set_sync(Offline(now))
    with qtbot.assertNotEmitted(window.sync_asked):
        qtbot.keyClick(window, Qt.Key.Key_F5)
    toast = window.toasts._toasts[-1]
    assert toast.accessibleName() == "Sync now: Not possible offline"
    with qtbot.waitSignal(window.sync_asked):
        window.top_bar.sync.click()


def test_counts_stand_where_someone_must_act(window):
    window.rail.set_count("risk", 7)
    window.rail.set_count("nowhere", 7)
    assert window.rail._items["risk"].accessibleName() == "Risk review, 7 waiting"
    window.rail.set_count("risk", 0)
    assert window.rail._items["risk"].accessibleName() == "Risk review"


def test_the_rail_opens_and_stays_open(window, preferences):
    window.rail.toggle()
    assert window.rail.width() == Size.RAIL_OPEN
    assert preferences.value("frame.rail_open", bool, False)
    window.rail.toggle()
    assert window.rail.width() == Size.RAIL


def test_a_page_covers_the_console_and_its_keys(qtbot, window, panels):
    window.show_panel("orders")
    window.show_page(LockPage("李雷"))
    panels[1].asked.clear()
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    qtbot.keyClick(window, Qt.Key.Key_2, CONTROL)
    assert panels[1].asked == []
    window.show_console()
    qtbot.keyClick(window, Qt.Key.Key_E, CONTROL)
    assert panels[1].asked == ["export"]


def test_everything_that_can_be_pressed_has_a_name(window):
    window.set_person("李雷", Role.FINANCE)
    nameless = [
        button
        for button in window.findChildren(object)
        if button.inherits("QAbstractButton") and button.isVisible() and not button.accessibleName()
    ]
    assert not nameless


def test_the_menu_chooses_language_appearance_and_rows(qtbot, window):
    window.set_person("李雷", Role.FINANCE)
    menu = window.menu.made()
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles == [
        "李雷 · Finance",
        "Appearance",
        "Language",
        "Row height",
        "Keyboard shortcuts",
        "Lock now",
        "Sign out",
    ]
    languages = next(one.menu() for one in menu.actions() if one.text() == "Language")
    with qtbot.waitSignal(window.language_chosen):
        languages.actions()[0].trigger()
    assert words.language() is Language.CHINESE


def test_question_mark_lists_the_keys(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_Question)
    assert window.keys_sheet.isVisible()
    said = [label.text() for label in window.keys_sheet.findChildren(QLabel)]
    assert {"Sync now", "Go to", "Orders", "Copy the row with headers"} <= set(said)
    qtbot.keyClick(window.keys_sheet, Qt.Key.Key_Escape)
    assert not window.keys_sheet.isVisible()


def test_behind_a_lock_nothing_can_be_decided_or_read_and_nothing_entered_is_lost(window):
    asked = confirm(window.panel().widget, "Refund", "Refund ¥94.50 to 王*明?", "Refund ¥94.50")
    decided = []
    asked.decided.connect(decided.append)
    window.toasts.say("Refunded ¥94.50 to 王*明", "Undo")
    file_dialog = QDialog(window)
    file_dialog.open()
    window.show_page(LockPage("李雷"))
    assert not asked.isVisible()
    assert not file_dialog.isVisible()
    assert not [toast for toast in window.findChildren(Toast) if toast.isVisible()]
    window.show_console()
    assert asked.isVisible()
    assert decided == []


def test_a_page_over_the_console_can_change_language_and_look(window):
    page = LockPage("李雷")
    window.show_page(page)
    page.menu.language_chosen.emit(Language.CHINESE)
    assert words.language() is Language.CHINESE
    assert window.windowTitle().endswith("算盘")
    page.menu.appearance_chosen.emit(Appearance.DARK)
    assert tokens().dark
