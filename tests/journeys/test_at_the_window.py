"""What a person sees and does at the window is what the services know and do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app import words
from app.services.sync.engine import Phase
from app.views.widgets.confirmation import Confirmation
from payments.contract.lifecycles import CaseState, Disposition, OrderStatus, RefundState
from tests.journeys.business import MASTERCLASS


def row_of(model, record_id, column):
    """What stands in a column of a record's row, once it is read; nothing without such a row."""
    position = model.position_of(record_id)
    if position < 0:
        return None
    names = [one.key for one in model._columns]
    return model.index(position, names.index(column)).data(Qt.ItemDataRole.DisplayRole)


@pytest.mark.parametrize("method", ["wechat_pay.native", "alipay.qr"])
def test_a_payment_at_a_provider_becomes_a_row_in_the_orders_table(business, window_of, method):
    desktop = window_of("finance")
    orders = desktop.panel("orders")
    order = business.places()
    attempt = business.begins(order, method)["attempt_id"]
    channel = method.partition(".")[0]
    for action in ["scan", "pay"] if channel == "alipay" else ["pay"]:
        business.acts(channel, attempt, action)
    model = orders.list.model
    desktop.waits(lambda: row_of(model, order, "status") == words.name(OrderStatus.PAID))


def test_a_reviewer_approves_a_held_order_and_the_goods_are_granted(business, window_of):
    order = business.sells(MASTERCLASS, country="US")
    assert business.order(order).review == "pending"
    case = business.case(order)
    desktop = window_of("risk_reviewer")
    risk = desktop.panel("risk")
    desktop.runs("risk.open", case.id)
    desktop.waits(lambda: risk.queue.model.position_of(case.id) >= 0)
    desktop.waits(lambda: risk.decision.approve.isVisible() and risk._case_id == case.id)
    desktop.clicks(risk.decision.approve)
    # The window's events must go on while the services are asked.
    desktop.waits(lambda: business.order(order).fulfilment == "granted")
    decided = business.case(order)
    assert (decided.state, decided.disposition) == (CaseState.CLOSED, Disposition.APPROVE)
    assert decided.decider == "risk_reviewer"


def test_finance_approves_what_support_asked_for_and_sees_it_succeed(business, window_of):
    order = business.sells(MASTERCLASS)
    asked = {"order_id": order, "amount": 60_000, "currency": "CNY", "reason": "unwanted"}
    support = business.person("support")
    support.post("/v1/customer", {"find": order})
    refund = support.post("/v1/refunds", asked)["id"]
    desktop = window_of("finance")
    refunds = desktop.panel("refunds")
    desktop.runs("refunds.open", refund)
    desktop.waits(lambda: refunds.pane.refund is not None and refunds.pane.refund.id == refund)
    desktop.runs("refunds.approve")
    desktop.waits(lambda: desktop.window.findChild(Confirmation) is not None)
    desktop.clicks(desktop.window.findChild(Confirmation)._act)
    desktop.waits(lambda: refunds.pane.refund.state is RefundState.SUCCEEDED)
    assert refunds.pane.refund.decided_by == "finance"
    assert business.order(order).refunded == 60_000


def test_with_the_network_pulled_the_window_says_so_and_goes_on_reading(business, window_of, cable):
    order = business.sells()
    desktop = window_of("finance")
    orders = desktop.panel("orders")
    desktop.waits(
        lambda: row_of(orders.list.model, order, "status") == words.name(OrderStatus.PAID)
    )
    cable.pull()
    desktop.waits(lambda: desktop.phase is Phase.OFFLINE)
    assert desktop.window.top_bar.sync.text().startswith("Offline since")
    desktop.panel("dashboard")
    orders = desktop.panel("orders")
    desktop.runs("orders.open", order)
    desktop.waits(lambda: orders.pane.isVisible() and row_of(orders.list.model, order, "status"))
    cable.plug()
    desktop.window.sync_asked.emit()
    desktop.waits(lambda: desktop.phase is Phase.LIVE)
    late = business.sells()
    desktop.waits(lambda: row_of(orders.list.model, late, "status") == words.name(OrderStatus.PAID))
