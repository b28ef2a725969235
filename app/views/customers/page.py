"""The page of the open customer: who it is, their orders, their refunds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.models.lists.orders import OrderTable
from app.models.lists.query import OrderQuery, RefundQuery, Sort
from app.models.lists.refunds import RefundTable
from app.views.customers.card import CustomerCard
from app.views.customers.columns import (
    order_columns,
    order_table_columns,
    refund_columns,
    refund_table_columns,
)
from app.views.theme.tokens import Size
from app.views.widgets.labels import Label, hairline
from app.views.widgets.record_table import RecordTable
from payments.contract.roles import Permission
from payments.contract.wire.requests import Customer

if TYPE_CHECKING:
    from app.views.frame.context import Context


class CustomerPage(QWidget):
    """Two lists under a card. ``order_opened`` and ``refund_opened`` carry an id.

    ``counted`` says that more or fewer orders are here than before.
    """

    order_opened = Signal(str)
    refund_opened = Signal(str)
    stepped_back = Signal()
    counted = Signal()

    def __init__(self, context: Context, now: Callable[[], datetime]) -> None:
        super().__init__()
        me, run = context.me, context.background.run
        zone = ZoneInfo(me.zone)
        self.card = CustomerCard(
            may_unmask=Permission.PAYER_UNMASK in me.permissions,
            may_refund=Permission.REFUNDS_REQUEST in me.permissions,
        )
        self.order_model = OrderTable(context.store, run, order_columns(), self)
        self.refund_model = RefundTable(context.store, run, refund_columns(), self)
        preferences = context.preferences
        self.orders = RecordTable("customer_orders", order_table_columns(zone, now), preferences)
        self.refunds = RecordTable("customer_refunds", refund_table_columns(zone, now), preferences)
        self.orders.setModel(self.order_model)
        self.refunds.setModel(self.refund_model)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._orders_title, self._refunds_title = Label("", "section"), Label("", "section")
        self._no_refunds = Label("", "muted")
        down = QVBoxLayout(self)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self.card)
        down.addWidget(hairline())
        for title, table, share in (
            (self._orders_title, self.orders, 3),
            (self._refunds_title, self.refunds, 2),
        ):
            title.setContentsMargins(Size.GUTTER, 14, Size.GUTTER, 4)
            down.addWidget(title)
            down.addWidget(table, share)
        self._no_refunds.setContentsMargins(Size.GUTTER, 4, Size.GUTTER, 20)
        down.addWidget(self._no_refunds)

    def _connect(self) -> None:
        self.orders.opened.connect(self._open_order)
        self.refunds.opened.connect(self._open_refund)
        self.orders.row_changed.connect(self._order_chosen)
        self.orders.sort_requested.connect(self._sort_orders)
        self.refunds.sort_requested.connect(self._sort_refunds)
        for table in (self.orders, self.refunds):
            table.stepped_back.connect(self.stepped_back)
        self.order_model.shown.connect(self._orders_shown)
        self.order_model.totals_changed.connect(self._orders_counted)
        self.refund_model.shown.connect(self._show_refunds)
        self.refund_model.totals_changed.connect(self._show_refunds)

    def show_payer(self, payer_id: str) -> None:
        """List what belongs to this payer."""
        self.order_model.show(OrderQuery(payer_id=payer_id))
        self.refund_model.show(RefundQuery(payer_id=payer_id))

    def show_customer(self, customer: Customer) -> None:
        """Say who it is."""
        self.card.show_customer(customer, self.order_model.totals.count)

    def refresh(self) -> None:
        """Read both lists again."""
        self.order_model.refresh()
        self.refund_model.refresh()

    def order_id(self) -> str:
        """The chosen order, empty for none."""
        index = self.orders.currentIndex()
        return self.order_model.id_at(index.row()) if index.isValid() else ""

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.card.retranslate()
        for title, table, key in (
            (self._orders_title, self.orders, "orders"),
            (self._refunds_title, self.refunds, "refunds"),
        ):
            said = words.say(f"customers.{key}")
            title.setText(said)
            table.retranslate()
            table.setAccessibleName(said)
        self._show_refunds()

    @Slot()
    def _orders_shown(self) -> None:
        if self.order_model.rowCount() and not self.orders.currentIndex().isValid():
            self.orders.setCurrentIndex(self.order_model.index(0, 0))
        self._order_chosen(self.orders.currentIndex())

    @Slot(object)
    def _orders_counted(self, _totals: object) -> None:
        self._orders_shown()
        self.counted.emit()

    @Slot()
    def _show_refunds(self) -> None:
        some = self.refund_model.totals.count > 0
        self.refunds.setVisible(some)
        self._no_refunds.setVisible(not some)
        self._no_refunds.setText(words.say("customers.no_refunds"))

    @Slot(object)
    def _order_chosen(self, index: QModelIndex) -> None:
        self.card.set_refundable(possible=index.isValid())

    @Slot(object)
    def _open_order(self, index: QModelIndex) -> None:
        self.order_opened.emit(self.order_model.id_at(index.row()))

    @Slot(object)
    def _open_refund(self, index: QModelIndex) -> None:
        self.refund_opened.emit(self.refund_model.id_at(index.row()))

    @Slot(str, bool)
    def _sort_orders(self, column: str, ascending: bool) -> None:  # noqa: FBT001 - Qt's signal
        if column in self.order_model.source.sorts:
            self.orders.show_sort(column, ascending=ascending)
            sort = Sort(column, descending=not ascending)
            self.order_model.show(self.order_model.query.sorted_by(sort))

    @Slot(str, bool)
    def _sort_refunds(self, column: str, ascending: bool) -> None:  # noqa: FBT001 - likewise
        if column in self.refund_model.source.sorts:
            self.refunds.show_sort(column, ascending=ascending)
            sort = Sort(column, descending=not ascending)
            self.refund_model.show(self.refund_model.query.sorted_by(sort))
