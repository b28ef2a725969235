"""Customers' layout and wiring: find one customer, see their orders and refunds, act for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QObject, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.models.lists.orders import OrderTable
from app.models.lists.query import OrderQuery, RefundQuery, Sort
from app.models.lists.refunds import RefundTable
from app.services.background import Lane, Work
from app.services.payments_api.problems import ProblemError
from app.services.sync.apply import Changed
from app.services.troubles import words_key
from app.views.customers import commands
from app.views.customers.card import CustomerCard
from app.views.customers.columns import (
    order_columns,
    order_table_columns,
    refund_columns,
    refund_table_columns,
)
from app.views.customers.finder import Finder
from app.views.customers.reading import Held, held
from app.views.theme.tokens import Size
from app.views.widgets.labels import Label, hairline
from app.views.widgets.record_table import RecordTable
from app.views.widgets.state_page import ContentOrState, Situation
from payments.contract.problems import Code
from payments.contract.roles import Permission
from payments.contract.wire.requests import Customer, Identity

if TYPE_CHECKING:
    from app.views.frame.context import Context

_TOGETHER_MS: Final = 150


class CustomersPanel(QObject):
    """One customer at a time; see ``app.views.frame.panel.Panel``. ``now`` is the clock."""

    name = "customers"
    icon = "person"
    title = "frame.panel.customers"
    needs = Permission.CUSTOMERS_OPEN

    def __init__(
        self, context: Context, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.widget: QWidget = QWidget()
        super().__init__(self.widget)
        self._context = context
        self._now = now
        self._customer: Customer | None = None
        # None: not read yet.
        self._held: Held | None = None
        # Whether the records of the open customer have come, so that their leaving means something.
        self._arrived = False
        # Closed here, while the records of that customer are still to be taken away by sync.
        self._put_away = False
        self._opening: Work | None = None
        self._problem = ""
        self._build()
        self._connect()
        self.retranslate()

    # what the frame asks

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.finder.retranslate()
        self.card.retranslate()
        self._orders_title.setText(words.say("customers.orders"))
        self._refunds_title.setText(words.say("customers.refunds"))
        self.orders.retranslate()
        self.refunds.retranslate()
        self.orders.setAccessibleName(words.say("customers.orders"))
        self.refunds.setAccessibleName(words.say("customers.refunds"))
        self._show()

    def refresh(self) -> None:
        """Read the local store again."""
        if self.needs not in self._context.me.permissions:
            return
        store = self._context.store
        self._context.background.run(lambda: held(store), done=self._read, failed=self._unread)

    def focus_filter(self) -> None:
        """Bring the keyboard to the field that finds a customer."""
        self.finder.focus()

    def export(self) -> None:
        """One customer's page is for helping that customer: it is not exported."""
        self._context.toasts.say(words.say("customers.no_export"))

    # building

    def _build(self) -> None:
        context = self._context
        me = context.me
        zone = ZoneInfo(me.zone)
        self.finder = Finder()
        self.card = CustomerCard(
            may_unmask=Permission.PAYER_UNMASK in me.permissions,
            may_refund=Permission.REFUNDS_REQUEST in me.permissions,
        )
        run = context.background.run
        self.order_model = OrderTable(context.store, run, order_columns(), self)
        self.refund_model = RefundTable(context.store, run, refund_columns(), self)
        self.orders = RecordTable(
            "customer_orders", order_table_columns(zone, self._now), context.preferences
        )
        self.refunds = RecordTable(
            "customer_refunds", refund_table_columns(zone, self._now), context.preferences
        )
        self.orders.setModel(self.order_model)
        self.refunds.setModel(self.refund_model)
        self._orders_title, self._refunds_title = Label("", "section"), Label("", "section")
        self._no_refunds = Label("", "muted")
        page = QWidget()
        down = QVBoxLayout(page)
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
        self._content = ContentOrState(page)
        layout = QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.finder)
        layout.addWidget(self._content, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TOGETHER_MS)

    def _connect(self) -> None:
        context = self._context
        self.finder.wanted.connect(self.open)
        self.card.refund_asked.connect(self._new_refund)
        self.card.close_asked.connect(self._close_pressed)
        self.card.unmask_asked.connect(self._unmask)
        self.orders.opened.connect(self._open_order)
        self.refunds.opened.connect(self._open_refund)
        self.orders.row_changed.connect(self._order_chosen)
        self.orders.sort_requested.connect(self._sort_orders)
        self.refunds.sort_requested.connect(self._sort_refunds)
        for table in (self.orders, self.refunds):
            table.stepped_back.connect(self.focus_filter)
        self.order_model.shown.connect(self._orders_shown)
        self.order_model.totals_changed.connect(self._orders_counted)
        self.refund_model.totals_changed.connect(self._refunds_counted)
        self.refund_model.shown.connect(self._show_refunds)
        self._content.state.acted.connect(self.focus_filter)
        self._soon.timeout.connect(self.refresh)
        context.engine.changed.connect(self._store_changed)
        context.engine.state_changed.connect(self._state_changed)
        context.book.add(commands.OPEN, self._run_open, self.widget)
        context.book.add(commands.CLOSE, self._run_close, self.widget)

    # opening and closing

    @Slot(str)
    def open(self, find: str) -> None:
        """Ask the services for the customer that fits exactly; the feed then brings the records."""
        if not self._context.book.online:
            self._problem = "customers.offline"
            self._show()
            return
        if self._opening is not None:
            self._opening.cancel()
        self._problem = ""
        api, key = self._context.api, uuid4().hex
        self._opening = self._context.background.run(
            lambda: api.open_customer(find, key),
            done=self._opened,
            failed=self._not_opened,
            lane=Lane.NETWORK,
        )
        self._show()

    def _opened(self, customer: Customer) -> None:
        self._opening = None
        self._put_away = False
        self._take(customer)
        self.finder.clear()
        self._context.engine.wake()
        self.refresh()

    def _not_opened(self, error: BaseException) -> None:
        self._opening = None
        not_found = isinstance(error, ProblemError) and error.code is Code.NOT_FOUND
        self._problem = "customers.not_found" if not_found else words_key(error)
        self._show()
        self.finder.focus()

    @Slot()
    def _close_pressed(self) -> None:
        self._context.book.run("customers.close")

    def _run_close(self, _argument: object) -> None:
        if self._customer is None:
            return
        api, key = self._context.api, uuid4().hex
        self._context.background.run(
            lambda: api.close_customer(key),
            done=self._closed,
            failed=self._not_closed,
            lane=Lane.NETWORK,
        )

    def _closed(self, _nothing: None) -> None:
        self._customer = None
        self._put_away = True
        self._context.engine.wake()
        self._show()
        self.finder.focus()

    def _not_closed(self, error: BaseException) -> None:
        self._context.toasts.say(" ".join(words.problem(words_key(error))))

    def _run_open(self, find: object) -> None:
        if isinstance(find, str) and find:
            self.open(find)
        else:
            self._context.book.run("panel.customers")
            self.finder.focus()

    # showing

    def _take(self, customer: Customer) -> None:
        """Show this customer's lists, and nothing of the one before."""
        if self._customer is None or self._customer.payer_id != customer.payer_id:
            self.order_model.show(OrderQuery(payer_id=customer.payer_id))
            self.refund_model.show(RefundQuery(payer_id=customer.payer_id))
            self._arrived = False
        self._customer = customer

    def _read(self, found: Held) -> None:
        self._held = found
        here = found.customer.payer_id if found.customer else ""
        if self._customer is not None and here == self._customer.payer_id:
            self._arrived = True
        elif self._arrived:
            # Closed, or another one opened, at another computer of this person.
            self._customer, self._arrived = None, False
        self._put_away = self._put_away and found.customer is not None
        if self._customer is not None:
            self.order_model.refresh()
            self.refund_model.refresh()
        elif found.customer is not None and not self._put_away:
            self._take(found.customer)
            self._arrived = True
        self._show()

    def _unread(self, error: BaseException) -> None:
        self._problem = words_key(error)
        self._show()

    def _show(self) -> None:
        self.finder.set_busy(busy=self._opening is not None)
        self.finder.show_problem(self._problem if self._customer is not None else "")
        if self.needs not in self._context.me.permissions:
            self.finder.hide()
            self._content.show_situation(Situation.FORBIDDEN)
        elif self._opening is not None:
            self._content.show_situation(Situation.LOADING, words.say("customers.opening"))
        elif self._customer is not None:
            self._show_customer(self._customer)
        elif self._problem:
            self._show_problem(self._problem)
        elif self._held is None:
            self._content.show_situation(Situation.LOADING)
        elif not self._context.book.online:
            self._show_problem("customers.offline")
        else:
            self._content.state.show_situation(
                Situation.EMPTY, words.say("customers.empty"), more=words.say("customers.how")
            )
            self._content.setCurrentWidget(self._content.state)

    def _show_customer(self, customer: Customer) -> None:
        self.card.show_customer(customer, self._orders_here())
        self._content.show_content()

    def _orders_here(self) -> int:
        return self.order_model.totals.count

    def _show_problem(self, key: str) -> None:
        happened, then = words.problem(key)
        situation = Situation.OFFLINE if key == "customers.offline" else Situation.EMPTY
        if key not in {"customers.offline", "customers.not_found"}:
            situation = Situation.ERROR
        self._content.state.show_situation(situation, happened, more=then)
        self._content.setCurrentWidget(self._content.state)

    @Slot()
    def _orders_shown(self) -> None:
        if self.order_model.rowCount() and not self.orders.currentIndex().isValid():
            self.orders.setCurrentIndex(self.order_model.index(0, 0))
        self._order_chosen(self.orders.currentIndex())

    @Slot(object)
    def _orders_counted(self, _totals: object) -> None:
        self._orders_shown()
        self._show()

    @Slot(object)
    def _refunds_counted(self, _totals: object) -> None:
        self._show_refunds()

    @Slot()
    def _show_refunds(self) -> None:
        some = self.refund_model.totals.count > 0
        self.refunds.setVisible(some)
        self._no_refunds.setVisible(not some)
        self._no_refunds.setText(words.say("customers.no_refunds"))

    @Slot(object)
    def _order_chosen(self, index: QModelIndex) -> None:
        self.card.set_refundable(possible=index.isValid())

    # what sync says

    @Slot(object)
    def _store_changed(self, _changed: Changed) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot(object)
    def _state_changed(self, _state: object) -> None:
        if self._problem == "customers.offline" and self._context.book.online:
            self._problem = ""
        self._show()

    # acting

    def _order_id(self) -> str:
        index = self.orders.currentIndex()
        return self.order_model.id_at(index.row()) if index.isValid() else ""

    @Slot()
    def _new_refund(self) -> None:
        if order_id := self._order_id():
            self._context.book.run("refunds.new", order_id)

    @Slot(object)
    def _open_order(self, index: QModelIndex) -> None:
        self._context.book.run("orders.open", self.order_model.id_at(index.row()))

    @Slot(object)
    def _open_refund(self, index: QModelIndex) -> None:
        self._context.book.run("refunds.open", self.refund_model.id_at(index.row()))

    @Slot()
    def _unmask(self) -> None:
        if self._customer is None:
            return
        api, payer, key = self._context.api, self._customer.payer_id, uuid4().hex
        self._context.background.run(
            lambda: api.identity(payer, key),
            done=self._unmasked,
            failed=self._not_closed,
            lane=Lane.NETWORK,
        )

    def _unmasked(self, identity: Identity) -> None:
        self.card.show_identity(identity)

    @Slot(str, bool)
    def _sort_orders(self, column: str, ascending: bool) -> None:  # noqa: FBT001 - Qt's signal
        self._sort(self.orders, self.order_model, column, ascending=ascending)

    @Slot(str, bool)
    def _sort_refunds(self, column: str, ascending: bool) -> None:  # noqa: FBT001 - likewise
        self._sort(self.refunds, self.refund_model, column, ascending=ascending)

    @staticmethod
    def _sort(
        table: RecordTable, model: OrderTable | RefundTable, column: str, *, ascending: bool
    ) -> None:
        sort = Sort(column, descending=not ascending)
        if column in model.source.sorts:
            table.show_sort(column, ascending=ascending)
            if isinstance(model, OrderTable):
                model.show(model.query.sorted_by(sort))
            else:
                model.show(model.query.sorted_by(sort))
