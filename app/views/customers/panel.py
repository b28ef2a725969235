"""Customers' layout and wiring: find one customer, see their orders and refunds, act for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.services.background import Lane, Work
from app.services.payments_api.problems import ProblemError
from app.services.sync.apply import Changed
from app.services.troubles import words_key
from app.views.customers import commands
from app.views.customers.finder import Finder
from app.views.customers.page import CustomerPage
from app.views.customers.reading import Held, held
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
        self.page.retranslate()
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
        self.finder = Finder()
        self.page = CustomerPage(context, self._now)
        self._content = ContentOrState(self.page)
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
        card = self.page.card
        card.refund_asked.connect(self._new_refund)
        card.close_asked.connect(self._close_pressed)
        card.unmask_asked.connect(self._unmask)
        self.page.order_opened.connect(self._open_order)
        self.page.refund_opened.connect(self._open_refund)
        self.page.stepped_back.connect(self.focus_filter)
        self.page.counted.connect(self._show)
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
            self.page.show_payer(customer.payer_id)
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
            self.page.refresh()
        elif found.customer is not None and not self._put_away:
            self._take(found.customer)
            self._arrived = True
        self._show()

    def _unread(self, error: BaseException) -> None:
        self._problem = words_key(error)
        self._show()

    @Slot()
    def _show(self) -> None:
        self.finder.set_busy(busy=self._opening is not None)
        self.finder.show_problem(self._problem if self._customer is not None else "")
        if self.needs not in self._context.me.permissions:
            self.finder.hide()
            self._content.show_situation(Situation.FORBIDDEN)
        elif self._opening is not None:
            self._content.show_situation(Situation.LOADING, words.say("customers.opening"))
        elif self._customer is not None:
            self.page.show_customer(self._customer)
            self._content.show_content()
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

    def _show_problem(self, key: str) -> None:
        happened, then = words.problem(key)
        situation = Situation.OFFLINE if key == "customers.offline" else Situation.EMPTY
        if key not in {"customers.offline", "customers.not_found"}:
            situation = Situation.ERROR
        self._content.state.show_situation(situation, happened, more=then)
        self._content.setCurrentWidget(self._content.state)

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

    @Slot()
    def _new_refund(self) -> None:
        if order_id := self.page.order_id():
            self._context.book.run("refunds.new", order_id)

    @Slot(str)
    def _open_order(self, order_id: str) -> None:
        self._context.book.run("orders.open", order_id)

    @Slot(str)
    def _open_refund(self, refund_id: str) -> None:
        self._context.book.run("refunds.open", refund_id)

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
        self.page.card.show_identity(identity)
