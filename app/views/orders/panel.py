"""The orders panel's layout and wiring: filters, totals, the list, the pane beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.models.lists.orders import ORDER_SOURCE, OrderTable
from app.models.lists.query import OrderQuery, Totals
from app.services.sync.apply import Changed
from app.views.lists.columns import table_columns
from app.views.lists.exporting import Chooser, ListExport, Reveal, choose_file, reveal
from app.views.lists.record_list import RecordList
from app.views.lists.saved_views import SavedViews
from app.views.lists.summary import amounts_note, order_figures
from app.views.orders.columns import order_columns
from app.views.orders.commands import add_commands
from app.views.orders.detail import OrderPane
from app.views.orders.filters import OrderFilters
from app.views.widgets.record_table import RecordTable
from app.views.widgets.splitter import RememberedSplitter
from app.views.widgets.summary_row import SummaryRow
from payments.contract.roles import Kind, Permission

if TYPE_CHECKING:
    from app.views.frame.context import Context


class OrdersPanel(QObject):
    """Every order; see ``app.views.frame.panel.Panel``.

    ``now`` is the clock, ``choose`` asks where to save a file, ``show`` opens its folder.
    """

    name = "orders"
    icon = "orders"
    title = "frame.panel.orders"
    needs = Permission.ORDERS_READ

    def __init__(
        self,
        context: Context,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        choose: Chooser = choose_file,
        show: Reveal = reveal,
    ) -> None:
        self.widget: QWidget = QWidget()
        super().__init__(self.widget)
        self.context = context
        self._now = now
        self._zone = ZoneInfo(context.me.zone)
        self._filters = OrderFilters(context.me.base_currency, self._today)
        self._summary = SummaryRow()
        columns = order_columns(now, self._zone)
        table = RecordTable("orders", table_columns(columns), context.preferences)
        model = OrderTable(context.store, context.background.run, columns)
        self.list = RecordList(context, table, model, "orders")
        self.pane = OrderPane(context, now)
        self.views = SavedViews(context, OrderQuery, self._shown_query)
        self.exporting = ListExport(context, choose=choose, show=show)
        self._lay_out()
        self._connect()
        add_commands(self)
        self.retranslate()

    # what the frame asks

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._filters.retranslate()
        self.views.retranslate()
        self.exporting.retranslate()
        self.list.table.setAccessibleName(words.say(self.title))
        self.list.retranslate()
        self.pane.retranslate()
        self._show_totals(self.list.model.totals)

    def refresh(self) -> None:
        """Read the local store again."""
        self.list.refresh()
        self.views.read()
        if not self.pane.isHidden():
            self.pane.read_again()

    def focus_filter(self) -> None:
        """Bring the keyboard to the search field."""
        self._filters.row.focus_filter()

    def export(self) -> None:
        """Write everything that is filtered."""
        self.exporting.start(
            ORDER_SOURCE,
            self.list.model.query,
            title=words.say(self.title),
            selection=self._filters.describe(),
        )

    # what others ask by command

    def open_order(self, argument: object) -> None:
        """Show one order, whatever the list shows."""
        if isinstance(argument, str) and argument:
            self.context.book.run(f"panel.{self.name}")
            self.list.select(argument)
            self._open(argument)

    def search(self, argument: object) -> None:
        """Search for a text, or go to the search field."""
        self.context.book.run(f"panel.{self.name}")
        if isinstance(argument, str) and argument:
            self._filters.show_query(OrderQuery(text=argument))
        else:
            self.focus_filter()

    def refund(self, _argument: object) -> None:
        """Ask for a refund of the order that is shown, or of the current one."""
        if not self.widget.isVisible():
            # The palette reaches this from anywhere: nobody refunds what they do not see.
            self.context.book.run(f"panel.{self.name}")
            return
        order_id = self.list.current_id() if self.pane.isHidden() else ""
        if order_id:
            self.context.book.run("refunds.new", order_id)
        elif not self.pane.isHidden():
            self.pane.refund()

    # inside

    def _lay_out(self) -> None:
        for trailing in (self.views, self.exporting):
            self._filters.row.add_trailing(trailing)
        left = QWidget()
        down = QVBoxLayout(left)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self._filters)
        down.addWidget(self._summary)
        down.addWidget(self.list, 1)
        splitter = RememberedSplitter(self.name, self.context.preferences)
        splitter.set_widgets(left, self.pane)
        self.pane.hide()
        outer = QVBoxLayout(self.widget)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)
        self.widget.setFocusProxy(self.list.table)

    def _connect(self) -> None:
        self._filters.changed.connect(self._ask)
        self._filters.search.stepped_back.connect(self._focus_table)
        self.views.applied.connect(self._apply)
        self.exporting.asked.connect(self.export)
        self.list.opened.connect(self._open)
        self.list.moved.connect(self._move)
        self.list.stepped_back.connect(self._close)
        self.list.cleared.connect(self._clear)
        self.list.model.totals_changed.connect(self._show_totals)
        self.pane.closed.connect(self._close)
        self.context.engine.changed.connect(self._changed)
        self.context.engine.actions_changed.connect(self._actions_changed)

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    def _shown_query(self) -> OrderQuery:
        query: OrderQuery = self.list.model.query
        return query

    @Slot(object)
    def _ask(self, query: OrderQuery) -> None:
        self.list.show_query(query)
        self.views.retranslate()

    @Slot(object)
    def _apply(self, query: OrderQuery) -> None:
        self.list.model.query = query
        self._filters.show_query(query)

    @Slot()
    def _clear(self) -> None:
        self._filters.show_query(OrderQuery())

    @Slot(object)
    def _show_totals(self, totals: Totals) -> None:
        self._filters.show_currencies(totals.amount)
        self.list.show_currencies("amount", totals)
        base = self.context.me.base_currency
        self._summary.show_figures(order_figures(totals, base), amounts_note(totals, self._zone))
        self.exporting.set_possible(possible=totals.count > 0)

    @Slot(str)
    def _open(self, order_id: str) -> None:
        self.pane.show()
        self.pane.show_order(order_id)

    @Slot(str)
    def _move(self, order_id: str) -> None:
        if not self.pane.isHidden() and order_id:
            self.pane.show_order(order_id)

    @Slot()
    def _close(self) -> None:
        self.pane.hide()
        self._focus_table()

    @Slot()
    def _focus_table(self) -> None:
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if self.widget.isVisible() and {Kind.ORDER, Kind.REFUND} & changed.changed.keys():
            self.pane.read_again()

    @Slot(object)
    def _actions_changed(self, _action: object) -> None:
        if self.widget.isVisible():
            self.pane.read_again()
