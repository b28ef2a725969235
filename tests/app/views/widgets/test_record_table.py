from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QGuiApplication

from app import words
from app.services.preferences import Preferences
from app.views.theme.theme import Appearance, Density, theme
from app.views.theme.tokens import Size, Tone
from app.views.widgets.columns import TableColumn
from app.views.widgets.delegates import (
    VALUE_ROLE,
    MoneyDelegate,
    NumberDelegate,
    PillDelegate,
    TextDelegate,
    TimeDelegate,
    TwoLineDelegate,
    WordDelegate,
)
from app.views.widgets.record_table import RecordTable
from app.words import Language
from payments.contract.lifecycles import OrderStatus
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName

NOW = datetime(2026, 11, 20, 6, 31, 7, tzinfo=UTC)
TITLES = [
    "frame.panel.dashboard",
    "frame.panel.orders",
    "frame.panel.refunds",
    "frame.panel.risk",
    "frame.panel.finance",
]

NOWHERE = QModelIndex()


class Rows(QAbstractTableModel):
    def __init__(self, count=1000, columns=5, parent=None):
        super().__init__(parent)
        self._count = count
        self._columns = columns
        self.matched = 0

    def rowCount(self, parent=NOWHERE):  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent=NOWHERE):  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else self._columns

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        row = index.row()
        if role == VALUE_ROLE:
            return (
                NOW - timedelta(minutes=row),
                f"SP{row:06}",
                OrderStatus.PAID if row % 2 else OrderStatus.ON_HOLD,
                ChannelName.WECHAT_PAY,
                Money(-161 if row == 1 else 9450, "CNY"),
            )[index.column()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == 1:
            return f"SP{row:06}"
        return None

    def match(self, *args):
        self.matched += 1
        return super().match(*args)


def columns():
    return [
        TableColumn("time", TITLES[0], TimeDelegate(lambda: NOW), 110),
        TableColumn("order", TITLES[1], TextDelegate(), 140, stretches=True),
        TableColumn("status", TITLES[2], PillDelegate(OrderStatus), 150),
        TableColumn("channel", TITLES[3], WordDelegate(ChannelName), 110, gives_way=1),
        TableColumn("amount", TITLES[4], MoneyDelegate(), 110),
    ]


@pytest.fixture
def table(qtbot, preferences):
    made = RecordTable("orders", columns(), preferences)
    qtbot.addWidget(made)
    made.setModel(Rows(parent=made))
    made.resize(900, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def said(table, row, column):
    return table.itemDelegateForColumn(column).text(table.model().index(row, column))


def shown(table):
    return [
        column.name
        for place, column in enumerate(table._columns)
        if not table.isColumnHidden(place)
    ]


def test_cells_speak_the_language_in_force(table):
    assert [said(table, 1, column) for column in range(5)] == [
        "1 min ago",
        "SP000001",
        "Paid",
        "WeChat Pay",
        "−1.61",
    ]
    words.use(Language.CHINESE)
    assert [said(table, 0, column) for column in range(5)] == [
        "刚刚",
        "SP000000",
        "冻结中",
        "微信支付",
        "94.50",
    ]


def test_a_status_has_its_tone_and_an_instant_its_zone(table):
    pill = table.itemDelegateForColumn(2)
    assert pill.tone(table.model().index(0, 2)) is Tone.WARNING
    time = table.itemDelegateForColumn(0)
    assert time.tooltip(table.model().index(0, 0)).endswith("Beijing time (UTC+08:00)")


def test_rows_are_of_one_height_and_follow_the_density(table):
    assert table.rowHeight(0) == Size.ROW
    theme().choose_density(Density.COMPACT)
    assert table.rowHeight(0) == Size.ROW_COMPACT


def test_the_first_shown_column_carries_the_accent_edge(table):
    assert table.is_outermost(0) == (True, False)
    assert table.is_outermost(4) == (False, True)
    table.horizontalHeader().moveSection(4, 0)
    assert table.is_outermost(4) == (True, False)


def test_selected_and_hovered_rows_look_different_in_both_themes(table):
    pictures = []
    for appearance in (Appearance.LIGHT, Appearance.DARK):
        theme().choose(appearance)
        table.clearSelection()
        table._hover(-1)
        pictures.append(table.grab().toImage())
        table.selectRow(2)
        pictures.append(table.grab().toImage())
        table._hover(4)
        pictures.append(table.grab().toImage())
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[:place])


def test_enter_opens_space_previews_escape_steps_back(qtbot, table):
    table.selectRow(3)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args[0].row() == 3
    with qtbot.waitSignal(table.previewed) as previewed:
        qtbot.keyClick(table, Qt.Key.Key_Space)
    assert previewed.args[0].row() == 3
    with qtbot.waitSignal(table.stepped_back):
        qtbot.keyClick(table, Qt.Key.Key_Escape)


def test_arrows_move_and_home_and_end_go_to_the_outermost_rows(qtbot, table):
    table.selectRow(3)
    with qtbot.waitSignal(table.row_changed) as moved:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert moved.args[0].row() == 4
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 999
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0


def test_the_cell_and_the_row_can_be_copied(qtbot, table):
    table.setCurrentIndex(table.model().index(1, 4))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "−1.61"
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(table, Qt.Key.Key_C, both)
    assert QGuiApplication.clipboard().text() == (
        "Revenue\tOrders\tRefunds\tRisk review\tFinance\n"
        "1 min ago\tSP000001\tPaid\tWeChat Pay\t−1.61"
    )


def test_letters_do_not_search_through_every_row(qtbot, table):
    table.selectRow(0)
    qtbot.keyClicks(table, "sp0009")
    assert table.model().matched == 0
    assert table.currentIndex().row() == 0


def test_all_rows_are_selected_as_one_span(qtbot, table):
    with qtbot.waitSignal(table.selection_counted) as counted:
        table.selectAll()
    assert counted.args == [1000]
    assert table.selected_rows() == [(0, 999)]


def test_single_rows_are_counted(table):
    model = table.selectionModel()
    rows = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in (2, 5, 6):
        model.select(table.model().index(row, 0), rows)
    assert sum(last - first + 1 for first, last in table.selected_rows()) == 3


def test_a_press_on_the_header_asks_for_a_sort(qtbot, table):
    with qtbot.waitSignal(table.sort_requested) as asked:
        table._header_clicked(0)
    assert asked.args == ["time", False]
    table.show_sort("time", ascending=False)
    with qtbot.waitSignal(table.sort_requested) as asked:
        table._header_clicked(0)
    assert asked.args == ["time", True]
    with qtbot.waitSignal(table.sort_requested) as asked:
        table._header_clicked(1)
    assert asked.args == ["order", True]


def test_the_columns_fill_the_width_exactly(table):
    assert sum(table.columnWidth(place) for place in range(5)) == table.viewport().width()


def test_columns_give_way_before_anything_is_cut_off(table):
    assert "channel" in shown(table)
    table.resize(560, 400)
    assert shown(table) == ["time", "order", "status", "amount"]
    QCoreApplication.processEvents()
    assert table.horizontalHeader().length() == table.viewport().width()
    assert not table.horizontalScrollBar().isVisible()
    table.resize(900, 400)
    assert "channel" in shown(table)


def test_an_arrangement_is_remembered(qtbot, table, preferences, tmp_path):
    table.setColumnWidth(4, 180)
    table.horizontalHeader().moveSection(4, 0)
    toggle = next(one for one in table.columns_menu(0).actions() if one.data() == "status")
    toggle.trigger()
    preferences.save()
    again = RecordTable("orders", columns(), Preferences(tmp_path / "preferences.json"))
    qtbot.addWidget(again)
    again.setModel(Rows(parent=again))
    again.resize(900, 400)
    assert again.horizontalHeader().logicalIndex(0) == 4
    assert again.columnWidth(4) == 180
    assert "status" not in shown(again)


def test_the_usual_columns_come_back(table):
    table.horizontalHeader().moveSection(4, 0)
    table.restore_columns()
    assert table.horizontalHeader().logicalIndex(0) == 0


def test_the_last_column_cannot_be_hidden(table):
    for name in ("time", "order", "status", "channel", "amount"):
        toggle = next(one for one in table.columns_menu(0).actions() if one.data() == name)
        toggle.trigger()
    assert shown(table) == ["amount"]


@pytest.mark.parametrize(
    "kept",
    [[], "x", 7, {"order": 3}, {"order": ["gone", "amount"], "widths": {"amount": -4, "x": 1}}],
)
def test_a_damaged_arrangement_is_as_good_as_none(qtbot, tmp_path, kept):
    file = tmp_path / "damaged.json"
    file.write_text(json.dumps({"table.orders": kept}))
    table = RecordTable("orders", columns(), Preferences(file))
    qtbot.addWidget(table)
    table.setModel(Rows(parent=table))
    assert len(shown(table)) == 5


def test_a_column_fits_what_is_on_screen(table):
    table.fit_column(4)
    assert 48 <= table.columnWidth(4) < 110


def test_the_header_offers_every_column(table):
    names = [action.data() for action in table.columns_menu(1).actions() if action.isCheckable()]
    assert names == ["time", "order", "status", "channel", "amount"]


def test_hovering_follows_the_pointer(qtbot, table):
    qtbot.mouseMove(table.viewport(), QPoint(50, 10))
    table._hover(0)
    assert table.is_hovered(0)
    table._hover(-1)
    assert not table.is_hovered(0)


class Pairs(Rows):
    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        pair = (f"CNY {index.row()}.00", "年度会员 ×12")
        return pair if role == VALUE_ROLE and index.column() == 0 else None


def test_a_tall_row_has_two_lines(qtbot, preferences):
    made = [TableColumn("case", TITLES[3], TwoLineDelegate(), stretches=True)]
    table = RecordTable("cases", made, preferences, row_height=Size.ROW_TALL)
    qtbot.addWidget(table)
    table.setModel(Pairs(columns=1, parent=table))
    assert table.rowHeight(0) == Size.ROW_TALL
    assert said(table, 0, 0) == "CNY 0.00 · 年度会员 ×12"
    assert not table.grab().isNull()


class Counts(Rows):
    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        return 12408 + index.row() if role == VALUE_ROLE else None


def test_counts_are_grouped():
    rows = Counts()
    assert NumberDelegate().text(rows.index(0, 0)) == "12,408"
