"""The refunds panel's layout and wiring: queues, totals, the list, the pane beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.models.lists.query import Totals
from app.models.lists.refunds import REFUND_SOURCE, RefundTable
from app.models.store.pending import PendingAction
from app.services.sync.apply import Changed
from app.views.lists.columns import table_columns
from app.views.lists.exporting import Chooser, ListExport, Reveal, choose_file, reveal
from app.views.lists.record_list import RecordList
from app.views.lists.summary import amounts_note, refund_figures
from app.views.refunds.acts import Act
from app.views.refunds.columns import refund_columns
from app.views.refunds.commands import add_commands
from app.views.refunds.deciding import Decisions
from app.views.refunds.detail import RefundPane
from app.views.refunds.filters import Queue, RefundFilters
from app.views.refunds.form import NewRefundForm
from app.views.refunds.reading import Standing, read_standing
from app.views.refunds.strip import UnsettledStrip
from app.views.widgets.buttons import primary
from app.views.widgets.record_table import RecordTable
from app.views.widgets.splitter import RememberedSplitter
from app.views.widgets.summary_row import SummaryRow
from payments.contract.roles import Kind, Permission

if TYPE_CHECKING:
    from app.views.frame.context import Context


class RefundsPanel(QObject):
    """Refunds by queue; see ``app.views.frame.panel.Panel``.

    ``now`` is the clock, ``choose`` asks where to save a file, ``show`` opens its folder.
    """

    name = "refunds"
    icon = "refund"
    title = "frame.panel.refunds"
    needs = Permission.REFUNDS_READ

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
        self._standing = Standing({}, [])
        self.form: NewRefundForm | None = None
        approves = Permission.REFUNDS_APPROVE in context.me.permissions
        self._filters = RefundFilters(self._today, approves=approves)
        self._summary = SummaryRow()
        self.strip = UnsettledStrip()
        columns = refund_columns(now, self._zone)
        table = RecordTable("refunds", table_columns(columns), context.preferences)
        model = RefundTable(context.store, context.background.run, columns)
        self.list = RecordList(context, table, model, "refunds")
        self._decisions = Decisions(context, now, self)
        self.pane = RefundPane(context, self._decisions, now)
        self.exporting = ListExport(context, choose=choose, show=show)
        self._new = primary()
        self._new.setVisible(Permission.REFUNDS_REQUEST in context.me.permissions)
        self._lay_out()
        self._connect()
        add_commands(self)
        self.retranslate()

    # what the frame asks

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._filters.retranslate()
        self.exporting.retranslate()
        self._new.setText(words.say("refunds.new"))
        self.strip.retranslate()
        self.list.table.setAccessibleName(words.say(self.title))
        self.list.retranslate()
        self.pane.retranslate()
        self._show_totals(self.list.model.totals)

    def refresh(self) -> None:
        """Read the local store again."""
        self.list.refresh()
        self._read_standing()
        if not self.pane.isHidden():
            self.pane.read_again()

    def focus_filter(self) -> None:
        """Bring the keyboard to the search field."""
        self._filters.row.focus_filter()

    def export(self) -> None:
        """Write everything that is filtered."""
        self.exporting.start(
            REFUND_SOURCE,
            self.list.model.query,
            title=words.say(self.title),
            selection=self._filters.describe(),
        )

    # what others ask by command

    def new_refund(self, argument: object) -> None:
        """Open the form for a refund, of an order where one is named."""
        self._open_form(argument if isinstance(argument, str) else "")

    def open_refund(self, argument: object) -> None:
        """Show one refund, whatever the list shows."""
        if isinstance(argument, str) and argument:
            self.context.book.run(f"panel.{self.name}")
            self.list.select(argument)
            self._open(argument)

    def open_waiting(self, _argument: object) -> None:
        """Show what waits for a second person."""
        self.context.book.run(f"panel.{self.name}")
        self._filters.show_queue(Queue.WAITING)

    def open_pending(self, _argument: object) -> None:
        """Show the decisions that are not settled."""
        self.context.book.run(f"panel.{self.name}")
        self._show_unsettled()

    def approve(self, _argument: object) -> None:
        """Ask whether the refund that is shown is approved."""
        self._ask_for(Act.APPROVE)

    def reject(self, _argument: object) -> None:
        """Ask why the refund that is shown is rejected."""
        self._ask_for(Act.REJECT)

    # inside

    def _lay_out(self) -> None:
        for trailing in (self.exporting, self._new):
            self._filters.row.add_trailing(trailing)
        left = QWidget()
        down = QVBoxLayout(left)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        for widget in (self._filters, self.strip, self._summary):
            down.addWidget(widget)
        down.addWidget(self.list, 1)
        splitter = RememberedSplitter(self.name, self.context.preferences)
        splitter.set_widgets(left, self.pane)
        self.pane.hide()
        outer = QVBoxLayout(self.widget)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)
        self.widget.setFocusProxy(self.list.table)

    def _connect(self) -> None:
        self._filters.changed.connect(self.list.show_query)
        self._filters.search.stepped_back.connect(self._focus_table)
        self._new.clicked.connect(self._new_pressed)
        self.exporting.asked.connect(self.export)
        self.strip.asked.connect(self._show_unsettled)
        self.list.opened.connect(self._open)
        self.list.moved.connect(self._move)
        self.list.stepped_back.connect(self._close)
        self.list.cleared.connect(self._clear)
        self.list.model.totals_changed.connect(self._show_totals)
        self.pane.closed.connect(self._close)
        self.pane.asked_again.connect(self._ask_again)
        self._decisions.kept.connect(self._settled)
        self.context.engine.changed.connect(self._changed)
        self.context.engine.actions_changed.connect(self._settled)
        self.context.engine.state_changed.connect(self._settled)

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    def _ask_for(self, act: Act) -> None:
        # The palette reaches this from anywhere: nobody decides on what they do not see.
        if self.pane.isVisible():
            self.pane.ask(act)

    def _open_form(self, order_id: str, instead_of: str = "") -> None:
        self.form = NewRefundForm(
            self.widget.window(), self.context, self._decisions, self._now, instead_of=instead_of
        )
        self.form.closed.connect(self._form_closed)
        self.form.start(order_id)

    @Slot()
    def _form_closed(self) -> None:
        self.form = None

    @Slot()
    def _new_pressed(self) -> None:
        self._open_form("")

    @Slot(object)
    def _ask_again(self, action: PendingAction) -> None:
        self._open_form(action.target, instead_of=action.idempotency_key)

    @Slot()
    def _clear(self) -> None:
        self._filters.show_queue(Queue.ALL)

    @Slot(object)
    def _show_totals(self, totals: Totals) -> None:
        self.list.show_currencies("amount", totals)
        base = self.context.me.base_currency
        self._summary.show_figures(refund_figures(totals, base), amounts_note(totals, self._zone))
        self.exporting.set_possible(possible=totals.count > 0)

    @Slot(str)
    def _open(self, refund_id: str) -> None:
        self.pane.show()
        self.pane.show_refund(refund_id)

    @Slot(str)
    def _move(self, refund_id: str) -> None:
        if not self.pane.isHidden() and refund_id:
            self.pane.show_refund(refund_id)

    @Slot()
    def _show_unsettled(self) -> None:
        self.pane.show()
        self.pane.show_unsettled(self._standing.actions)

    @Slot()
    def _close(self) -> None:
        self.pane.hide()
        self._focus_table()

    @Slot()
    def _focus_table(self) -> None:
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    # what changes

    def _read_standing(self) -> None:
        store = self.context.store
        self.context.background.run(
            lambda: read_standing(store), done=self._stands, failed=self._unread
        )

    def _stands(self, standing: Standing) -> None:
        self._standing = standing
        self._filters.show_counts(standing.counts)
        self.strip.show_actions(standing.actions)
        if self.pane.shows_unsettled():
            if standing.actions:
                self.pane.show_unsettled(standing.actions)
            else:
                self._close()

    def _unread(self, _error: BaseException) -> None:
        """The list says what is wrong with the store; the counts stay as they are."""

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if {Kind.ORDER, Kind.REFUND} & {*changed.changed, *changed.removed}:
            self._settled()

    @Slot()
    def _settled(self) -> None:
        if self.widget.isVisible():
            self._read_standing()
            self.pane.read_again()
