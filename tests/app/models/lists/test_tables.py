from __future__ import annotations

from collections import deque
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView

from app.models.lists.cases import CASE_SOURCE, CaseTable
from app.models.lists.orders import ORDER_SOURCE, OrderTable
from app.models.lists.query import CaseQuery, OrderQuery, RefundQuery, Sort, Totals
from app.models.lists.refunds import REFUND_SOURCE, RefundTable
from app.models.lists.source import each
from app.models.store.codes import CHANNELS, KINDS, STATUSES
from app.services.sync.apply import apply_page
from payments.contract.lifecycles import OrderStatus, RefundState
from payments.contract.roles import Kind
from payments.contract.wire.records import ChannelName, ProductKind
from tests.builders.console import (
    a_case,
    a_product,
    a_refund,
    an_order,
    numbered,
    pages,
    removal,
)

COUNT = 700
ORDERS = [an_order(number) for number in range(COUNT)]
REFUNDS = [a_refund(number, of=ORDERS[number]) for number in range(300)]
CASES = [a_case(number, of=ORDERS[number]) for number in range(200)]
PRODUCTS = [a_product(number) for number in range(200)]
HEAD = len(PRODUCTS) + COUNT + 300 + 200


class Text:
    """A column that shows one attribute."""

    def __init__(self, key):
        self.key = key

    def header(self, role):
        return self.key if role == Qt.ItemDataRole.DisplayRole else None

    def value(self, row, role):
        return str(getattr(row, self.key)) if role == Qt.ItemDataRole.DisplayRole else None


class Later:
    """Background work that runs when the test says so, in the order it was asked."""

    def __init__(self):
        self.waiting: deque[Any] = deque()

    def __call__(self, work, *, done, failed):
        self.waiting.append((work, done, failed))

    def next(self):
        work, done, failed = self.waiting.popleft()
        try:
            answer = work()
        except Exception as error:  # noqa: BLE001 - whatever it is goes to ``failed``
            failed(error)
        else:
            done(answer)

    def all(self):
        while self.waiting:
            self.next()


@pytest.fixture(autouse=True)
def _application(qapp):
    """Models emit signals: there must be an application."""


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def filled(store):
    for page in pages(numbered([*PRODUCTS, *ORDERS, *REFUNDS, *CASES]), size=500):
        apply_page(store, page)
    return store


def columns(*keys):
    return tuple(map(Text, keys))


@pytest.fixture
def orders(filled, later):
    table = OrderTable(filled, later, columns("id", "title", "amount", "status"))
    table.show(OrderQuery())
    later.all()
    return table


def ids(table):
    return [table.id_at(position) for position in range(table.rowCount())]


def newest_first(wanted=lambda _: True):
    chosen = [(o.placed_at, n, o.id) for n, o in enumerate(ORDERS) if wanted(o)]
    return [key for *_, key in sorted(chosen, reverse=True)]


@pytest.mark.parametrize("kind", [OrderTable, RefundTable, CaseTable])
def test_each_model_keeps_qts_rules(kind, filled, later, qtmodeltester):
    table = kind(filled, later, columns("id", "title"))
    qtmodeltester.check(table)
    table.show(table.everything)
    later.next()
    qtmodeltester.check(table)
    later.all()
    qtmodeltester.check(table)
    assert table.rowCount() > 128


def test_the_first_page_is_shown_before_the_rest_is_ordered(filled, later):
    table = OrderTable(filled, later, columns("id"))
    table.show(OrderQuery())
    assert table.rowCount() == 0
    later.next()
    assert table.rowCount() == COUNT
    assert table.id_at(0) == newest_first()[0]
    assert table.id_at(300) == ""
    later.next()
    assert ids(table) == newest_first()


def test_cells_come_from_the_columns_the_view_gave(orders):
    index = orders.index(0, 2)
    newest = orders.row(0)
    assert orders.data(index) == str(newest.amount)
    assert orders.data(index, Qt.ItemDataRole.ToolTipRole) is None
    assert orders.headerData(1, Qt.Orientation.Horizontal) == "title"
    orders.set_columns(columns("payer"))
    assert orders.columnCount() == 1
    assert orders.data(orders.index(0, 0)) == newest.payer


def test_a_view_paints_what_the_columns_say(orders, qtbot):
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(orders)
    view.resize(400, 300)
    with qtbot.waitExposed(view):
        view.show()
    view.grab()
    assert view.model().index(0, 0).data() == newest_first()[0]


def test_an_answer_to_an_older_question_is_dropped(filled, later):
    table = OrderTable(filled, later, columns("id"))
    table.show(OrderQuery(text="没有这样的课"))
    table.show(OrderQuery())
    later.all()
    assert table.rowCount() == COUNT
    table.show(OrderQuery(text="没有这样的课"))
    table.show(OrderQuery(text="算法"))
    later.waiting.rotate(1)
    later.all()
    assert table.rowCount() == sum("算法" in order.title for order in ORDERS)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (OrderQuery(channels=(ChannelName.ALIPAY,)), lambda o: o.channel == "alipay"),
        (
            OrderQuery(kinds=(ProductKind.COURSE, ProductKind.TOP_UP)),
            lambda o: o.kind in {"course", "top_up"},
        ),
        (OrderQuery(currency="USD"), lambda o: o.currency == "USD"),
        (OrderQuery(smallest=12_000, largest=13_000), lambda o: 12_000 <= o.amount <= 13_000),
        (OrderQuery(payer_id=ORDERS[5].payer_id), lambda o: o.payer_id == ORDERS[5].payer_id),
        (
            OrderQuery(product_id=ORDERS[5].product_id),
            lambda o: o.product_id == ORDERS[5].product_id,
        ),
        (OrderQuery(statuses=(OrderStatus.REFUNDED,)), lambda o: o.refunded and o.paid),
        (OrderQuery(text="算"), lambda o: "算" in o.title),
        (OrderQuery(text="口语"), lambda o: "口语" in o.title),
        (OrderQuery(text="王 口语"), lambda o: "口语" in o.title and "王" in o.payer),
        (OrderQuery(text="speaking"), lambda o: "口语" in o.title),
        (OrderQuery(text="SP0000000123"), lambda o: o.id == "SP0000000123"),
        (
            OrderQuery(first_day=date(2024, 1, 1), last_day=date(2024, 1, 1)),
            lambda o: o.placed_at.astimezone(ZoneInfo("Asia/Shanghai")).date() == date(2024, 1, 1),
        ),
        (
            OrderQuery(first_day=date(2024, 1, 1), kinds=(ProductKind.COURSE,)),
            lambda o: o.kind == "course",
        ),
        (
            OrderQuery(text="摄影", currency="CNY", channels=(ChannelName.BALANCE,)),
            lambda o: "摄影" in o.title and o.currency == "CNY" and o.channel == "balance",
        ),
    ],
)
def test_a_filter_shows_what_fits_and_its_totals(orders, later, query, wanted):
    orders.show(query)
    later.all()
    chosen = [order for order in ORDERS if wanted(order)]
    assert ids(orders) == newest_first(wanted)
    currencies = sorted({order.currency for order in chosen})
    assert orders.totals == Totals(
        len(chosen),
        {c: sum(o.amount for o in chosen if o.currency == c) for c in currencies},
        {c: sum(o.refunded for o in chosen if o.currency == c) for c in currencies},
    )


@pytest.mark.parametrize("key", sorted(ORDER_SOURCE.sorts))
@pytest.mark.parametrize("descending", [False, True])
def test_orders_are_sorted_by_any_column(orders, later, key, descending):
    orders.set_columns(columns("id", key))
    orders.sort(1, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)
    later.all()
    assert orders.query.sort == Sort(key, descending)
    rank = {"status": STATUSES, "channel": CHANNELS, "kind": KINDS}.get(key)
    shown: list[Any] = [getattr(orders.row(position), key) or 0 for position in range(COUNT)]
    shown = [rank.number(word) for word in shown] if rank else shown
    assert shown == sorted(shown, reverse=descending)


@pytest.mark.parametrize(
    ("source", "query", "count"),
    [(REFUND_SOURCE, RefundQuery(), 300), (CASE_SOURCE, CaseQuery(), 200)],
)
def test_refunds_and_cases_are_sorted_by_any_column(filled, source, query, count):
    with filled.reading() as db:
        for key, by in source.sorts.items():
            # All cases here are overdue: the most urgent is then the one with the highest score.
            named = {"urgency": "score_rank", "decided_last": "decided_at"}
            column = named.get(key) or by.split(", ")[0]
            for descending in (False, True):
                rows = list(each(db, source, query.sorted_by(Sort(key, descending))))
                shown = [getattr(row, column) or 0 for row in rows]
                assert shown == sorted(shown, reverse=descending)
                assert len(rows) == count


def test_a_column_that_cannot_be_sorted_by_changes_nothing(orders, later):
    orders.set_columns(columns("payer_phone"))
    orders.sort(0, Qt.SortOrder.AscendingOrder)
    assert not later.waiting


def test_totals_of_refunds_count_as_returned_only_what_succeeded(filled, later):
    table = RefundTable(filled, later, columns("id"))
    table.show(RefundQuery())
    later.all()
    assert table.totals.count == 300
    assert table.totals.amount == table.totals.refunded
    failed = a_refund(0, of=ORDERS[0], state=RefundState.FAILED)
    apply_page(filled, next(pages(numbered([failed], first=HEAD + 1), size=9, after=HEAD)))
    table.on_changed(Kind.REFUND, [failed.id])
    later.all()
    currency = failed.currency
    assert table.totals.amount[currency] - table.totals.refunded[currency] == failed.amount


def watch(table):
    seen: list[Any] = []
    table.modelReset.connect(lambda: seen.append("reset"))
    table.layoutChanged.connect(lambda: seen.append("order"))
    table.dataChanged.connect(lambda first, last: seen.append((first.row(), last.row())))
    return seen


def test_a_change_repaints_its_row_without_a_reset(orders, later, filled):
    position = orders.position_of("SP0000000690")
    assert orders.id_at(position) == "SP0000000690"
    seen = watch(orders)
    changed = an_order(690, title="改了名的课")
    apply_page(filled, next(pages(numbered([changed], first=HEAD + 1), size=9, after=HEAD)))
    orders.on_changed(Kind.ORDER, ["SP0000000690", "SP0000000003"])
    later.all()
    assert seen == [(position, position)]
    assert orders.row(position).title == "改了名的课"


def test_changes_of_other_kinds_touch_nothing(orders, later):
    seen = watch(orders)
    orders.on_changed(Kind.REFUND, ["R1"])
    assert not later.waiting
    assert seen == []


def test_selection_and_current_row_follow_their_records(orders, later, filled, qtbot):
    view = QTableView()
    qtbot.addWidget(view)
    view.setModel(orders)
    chosen = [3, 130, 650]
    names = [orders.id_at(position) for position in chosen]
    for position in chosen:
        view.selectionModel().select(
            orders.index(position, 0),
            QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
        )
    kept = QPersistentModelIndex(orders.index(650, 1))
    seen = watch(orders)
    new = [an_order(COUNT + number) for number in range(40)]
    apply_page(filled, next(pages(numbered(new, first=HEAD + 1), size=99, after=HEAD)))
    orders.on_changed(Kind.ORDER, [order.id for order in new])
    later.all()
    assert orders.rowCount() == COUNT + 40
    assert "reset" not in seen
    selected = [index.row() for index in view.selectionModel().selectedRows()]
    assert sorted(orders.id_at(row) for row in selected) == sorted(names)
    assert (orders.id_at(kept.row()), kept.column()) == (names[2], 1)


def test_what_leaves_the_list_leaves_the_selection(orders, later, filled):
    gone = orders.id_at(10)
    stays, leaves = (
        QPersistentModelIndex(orders.index(400, 0)),
        QPersistentModelIndex(orders.index(10, 0)),
    )
    name = orders.id_at(400)
    change = removal(Kind.ORDER, gone, HEAD + 1)
    apply_page(filled, next(pages([change], size=9, after=HEAD)))
    orders.on_changed(Kind.ORDER, [gone])
    later.all()
    assert orders.rowCount() == COUNT - 1
    assert not leaves.isValid()
    assert orders.id_at(stays.row()) == name
    assert orders.position_of(gone) == -1


def test_changes_that_come_while_reading_are_read_afterwards_once(orders, later):
    orders.refresh()
    for _ in range(5):
        orders.on_changed(Kind.ORDER, ["SP0000000001"])
    assert len(later.waiting) == 1
    later.next()
    assert len(later.waiting) == 1
    later.next()
    assert not later.waiting


def test_a_failure_is_told_and_the_list_can_be_shown_again(orders, later):
    told: list[Any] = []
    orders.failed.connect(told.append)
    orders.show(OrderQuery(sort=Sort("no_such_column")))
    later.all()
    assert isinstance(told[0], KeyError)
    orders.show(OrderQuery())
    later.all()
    assert orders.rowCount() == COUNT


def test_only_what_is_looked_at_is_fetched(orders):
    fetched = []
    fetch = orders._window._fetch

    def counted(numbers):
        fetched.append(len(numbers))
        return fetch(numbers)

    orders._window._fetch = counted
    orders.row(640)
    orders.row(650)
    orders.row(10**9)
    assert fetched == [COUNT - 640]


def test_every_record_of_a_filter_is_given_in_its_order(filled):
    query = OrderQuery(channels=(ChannelName.ALIPAY,), sort=Sort("amount", descending=False))
    with filled.reading() as db:
        rows = list(each(db, ORDER_SOURCE, query))
    assert {row.id for row in rows} == {o.id for o in ORDERS if o.channel == "alipay"}
    assert [row.amount for row in rows] == sorted(row.amount for row in rows)
