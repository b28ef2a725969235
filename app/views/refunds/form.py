"""Asking for a refund: an order, how much of what is left, and once more in words before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import formatting, words
from app.services.background import Work
from app.services.sync.apply import Changed
from app.services.sync.pending_actions import ActionKind
from app.views.lists.troubles import in_words
from app.views.refunds.form_steps import ConfirmStep, EnterStep, FindStep, Step
from app.views.refunds.reading import OrderToRefund, read_order
from app.views.widgets.overlay import Overlay
from payments.contract.money import Money
from payments.contract.roles import Kind

if TYPE_CHECKING:
    from app.views.frame.context import Context
    from app.views.refunds.deciding import Decisions

_WIDTH: Final = 480
_TOP: Final = 56


class NewRefundForm(Overlay):
    """Follows the order while it is open, so that nobody asks for what is no longer left.

    ``instead_of`` is the key of an earlier request that this one replaces. ``requested`` carries
    the order's id. The form goes away by itself; ``over`` owns it.
    """

    requested = Signal(str)

    def __init__(
        self,
        over: QWidget,
        context: Context,
        decisions: Decisions,
        now: Callable[[], datetime],
        *,
        instead_of: str = "",
    ) -> None:
        super().__init__(over, _WIDTH, top=_TOP)
        self._context = context
        self._decisions = decisions
        self._now = now
        self._instead_of = instead_of
        self._order_id = ""
        self._found: OrderToRefund | None = None
        self._work: Work | None = None
        me = context.me
        self.finding = FindStep()
        self.entering = EnterStep(ZoneInfo(me.zone), Money(me.refund_limit, me.base_currency))
        self.confirming = ConfirmStep()
        self._steps: tuple[Step, ...] = (self.finding, self.entering, self.confirming)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(24, 20, 24, 16)
        for step in self._steps:
            layout.addWidget(step)
            step.cancelled.connect(self.close_over)
        self.setAccessibleName(words.say("refunds.form.title"))
        self.finding.found.connect(self.show_order)
        self.entering.entered.connect(self._confirm)
        self.confirming.returned.connect(self._enter)
        self.confirming.confirmed.connect(self._request)
        self.closed.connect(self.deleteLater)
        context.engine.changed.connect(self._changed)
        self._go(self.finding)

    def start(self, order_id: str = "") -> None:
        """Begin with an order, or by finding one."""
        self.open()
        self._go(self.finding)
        if order_id:
            self.finding.field.setText(order_id)
            self.show_order(order_id)

    @Slot(str)
    def show_order(self, order_id: str) -> None:
        """Read an order from the store and ask how much of it."""
        if self._work is not None:
            self._work.cancel()
        if order_id != self._order_id:
            self._found = None
        self._order_id = order_id
        store = self._context.store
        self._work = self._context.background.run(
            lambda: read_order(store, order_id), done=self._arrived, failed=self._failed
        )

    def _arrived(self, found: OrderToRefund | None) -> None:
        self._work = None
        first = self._found is None
        self._found = found
        if found is None:
            self.finding.complain(words.say("refunds.form.not_found", order=self._order_id))
            self._go(self.finding)
            return
        self.entering.show_order(found, self._now())
        if first:
            self._go(self.entering)
        elif not self.confirming.isHidden():
            # What was to be confirmed may be more than is left by now.
            self._confirm()

    def _failed(self, error: BaseException) -> None:
        self._work = None
        self.finding.complain(in_words(error))
        self._go(self.finding)

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        if self._order_id in changed.changed.get(Kind.ORDER, ()):
            self.show_order(self._order_id)

    @Slot()
    def _confirm(self) -> None:
        asked = self.entering.asked()
        if asked is None or self._found is None:
            self._go(self.entering)
            return
        second = self.entering.needs_second_person()
        self.confirming.show_request(self._found.order, asked, second_person=second)
        self._go(self.confirming)

    @Slot()
    def _enter(self) -> None:
        self._go(self.entering)

    @Slot()
    def _request(self) -> None:
        asked = self.entering.asked()
        if asked is None or self._found is None:
            return
        amount = formatting.money(Money(asked.amount, asked.currency))
        order = self._found.order
        self._decisions.decide(
            ActionKind.REFUND_REQUEST,
            order.id,
            asked,
            order.version,
            words.say("refunds.form.done", amount=amount),
            instead_of=self._instead_of,
        )
        self.requested.emit(order.id)
        self.close_over()

    def _go(self, to: Step) -> None:
        for step in self._steps:
            step.setVisible(step is to)
        if self.isVisible():
            to.setFocus(Qt.FocusReason.OtherFocusReason)
