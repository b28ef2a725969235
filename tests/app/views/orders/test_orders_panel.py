from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from app import words
from app.models.lists.query import OrderQuery
from app.services.exports.provenance import verified
from app.services.sync.engine import Phase, SyncState
from app.views.lists.columns import table_columns
from app.views.orders.columns import order_columns
from app.views.widgets.state_page import Situation
from app.views.widgets.toast import Toast
from payments.contract.lifecycles import OrderState, OrderStatus, RefundState
from payments.contract.problems import Code
from payments.contract.roles import Role
from payments.contract.wire.records import (
    Candidate,
    ChannelName,
    Hold,
    Method,
    OrderInner,
    Risk,
    RiskPart,
    Routing,
)
from payments.contract.wire.requests import Identity, Posting, Postings
from tests.app.services.loopback import answering, refusing
from tests.builders.console import a_refund, an_order
from tests.builders.panels import NOW, acts, button, said

A_MINUTE = timedelta(minutes=1)


def paid(number, **changed):
    at = NOW - number * A_MINUTE
    usual = {
        "placed_at": at,
        "paid_at": at,
        "state": OrderState.PAID,
        "channel": ChannelName.WECHAT_PAY,
        "currency": "CNY",
        "price": 9450,
        "amount": 9450,
        "paid": 9450,
        "refunded": 0,
        "refundable_until": at + timedelta(days=7),
        "attempts": (),
    }
    return an_order(number, **(usual | changed))


def shown_ids(panel):
    return [panel.list.model.id_at(row) for row in range(panel.list.model.rowCount())]


def wait_for(qtbot, panel, *ids):
    qtbot.waitUntil(lambda: shown_ids(panel) == list(ids))


def open_order(qtbot, console, panel, order_id):
    console.context.book.run("orders.open", order_id)
    qtbot.waitUntil(lambda: panel.pane.order is not None and panel.pane.order.id == order_id)


def test_orders_stand_newest_first_with_the_totals_of_the_filter(qtbot, console, panel):
    old, new = console.arrive(paid(9, refunded=1000), paid(1, amount=500, paid=500))
    wait_for(qtbot, panel, new.id, old.id)
    qtbot.waitUntil(lambda: panel.list.model.totals.count == 2)
    figures = panel._summary.accessibleName()
    assert figures == "2 orders, ¥99.50 gross, ¥10.00 refunded, ¥49.75 average"


def test_the_currency_stands_in_the_header_only_while_all_rows_share_it(qtbot, console, panel):
    console.arrive(paid(1))
    qtbot.waitUntil(lambda: panel.list.table.title_of(7) == "Amount, ¥")
    console.arrive(paid(2, currency="USD"))
    qtbot.waitUntil(lambda: panel.list.table.title_of(7) == "Amount")


def test_chips_and_search_restrict_the_list_together(qtbot, console, panel):
    wanted, other_payer, other_channel = console.arrive(
        paid(1, payer="王*明"),
        paid(2, payer="李*娜"),
        paid(3, payer="王*明", channel=ChannelName.ALIPAY),
    )
    wait_for(qtbot, panel, wanted.id, other_payer.id, other_channel.id)
    panel._filters.row._chips["channel"].set_values([ChannelName.WECHAT_PAY])
    panel._filters.row._chip_changed()
    wait_for(qtbot, panel, wanted.id, other_payer.id)
    panel._filters.search.setText("王")
    wait_for(qtbot, panel, wanted.id)


def test_a_header_sorts_and_keeps_the_current_order(qtbot, console, panel):
    small, large = console.arrive(paid(1, amount=100), paid(2, amount=900))
    wait_for(qtbot, panel, small.id, large.id)
    panel.list.select(small.id)
    panel.list.table.sort_requested.emit("amount", False)
    wait_for(qtbot, panel, large.id, small.id)
    qtbot.waitUntil(lambda: panel.list.current_id() == small.id)


def test_a_saved_view_brings_back_filter_and_order_until_it_is_removed(qtbot, panel):
    panel._filters.show_query(OrderQuery(statuses=(OrderStatus.REFUNDED,), text="course"))
    panel.views.save("Returned")
    qtbot.waitUntil(lambda: panel.views.names() == ["Returned"])
    panel._filters.show_query(OrderQuery())
    panel.views.apply("Returned")
    assert panel.list.model.query.statuses == (OrderStatus.REFUNDED,)
    assert panel._filters.search.text() == "course"
    panel.views.remove("Returned")
    qtbot.waitUntil(lambda: panel.views.names() == [])


def test_saving_a_view_asks_for_its_name(qtbot, panel):
    panel.views.ask_name()
    asked = panel.views._asking
    assert not button(asked, "Save view").isEnabled()
    qtbot.keyClicks(panel.views._name, "Mine")
    qtbot.keyClick(panel.views._name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.views.names() == ["Mine"])


def test_the_pane_says_what_remains_refundable(qtbot, console, panel):
    (order,) = console.arrive(paid(1, refunded=2000, refunding=450))
    open_order(qtbot, console, panel, order.id)
    assert "Refundable now" in said(panel.pane)
    assert "Refundable now: ¥70.00" in said(panel.pane)


def test_the_pane_explains_channel_risk_and_hold_in_words(qtbot, console, panel):
    routing = Routing(
        Method.WECHAT_PAY_NATIVE,
        "best_objective",
        7,
        (
            Candidate(Method.WECHAT_PAY_NATIVE, "0.9621", 80, "0.0060", "160.35"),
            Candidate(Method.ALIPAY_QR, "0.6100", 80, "0.0060", "101.67", "unhealthy"),
        ),
    )
    risk = Risk("100", "0.2", "500.00", "90", (RiskPart("shared_device", "0.2", {"payers": 3}),))
    hold = Hold("risk_score", "risk_review", "review_case", NOW + timedelta(hours=2))
    inner = OrderInner(57, routing, risk)
    (order,) = console.arrive(paid(1, hold=hold, inner=inner))
    open_order(qtbot, console, panel, order.id)
    read = said(panel.pane)
    for part in (
        "Why WeChat Pay",
        "96.2\N{NO-BREAK SPACE}% ÷ 0.6\N{NO-BREAK SPACE}% = 160",
        "paused: too many failures",
        "500.00 × 0.2 = 100, threshold 90",
        "Device used by 3 payers",
        "Risk review",
        "2 h left",
        "Channel fee: −¥0.57",
    ):
        assert part in read


def test_refunds_of_the_order_lead_to_the_refund(qtbot, console, panel):
    order = paid(1)
    console.arrive(order, a_refund(1, of=order, state=RefundState.PROCESSING))
    open_order(qtbot, console, panel, order.id)
    button(panel.pane, "R00000001").click()
    assert console.asked == [("refunds.open", "R00000001")]


def test_one_field_of_the_payer_is_unmasked_and_only_for_this_order(qtbot, console, panel):
    first, second = console.arrive(paid(1, payer="王*明"), paid(2, payer="王*明"))
    path = f"/v1/payers/{first.payer_id}/identity"
    console.server.script(path, answering(Identity(first.payer_id, "王晓明", "13812345678", "")))
    open_order(qtbot, console, panel, first.id)
    button(panel.pane, "Show").click()
    qtbot.waitUntil(lambda: "Name: 王晓明" in said(panel.pane))
    assert "13812345678" not in said(panel.pane)
    open_order(qtbot, console, panel, second.id)
    open_order(qtbot, console, panel, first.id)
    assert "王晓明" not in said(panel.pane)


def test_postings_are_asked_for_only_when_wanted(qtbot, console, panel):
    (order,) = console.arrive(paid(1))
    posting = Posting("T1", NOW, "channel_clearing:alipay", "CNY", 9450, "payment_received")
    path = f"/v1/orders/{order.id}/postings"
    console.server.script(path, refusing(Code.NOT_FOUND), answering(Postings((posting,))))
    open_order(qtbot, console, panel, order.id)
    assert path not in console.server.paths()
    button(panel.pane, "Show postings").click()
    qtbot.waitUntil(lambda: "This record does not exist" in said(panel.pane))
    button(panel.pane, "Show postings").click()
    qtbot.waitUntil(lambda: "Clearing · Alipay: +¥94.50" in said(panel.pane))


@pytest.mark.parametrize("role", [Role.CREATOR])
def test_a_creator_is_offered_no_refund_no_ledger_and_no_unmasking(qtbot, console, panel):
    (order,) = console.arrive(paid(1))
    open_order(qtbot, console, panel, order.id)
    assert not {"Refund…", "Show", "Show postings"} & set(acts(panel.pane))
    assert not console.context.book.run("orders.refund")


def test_a_refund_is_asked_for_by_command_and_only_where_one_is_possible(qtbot, console, panel):
    good, unpaid = console.arrive(
        paid(1), paid(2, state=OrderState.AWAITING_PAYMENT, paid=0, paid_at=None)
    )
    open_order(qtbot, console, panel, good.id)
    button(panel.pane, "Refund…").click()
    assert console.asked == [("refunds.new", good.id)]
    open_order(qtbot, console, panel, unpaid.id)
    refund = button(panel.pane, "Refund…")
    assert not refund.isEnabled()
    assert refund.toolTip() == "This order was never paid."


def test_export_writes_all_that_is_filtered(qtbot, console, panel, file):
    orders = console.arrive(*(paid(number) for number in range(1, 301)))
    qtbot.waitUntil(lambda: panel.list.model.totals.count == 300)
    console.context.book.run("frame.export")
    qtbot.waitUntil(file.exists)
    lines = file.read_text(encoding="utf-8-sig")
    assert all(order.id in lines for order in orders)
    assert verified(file)
    qtbot.waitUntil(lambda: "300 rows" in said(console.window))


def test_a_cancelled_export_leaves_no_file(qtbot, console, panel, file):
    console.arrive(*(paid(number) for number in range(1, 301)))
    qtbot.waitUntil(lambda: panel.list.model.totals.count == 300)
    panel.export()
    panel.exporting.cancel()
    console.context.background.close()
    assert not file.exists()
    assert console.window.findChildren(Toast)


def test_an_order_outside_the_filter_can_still_be_opened(qtbot, console, panel):
    hidden, _ = console.arrive(paid(1), paid(2, channel=ChannelName.ALIPAY))
    panel._filters.show_query(OrderQuery(channels=(ChannelName.ALIPAY,)))
    open_order(qtbot, console, panel, hidden.id)
    assert panel.pane.isVisible()


def test_an_order_that_is_not_here_says_so(qtbot, console, panel):
    console.context.book.run("orders.open", "elsewhere")
    qtbot.waitUntil(lambda: "Not on this computer" in said(panel.pane))


def test_enter_opens_arrows_follow_and_escape_closes(qtbot, console, panel):
    first, second = console.arrive(paid(1), paid(2))
    wait_for(qtbot, panel, first.id, second.id)
    table = panel.list.table
    table.setFocus()
    panel.list.select(first.id)
    assert panel.pane.isHidden()
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.pane.order is not None and panel.pane.order.id == first.id)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: panel.pane.order.id == second.id)
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert panel.pane.isHidden()


def test_the_pane_follows_what_sync_brings(qtbot, console, panel):
    order = paid(1)
    console.arrive(order)
    open_order(qtbot, console, panel, order.id)
    console.arrive(paid(1, refunded=9450))
    qtbot.waitUntil(lambda: panel.pane.order.refunded == 9450)


def test_copy_puts_the_masked_facts_on_the_clipboard(qtbot, console, panel):
    (order,) = console.arrive(paid(1, payer="王*明"))
    open_order(qtbot, console, panel, order.id)
    button(panel.pane, "Copy").click()
    text = QGuiApplication.clipboard().text()
    assert order.id in text
    assert "¥94.50" in text
    assert "王*明" in text


def test_every_reason_for_an_empty_list_is_said(qtbot, console, panel):
    state = panel.list.page.state
    qtbot.waitUntil(lambda: state.situation is Situation.EMPTY)
    assert "No orders yet" in said(state)
    console.context.engine._set_state(SyncState(Phase.OFFLINE, since=NOW))
    assert state.situation is Situation.OFFLINE
    panel._filters.show_query(OrderQuery(text="nothing"))
    qtbot.waitUntil(lambda: "No order matches these filters." in said(state))
    button(state, "Clear filters").click()
    assert panel.list.model.query == OrderQuery()


def test_bounds_of_the_amount_mean_one_currency(panel):
    panel._filters.show_query(OrderQuery(smallest=100, largest=900))
    query = panel._filters.query()
    assert (query.smallest, query.largest, query.currency) == (100, 900, "CNY")
    assert panel._filters.describe() == "¥1.00 – ¥9.00 · CNY"


def test_everything_is_said_again_in_the_other_language(qtbot, console, panel):
    (order,) = console.arrive(paid(1))
    open_order(qtbot, console, panel, order.id)
    console.window.choose_language(words.Language.CHINESE)
    assert "现可退: ¥94.50" in said(panel.pane)
    assert panel.list.table.title_of(1) == "订单号"


def test_the_model_keeps_the_rules_of_qt_with_these_columns(qtbot, console, panel):
    QAbstractItemModelTester(
        panel.list.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel.list.model
    )
    console.arrive(*(paid(number) for number in range(1, 40)))
    qtbot.waitUntil(lambda: panel.list.model.rowCount() == 39)
    columns = order_columns(lambda: NOW, panel._zone)
    assert len(table_columns(columns)) == panel.list.model.columnCount()


def test_a_filter_keeps_the_current_order_where_it_still_stands(qtbot, console, panel):
    first, second = console.arrive(paid(1), paid(2))
    wait_for(qtbot, panel, first.id, second.id)
    panel.list.table.selectAll()
    assert panel.list.selection.isVisible()
    panel.list.select(second.id)
    panel._filters.show_query(OrderQuery(text=second.id))
    wait_for(qtbot, panel, second.id)
    qtbot.waitUntil(lambda: panel.list.current_id() == second.id)
    assert not panel.list.selection.isVisible()
