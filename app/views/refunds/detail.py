"""The pane beside the refund list: one refund with its acts, or the decisions not settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from app import formatting, words
from app.models.store.pending import PendingAction
from app.services.background import Work
from app.services.sync.engine import Phase
from app.services.sync.pending_actions import ActionKind
from app.services.troubles import words_key
from app.views.refunds import sections, unsettled
from app.views.refunds.acts import Act, possible
from app.views.refunds.asking import Asking
from app.views.refunds.deciding import Decisions
from app.views.refunds.reading import RefundReading, read
from app.views.theme.tokens import Size
from app.views.widgets.buttons import Button, ButtonKind, link
from app.views.widgets.detail_pane import DetailPane
from app.views.widgets.labels import Label
from payments.contract.money import Money
from payments.contract.wire.records import Refund

if TYPE_CHECKING:
    from app.views.frame.context import Context

_KINDS = {
    Act.APPROVE: ButtonKind.PRIMARY,
    Act.RETRY: ButtonKind.PRIMARY,
    Act.REJECT: ButtonKind.DANGER,
    Act.CANCEL: ButtonKind.SECONDARY,
}
_WIDEST_REASON = Size.PANE_LEAST - 2 * Size.GUTTER


class RefundPane(DetailPane):
    """Shows a refund, or all decisions not settled; ``asked_again`` carries one to be made anew."""

    asked_again = Signal(object)

    def __init__(self, context: Context, decisions: Decisions, now: Callable[[], datetime]) -> None:
        self._context = context
        self._decisions = decisions
        self._now = now
        self._zone = ZoneInfo(context.me.zone)
        self._id = ""
        self._reading: RefundReading | None = None
        self._unsettled: list[PendingAction] = []
        self._work: Work | None = None
        super().__init__()
        self._asking = Asking(context, decisions, self)

    @property
    def refund(self) -> Refund | None:
        """The refund that is shown."""
        return self._reading.refund if self._reading is not None else None

    def show_refund(self, refund_id: str) -> None:
        """Read a refund and show it."""
        self._id = refund_id
        self.read_again()

    def show_unsettled(self, actions: list[PendingAction]) -> None:
        """Every decision that is not settled, newest first."""
        self._id, self._reading = "", None
        self._unsettled = actions
        title = words.say("refunds.pending.title", count=len(actions))
        self.begin(words.say("refunds.pending.caption"), title)
        for action in reversed(actions):
            self._add_card(action)

    def shows_unsettled(self) -> bool:
        """Whether the decisions are shown rather than a refund."""
        return not self._id and bool(self._unsettled)

    def read_again(self) -> None:
        """Read the refund that is shown again."""
        if not self._id:
            return
        if self._work is not None:
            self._work.cancel()
        store, refund_id = self._context.store, self._id
        self._work = self._context.background.run(
            lambda: read(store, refund_id), done=self._arrived, failed=self._failed
        )

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        if self._reading is not None:
            self._show(self._reading)
        elif self.shows_unsettled():
            self.show_unsettled(self._unsettled)

    def ask(self, act: Act) -> None:
        """Ask once more before an act on the refund that is shown, where it is possible."""
        if self._reading is None:
            return
        offered = possible(self._reading.refund, self._context.me, self._reading.actions)
        if act in offered.acts:
            self._asking.ask(act, self._reading.refund)

    # what arrives

    def _arrived(self, reading: RefundReading | None) -> None:
        self._work = None
        self._reading = reading
        if reading is None:
            caption = words.say("refunds.caption", refund=self._id)
            self.begin(caption, words.say("refunds.gone"))
            return
        self._show(reading)

    def _failed(self, error: BaseException) -> None:
        self._work = None
        what, then = words.problem(words_key(error))
        self.begin(words.say("refunds.caption", refund=self._id), what, subtitle=then)

    # what is shown

    def _show(self, reading: RefundReading) -> None:
        refund, now = reading.refund, self._now()
        self.begin(
            words.say("refunds.caption", refund=refund.id),
            formatting.money(Money(refund.amount, refund.currency)),
            subtitle=refund.title,
        ).show_status(refund.state)
        for action in reading.actions:
            self._add_card(action)
        if (notice := sections.trouble(refund)) is not None:
            self.add_section().add_widget(notice)
        self._add_order(reading)
        section = self.add_section(sections.effects_title(refund))
        sections.effects(section, refund)
        section = self.add_section(words.say("refunds.section.facts"))
        sections.facts(section, refund, now=now, zone=self._zone)
        sections.timeline(self, reading, now=now, zone=self._zone)
        self.set_actions(self._offered(reading))

    def _add_order(self, reading: RefundReading) -> None:
        section = self.add_section(words.say("refunds.section.refundable"))
        if not reading.refund.order_id:
            section.add_text(words.say("refunds.unlinked.long"))
        elif reading.order is None:
            section.add_text(words.say("refunds.order_gone", order=reading.refund.order_id))
        else:
            sections.refundable(section, reading.order)
            button = link(words.say("refunds.open_order", order=reading.order.id))
            button.clicked.connect(self._open_order)
            section.add_leading(button)

    def _add_card(self, action: PendingAction) -> None:
        online = self._context.engine.state.phase is not Phase.OFFLINE
        made = unsettled.card(
            action, now=self._now(), zone=self._zone, here=self._id, online=online
        )
        for name, slot in (
            ("drop", self._drop),
            ("again", self._again),
            ("look", self._look),
        ):
            if name in made.buttons:
                made.buttons[name].clicked.connect(slot)
        self.add_section().add_widget(made.notice)

    def _offered(self, reading: RefundReading) -> list[QWidget]:
        refund = reading.refund
        offered = possible(refund, self._context.me, reading.actions)
        amount = formatting.money(Money(refund.amount, refund.currency))
        shown: list[QWidget] = []
        if offered.reason:
            reason = Label(words.say(offered.reason), "muted", wraps=True)
            reason.setFixedWidth(_WIDEST_REASON)
            shown.append(reason)
        for act in offered.acts:
            kind = _KINDS[act]
            button = Button(words.say(f"refunds.act.{act.value}", amount=amount), kind)
            button.setProperty("act", act.value)
            button.clicked.connect(self._ask_pressed)
            shown.append(button)
        return shown

    # what a person does

    @Slot()
    def _ask_pressed(self) -> None:
        self.ask(Act(self.sender().property("act")))

    @Slot()
    def _open_order(self) -> None:
        if self.refund is not None:
            self._context.book.run("orders.open", self.refund.order_id)

    def _pressed(self) -> PendingAction | None:
        key = self.sender().property("action")
        known = [*self._unsettled, *(self._reading.actions if self._reading else [])]
        return next((action for action in known if action.idempotency_key == key), None)

    @Slot()
    def _drop(self) -> None:
        if (action := self._pressed()) is not None:
            self._decisions.drop(action.idempotency_key)

    @Slot()
    def _again(self) -> None:
        if (action := self._pressed()) is not None:
            self.asked_again.emit(action)

    @Slot()
    def _look(self) -> None:
        if (action := self._pressed()) is None:
            return
        if action.kind == ActionKind.REFUND_REQUEST:
            self._context.book.run("orders.open", action.target)
        else:
            self._context.book.run("refunds.open", action.target)
