"""The pane beside the order list: one order, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app import formatting, words
from app.models.store import refundable
from app.models.store.pending import ActionState
from app.models.store.standing import status_of
from app.services.background import Lane, Work
from app.services.troubles import words_key
from app.views.lists.parts import Notice, acting_row, leading_row
from app.views.lists.troubles import in_words
from app.views.orders import sections
from app.views.orders.ledger import LedgerPart
from app.views.orders.reading import OrderReading, read
from app.views.theme.tokens import Tone
from app.views.widgets.buttons import link, primary, secondary
from app.views.widgets.detail_pane import DetailPane
from payments.contract.lifecycles import RefundState
from payments.contract.money import Money
from payments.contract.roles import Permission
from payments.contract.wire.records import Order
from payments.contract.wire.requests import Identity

if TYPE_CHECKING:
    from app.models.store.refunds import RefundRow
    from app.views.frame.context import Context

REFUND_KEY = "Ctrl+R"


class OrderPane(DetailPane):
    """Shows the order of an id, and follows it when it changes."""

    def __init__(self, context: Context, now: Callable[[], datetime]) -> None:
        self._context = context
        self._now = now
        self._zone = ZoneInfo(context.me.zone)
        self._id = ""
        self._reading: OrderReading | None = None
        self._work: Work | None = None
        # Fields of this payer that were asked for, in clear; gone with the order.
        self._clear: dict[str, str] = {}
        self._asked_field = ""
        self._ledger = LedgerPart(context, now)
        super().__init__()

    @property
    def order(self) -> Order | None:
        """The order that is shown."""
        return self._reading.order if self._reading is not None else None

    def show_order(self, order_id: str) -> None:
        """Read an order and show it."""
        if order_id != self._id:
            self._clear = {}
            self._ledger.forget()
        self._id = order_id
        self.read_again()

    def read_again(self) -> None:
        """Read the order that is shown again."""
        if not self._id:
            return
        if self._work is not None:
            self._work.cancel()
        store, order_id = self._context.store, self._id
        self._work = self._context.background.run(
            lambda: read(store, order_id), done=self._arrived, failed=self._failed
        )

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        if self._reading is not None:
            self._show(self._reading)

    def copy(self) -> None:
        """Put what identifies the order on the clipboard."""
        order = self.order
        if order is None:
            return
        QGuiApplication.clipboard().setText("\n".join(_facts(order, self._zone)))
        self._context.toasts.say(words.say("orders.copied", order=order.id))

    @Slot()
    def refund(self) -> None:
        """Open the form for a refund of this order."""
        if self.order is not None:
            self._context.book.run("refunds.new", self.order.id)

    # what arrives

    def _arrived(self, reading: OrderReading | None) -> None:
        self._work = None
        self._reading = reading
        if reading is None:
            self.begin(words.say("orders.caption", order=self._id), words.say("orders.gone"))
            return
        self._show(reading)

    def _failed(self, error: BaseException) -> None:
        self._work = None
        what, then = words.problem(words_key(error))
        self.begin(words.say("orders.caption", order=self._id), what, subtitle=then)

    # what is shown

    def _show(self, reading: OrderReading) -> None:
        order, now = reading.order, self._now()
        amount = Money(order.amount, order.currency)
        subtitle = f"{order.title} · {words.name(order.kind)}"
        caption = words.say("orders.caption", order=order.id)
        self.begin(caption, formatting.money(amount), subtitle=subtitle).show_status(
            status_of(order)
        )
        self._add_notices(reading, now)
        sections.amounts(self.add_section(words.say("orders.section.amount")), order)
        if len(order.lines) > 1:
            sections.lines(self.add_section(words.say("orders.section.lines")), order)
        if reading.refunds:
            self._add_refunds(reading.refunds)
        self._add_payer(order)
        self._add_inner(order)
        sections.timeline(self, order, now=now, zone=self._zone)
        if order.attempts:
            part = self.add_section(words.say("orders.section.attempts"))
            sections.attempts(part, order, now=now, zone=self._zone)
        if Permission.LEDGER_READ in self._context.me.permissions:
            self._ledger.show_in(self.add_section(words.say("orders.section.ledger")), order.id)
        self.set_actions(self._possible(order, now))

    def _add_notices(self, reading: OrderReading, now: datetime) -> None:
        if reading.order.hold is not None:
            card = sections.hold_card(reading.order.hold, now=now, zone=self._zone)
            self.add_section().add_widget(card)
        for request in reading.requests:
            waiting = request.state in {ActionState.QUEUED, ActionState.SENDING}
            key = "waiting" if waiting else "problem"
            card = Notice(
                Tone.INFO if waiting else Tone.DANGER,
                words.say(f"orders.request.{key}"),
                words.say(f"orders.request.{key}_next"),
            )
            look = link(words.say("orders.request.look"))
            look.clicked.connect(self._look_at_requests)
            card.add_acts([look])
            self.add_section().add_widget(card)

    def _add_refunds(self, refunds: list[RefundRow]) -> None:
        section = self.add_section(words.say("orders.section.refunds"))
        for refund in refunds:
            amount = formatting.money(Money(refund.amount, refund.currency))
            row, button = leading_row(
                refund.id, RefundState(refund.state), amount, record=refund.id
            )
            button.clicked.connect(self._open_refund)
            section.add_widget(row)

    def _add_payer(self, order: Order) -> None:
        section = self.add_section(words.say("orders.section.payer"))
        unmasks = Permission.PAYER_UNMASK in self._context.me.permissions
        act = words.say("orders.payer.show") if unmasks and order.payer_id else ""
        for field, masked in (("name", order.payer), ("phone", order.payer_phone)):
            if not masked:
                continue
            shown = self._clear.get(field, masked)
            row, button = acting_row(
                words.say(f"orders.payer.{field}"), shown, "" if field in self._clear else act
            )
            button.setProperty("field", field)
            button.clicked.connect(self._unmask)
            section.add_widget(row)
        section.add_rows([(words.say("orders.payer.instructor"), order.instructor)])

    def _add_inner(self, order: Order) -> None:
        if order.inner is None:
            return
        if (why := order.inner.routing) is not None:
            sections.routing(self.add_section(sections.why_title(why)), why)
        if order.inner.risk is not None:
            section = self.add_section(words.say("orders.section.risk"))
            sections.risk(section, order.inner.risk)

    def _possible(self, order: Order, now: datetime) -> list[QWidget]:
        acts: list[QWidget] = []
        if Permission.REFUNDS_REQUEST in self._context.me.permissions:
            refund = primary(words.say("orders.act.refund"), key=REFUND_KEY)
            hindered = refundable.obstacle(order, now)
            refund.setEnabled(hindered is None)
            if hindered is not None:
                refund.setToolTip(words.say(f"refunds.obstacle.{hindered.value}"))
            refund.clicked.connect(self.refund)
            acts.append(refund)
        copy = secondary(words.say("orders.act.copy"), icon="copy")
        copy.clicked.connect(self._copy_pressed)
        return [*acts, copy]

    # what a person does

    @Slot()
    def _copy_pressed(self) -> None:
        self.copy()

    @Slot()
    def _look_at_requests(self) -> None:
        self._context.book.run("refunds.open_pending")

    @Slot()
    def _open_refund(self) -> None:
        self._context.book.run("refunds.open", self.sender().property("record"))

    @Slot()
    def _unmask(self) -> None:
        if self.order is None or self._asked_field:
            return
        self._asked_field = str(self.sender().property("field"))
        api, payer_id, key = self._context.api, self.order.payer_id, uuid4().hex
        order_id, field = self.order.id, self._asked_field

        def ask() -> tuple[str, str, Identity]:
            return order_id, field, api.identity(payer_id, key)

        self._context.background.run(
            ask, done=self._unmasked, failed=self._still_masked, lane=Lane.NETWORK
        )

    def _unmasked(self, answer: tuple[str, str, Identity]) -> None:
        order_id, field, identity = answer
        self._asked_field = ""
        if order_id == self._id and self._reading is not None:
            self._clear[field] = identity.name if field == "name" else identity.phone
            self._show(self._reading)

    def _still_masked(self, error: BaseException) -> None:
        self._asked_field = ""
        self._context.toasts.say(in_words(error))


def _facts(order: Order, zone: ZoneInfo) -> list[str]:
    """What identifies an order, for a message to a colleague; nothing unmasked."""
    amount = formatting.money(Money(order.amount, order.currency))
    return [
        f"{words.say('orders.caption', order=order.id)} · {amount} · {words.name(status_of(order))}",
        f"{order.title} · {order.payer}",
        formatting.absolute(order.placed_at, zone),
    ]
