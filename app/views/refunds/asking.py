"""Asking once more before a decision on a refund: how much, to whom, through what, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app import formatting, words
from app.services.sync.pending_actions import ActionKind, NoBody
from app.views.refunds.acts import Act
from app.views.widgets.confirmation import Confirmation, confirm
from payments.contract.money import Money
from payments.contract.wire.records import Refund
from payments.contract.wire.requests import RefundDecision

if TYPE_CHECKING:
    from app.views.frame.context import Context
    from app.views.refunds.deciding import Decisions

_NOTE_HEIGHT = 72
_LONGEST_NOTE = 2000


class Asking(QObject):
    """Asks over the window of ``asker``, then keeps the decision."""

    def __init__(self, context: Context, decisions: Decisions, asker: QWidget) -> None:
        super().__init__(asker)
        self._context = context
        self._decisions = decisions
        self._asker = asker
        self._note: QPlainTextEdit | None = None
        self._asked: Confirmation | None = None

    def ask(self, act: Act, refund: Refund) -> None:
        """Ask whether this act is meant."""
        amount = formatting.money(Money(refund.amount, refund.currency))
        self._note = _note_field() if act is Act.REJECT else None
        self._asked = confirm(
            self._asker,
            words.say(f"refunds.ask.{act.value}.title"),
            question(act, refund),
            words.say(f"refunds.ask.{act.value}.act", amount=amount),
            subject=(act, refund),
            body=self._note,
        )
        if self._note is not None:
            self._asked.set_possible(possible=False)
            self._note.textChanged.connect(self._note_changed)
            self._note.setFocus()
        self._asked.decided.connect(self._decided)

    @Slot()
    def _note_changed(self) -> None:
        if self._asked is not None:
            self._asked.set_possible(possible=0 < len(self._said()) <= _LONGEST_NOTE)

    def _said(self) -> str:
        return self._note.toPlainText().strip() if self._note is not None else ""

    @Slot(object)
    def _decided(self, subject: tuple[Act, Refund]) -> None:
        act, refund = subject
        amount = formatting.money(Money(refund.amount, refund.currency))
        said = words.say(f"refunds.ask.{act.value}.done", amount=amount)
        if act in {Act.APPROVE, Act.REJECT}:
            decision = RefundDecision(approve=act is Act.APPROVE, note=self._said())
            self._decisions.decide(
                ActionKind.REFUND_DECIDE, refund.id, decision, refund.version, said
            )
        else:
            kind = ActionKind.REFUND_CANCEL if act is Act.CANCEL else ActionKind.REFUND_RETRY
            self._decisions.decide(kind, refund.id, NoBody(), refund.version, said)


def question(act: Act, refund: Refund) -> str:
    """Amount, person, channel and the way back in one question."""
    amount = formatting.money(Money(refund.amount, refund.currency))
    channel = words.name(refund.channel) if refund.channel else words.say("refunds.ask.no_channel")
    return words.say(
        f"refunds.ask.{act.value}.question", amount=amount, payer=refund.payer, channel=channel
    )


def _note_field() -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setFixedHeight(_NOTE_HEIGHT)
    field.setTabChangesFocus(True)
    field.setPlaceholderText(words.say("refunds.ask.reject.note"))
    field.setAccessibleName(words.say("refunds.ask.reject.note"))
    return field
