from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QDate, QRect, Qt

from app import words
from app.services.sync.engine import Phase
from app.views.dashboard.board import arranged, least_height
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.panel import DashboardPanel
from app.views.dashboard.period import Span
from app.views.frame.commands import Command, CommandBook
from app.views.frame.panel import Panel
from app.views.theme.theme import Appearance, theme
from app.views.widgets.state_page import Situation
from app.words import Language
from payments.contract.roles import Permission, Role
from tests.app.views.dashboard.conftest import NOW, business, fill, sale, settle


def situation(desk):
    stack = desk.panel._content
    return None if stack.currentWidget() is stack.content else stack.state.situation


def test_the_panel_is_what_the_frame_asks_for(desk):
    panel: Panel = desk.panel
    assert (panel.name, panel.needs) == ("dashboard", Permission.REVENUE_READ)
    assert words.say(panel.title) == "Revenue"


def test_it_opens_with_the_last_thirty_days_beside_the_thirty_before(open_desk, filled, qtbot):
    desk = open_desk(filled)
    assert situation(desk) is Situation.LOADING
    settle(qtbot, desk)
    assert situation(desk) is None
    assert desk.panel._answer.now.span.days == 30
    assert desk.texts()[:2] == ["¥750.00", "7"]
    assert desk.panel._as_of.text() == "as of 14:31:09"


def test_every_card_shows_its_chart(desk):
    for name, card in desk.panel._cards.items():
        assert card._canvas is not None, name
        assert card._canvas.accessibleDescription()
        assert card._subtitle.text()


def test_filters_ask_again(desk, qtbot):
    desk.panel._filters.channel.set_values(("wechat_pay",))
    desk.panel._filters._tell()
    settle(qtbot, desk)
    assert desk.texts()[0] == "¥200.00"
    desk.panel._filters.channel.clear()
    settle(qtbot, desk)
    assert desk.texts()[0] == "¥550.00"


def test_another_currency_is_shown_in_its_own_sign(desk, qtbot):
    filters = desk.panel._filters
    filters.currency.set_values(("USD",))
    filters.currency.changed.emit(("USD",))
    settle(qtbot, desk)
    assert desk.texts()[0] == "US$9.99"
    assert filters.currency.values() == ("USD",)


def test_days_of_ones_own_are_entered_below_the_chip(desk, qtbot):
    chip = desk.panel._filters.period
    chip.choose("custom")
    assert chip._range.isVisible()
    first, last = chip._range._fields
    first.setDate(QDate(2026, 11, 12))
    last.setDate(QDate(2026, 11, 5))
    assert last.date() >= first.date(), "the last day never lies before the first"
    first.setDate(QDate(2026, 11, 1))
    last.setDate(QDate(2026, 11, 13))
    qtbot.mouseClick(chip._range._apply, Qt.MouseButton.LeftButton)
    settle(qtbot, desk)
    assert desk.panel._answer.now.span == Span(date(2026, 11, 1), date(2026, 11, 13))
    assert chip.text() == "2026-11-01 to 2026-11-13"
    assert desk.texts()[1] == "2"


def test_days_that_were_not_entered_change_nothing(desk):
    chip = desk.panel._filters.period
    chip.choose("custom")
    chip._range.hide()
    assert chip.values() == ("days_7",)


def test_a_product_is_found_by_a_part_of_its_title(desk, qtbot):
    filters = desk.panel._filters
    filters.product._open()
    qtbot.waitUntil(lambda: filters.picker._list.count() == 2)
    filters.picker._field.setText("writ")
    filters.picker._field.tell()
    qtbot.waitUntil(lambda: filters.picker._list.count() == 1)
    filters.picker._list.itemClicked.emit(filters.picker._list.item(0))
    settle(qtbot, desk)
    assert filters.product.text() == "Writing"
    assert desk.panel._answer.question.product_id == "P00001"
    assert not filters.product._window.isVisible()
    filters.product.clear()
    settle(qtbot, desk)
    assert desk.panel._answer.question.product_id == ""


def test_what_is_chosen_is_remembered(desk, qtbot):
    panel = desk.panel
    panel._filters.period._choose_range(Span(date(2026, 11, 1), date(2026, 11, 2)))
    settle(qtbot, desk)
    another = replace(desk.context, book=CommandBook(desk.window))
    again = DashboardPanel(another, now=lambda: NOW)
    qtbot.addWidget(again.widget)
    assert again._filters.question() == panel._filters.question()


def test_changes_that_come_in_a_row_are_read_once(desk, qtbot):
    fill(desk.context.store, [sale(99, 0)], after=len(business()))
    before = desk.panel._answer
    for _ in range(50):
        desk.context.engine.changed.emit(object())
    assert desk.panel._work is None, "not yet"
    qtbot.waitUntil(lambda: desk.panel._answer is not before, timeout=5_000)
    assert desk.texts()[1] == "6"


def test_stale_answers_are_dropped(desk, qtbot):
    asked = []
    for period in ("today", "days_90", "this_month", "days_7"):
        desk.panel._filters.period.choose(period)
        asked.append(desk.panel._work)
    assert [work.cancelled for work in asked] == [True, True, True, False]
    settle(qtbot, desk)
    assert desk.panel._answer.now.span.days == 7


def test_out_of_sight_nothing_is_read(desk):
    before = desk.panel._answer
    desk.window.hide()
    desk.panel._ask_if_seen()
    assert desk.panel._work is None
    assert desk.panel._answer is before
    assert not desk.panel._again.isActive()


def test_a_new_day_begins_by_itself(desk, qtbot):
    desk.now = NOW + timedelta(days=1)
    desk.panel._ask_if_seen()
    settle(qtbot, desk)
    assert desk.panel._answer.now.span.last == date(2026, 11, 21)
    assert desk.panel._as_of.text() == "as of 2026-11-20 14:31:09"


def test_approvers_see_what_waits_and_go_there(desk, qtbot):
    strip = desk.panel._strip
    assert strip.isVisible()
    assert strip.accessibleName() == "1 refund waits for approval ¥77.00"
    qtbot.mouseClick(strip._open, Qt.MouseButton.LeftButton)
    assert desk.opened == [None]


def test_creators_see_no_strip(open_desk, filled, qtbot):
    desk = open_desk(filled, Role.CREATOR)
    settle(qtbot, desk)
    assert situation(desk) is None
    assert not desk.panel._strip.isVisible()


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.RISK_REVIEWER])
def test_roles_without_revenue_see_why(open_desk, filled, role):
    desk = open_desk(filled, role)
    assert situation(desk) is Situation.FORBIDDEN
    assert desk.panel._work is None
    assert not desk.panel._filters.isVisible()
    desk.panel.export()


@pytest.mark.parametrize(
    ("phase", "expected"),
    [
        (Phase.SYNCING, Situation.LOADING),
        (Phase.OFFLINE, Situation.OFFLINE),
        (Phase.LIVE, Situation.EMPTY),
    ],
)
def test_without_any_figures_it_says_why(open_desk, store, qtbot, phase, expected):
    desk = open_desk(store, phase=phase)
    settle(qtbot, desk)
    assert situation(desk) is expected
    assert not desk.panel._export.isEnabled()


def test_a_damaged_store_is_said_in_plain_words_and_tried_again(desk, qtbot, monkeypatch):
    class LostError(Exception):
        words_key = "trouble.store_damaged"

    with monkeypatch.context() as patch:
        patch.setattr("app.views.dashboard.panel.read", raising(LostError()))
        desk.panel.refresh()
        settle(qtbot, desk)
        assert situation(desk) is Situation.ERROR
        assert "damaged" in desk.panel._content.state.accessibleName()
    desk.panel._content.state.acted.emit()
    settle(qtbot, desk)
    assert situation(desk) is None


def raising(error):
    def read(*_arguments, **_named):
        raise error

    return read


def test_a_card_without_data_says_so_and_draws_again_later(desk, qtbot):
    desk.panel._filters.period._choose_range(Span(date(2026, 5, 1), date(2026, 5, 9)))
    settle(qtbot, desk)
    card = desk.panel._cards[ChartName.HEAT]
    assert card._canvas is None
    assert card._nothing.text() == "Nothing in this period."
    desk.panel._filters.period.choose("days_7")
    settle(qtbot, desk)
    assert card._canvas is not None


def test_it_speaks_the_other_language_at_once(desk, qtbot):
    words.use(Language.CHINESE)
    desk.panel.retranslate()
    settle(qtbot, desk)
    assert desk.panel._filters.period.text() == "近 7 天"
    assert desk.panel._tiles[0]._headline.caption == "净营收"
    assert desk.panel._cards[ChartName.REVENUE]._title.text() == "每日净营收"
    assert desk.panel._cards[ChartName.HEAT]._canvas.accessibleDescription().startswith("最集中")
    assert desk.panel._export.text() == "导出…"


def test_it_is_drawn_in_both_themes(desk):
    light = desk.window.grab().toImage()
    theme().choose(Appearance.DARK)
    assert desk.window.grab().toImage() != light


def test_the_keyboard_comes_to_the_period(desk):
    desk.window.activateWindow()
    desk.panel.focus_filter()
    assert desk.panel.widget.focusWidget() is desk.panel._filters.period


@pytest.mark.parametrize("width", [880, 968, 1179, 1180, 1384, 2400])
def test_cards_never_overlap_or_leave_the_page(width):
    height = max(800, least_height(width, 92))
    places = arranged(width, height, 104)
    page = QRect(20, 104, width - 40, height - 104)
    assert places.keys() == set(ChartName)
    for name, place in places.items():
        assert page.contains(place), name
        assert place.width() > 240, name
        assert place.height() > 120, name
        assert not [other for other in places if other != name and places[other].intersects(place)]


def test_a_narrow_window_scrolls_and_cuts_nothing_off(desk, qtbot):
    desk.window.resize(968, 652)
    desk.panel.widget.resize(968, 652)
    board = desk.panel._board
    qtbot.waitUntil(lambda: board.height() > 652)
    edges = [card.geometry().bottom() for card in desk.panel._cards.values()]
    assert max(edges) < board.height()
    assert max(tile.geometry().right() for tile in desk.panel._tiles) < 968


def test_any_period_is_a_command_away(desk, qtbot):
    book = desk.context.book
    seen: list[object] = []
    book.add(Command("panel.dashboard", "frame.panel.dashboard"), seen.append, desk.window)
    assert book.run("dashboard.this_year")
    settle(qtbot, desk)
    assert desk.panel._answer.now.span.first == date(2026, 1, 1)
    assert seen == [None]


def test_charts_are_not_imported_before_they_are_needed():
    code = "import sys, app.views.dashboard.panel; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
