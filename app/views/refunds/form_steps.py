"""The steps of the form for a refund: which order, how much and why, and once more in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app import formatting, words
from app.models.store import refundable
from app.views.lists import happenings
from app.views.lists.parts import Notice
from app.views.refunds.reading import OrderToRefund
from app.views.theme.tokens import Tone
from app.views.widgets.buttons import Button, primary, quiet
from app.views.widgets.detail_pane import Section
from app.views.widgets.labels import Label, paragraph
from app.views.widgets.money_field import MoneyField
from payments.contract.money import Money
from payments.contract.wire.records import Order
from payments.contract.wire.requests import NewRefund

_NOTE_HEIGHT: Final = 60
_LONGEST_NOTE: Final = 2_000
OTHER: Final = "other"
REASONS: Final = (
    "not_as_expected",
    "not_as_described",
    "bought_by_mistake",
    "schedule_changed",
    "duplicate",
    "technical",
    OTHER,
)


class Step(QWidget):
    """A title, content, and the buttons at the foot."""

    cancelled = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        self.body.addWidget(Label(words.say(title), "large"))

    def add_foot(self, *buttons: Button) -> None:
        """The buttons below everything, the act at the right end."""
        cancel = quiet(words.say("widgets.confirmation.cancel"))
        cancel.clicked.connect(self.cancelled)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 8, 0, 0)
        foot.addStretch(1)
        for button in (cancel, *buttons):
            foot.addWidget(button)
        self.body.addLayout(foot)


class FindStep(Step):
    """Which order: its number, exactly. ``found`` carries what was entered."""

    found = Signal(str)

    def __init__(self) -> None:
        super().__init__("refunds.form.title")
        self.field = QLineEdit()
        self.field.setMaxLength(64)
        self.field.setPlaceholderText(words.say("refunds.form.order"))
        self.field.setAccessibleName(words.say("refunds.form.order"))
        self._error = Label("", "error", wraps=True)
        self._error.hide()
        self._go = primary(words.say("refunds.form.continue"))
        self._go.setEnabled(False)
        self.body.addWidget(paragraph(words.say("refunds.form.find")))
        self.body.addWidget(self.field)
        self.body.addWidget(self._error)
        self.add_foot(self._go)
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._entered)
        self._go.clicked.connect(self._entered)

    def complain(self, error: str) -> None:
        """Say what is wrong with the number."""
        self._error.setText(error)
        self._error.show()

    @Slot()
    def _typed(self) -> None:
        self._error.hide()
        self._go.setEnabled(bool(self.field.text().strip()))

    @Slot()
    def _entered(self) -> None:
        if wanted := self.field.text().strip():
            self.found.emit(wanted)


class EnterStep(Step):
    """How much of what is left, and why. ``entered`` comes when it can be confirmed."""

    entered = Signal()

    def __init__(self, zone: ZoneInfo, refund_limit: Money) -> None:
        super().__init__("refunds.form.title")
        self._zone = zone
        self._limit = refund_limit
        self._found: OrderToRefund | None = None
        self._facts = QVBoxLayout()
        self.full = QRadioButton()
        self.part = QRadioButton(words.say("refunds.form.part"))
        self.full.setChecked(True)
        self.amount = MoneyField(refund_limit.currency)
        self.amount.set_name(words.say("refunds.form.amount"))
        self.reason = QComboBox()
        for code in REASONS:
            self.reason.addItem(happenings.reason(code), code)
        self.reason.setAccessibleName(words.say("refunds.form.reason"))
        self.note = _note_field()
        self._note_error = Label("", "error")
        self._second = Label("", "muted", wraps=True)
        self._go = primary(words.say("refunds.form.continue"))
        self._lay_out()
        self.setFocusProxy(self.full)
        self.full.toggled.connect(self._chosen)
        self.amount.changed.connect(self._check)
        self.amount.submitted.connect(self._submit)
        self.reason.currentIndexChanged.connect(self._check)
        self.note.textChanged.connect(self._check)
        self._go.clicked.connect(self._submit)

    def _lay_out(self) -> None:
        self.body.addLayout(self._facts)
        self.body.addWidget(self.full)
        self.body.addWidget(self.part)
        self.body.addWidget(self.amount)
        self.body.addWidget(Label(words.say("refunds.form.reason"), "caption"))
        self.body.addWidget(self.reason)
        self.body.addWidget(Label(words.say("refunds.form.note"), "caption"))
        self.body.addWidget(self.note)
        self.body.addWidget(self._note_error)
        self.body.addWidget(self._second)
        self.add_foot(self._go)

    def show_order(self, found: OrderToRefund, now: datetime) -> None:
        """What is left of an order; keeps what was entered when it only changed."""
        self._found = found
        while (item := self._facts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._facts.addWidget(_facts(found, now, self._zone))
        hindered = refundable.obstacle(found.order, now)
        if hindered is None and not found.left.amount:
            hindered = refundable.Obstacle.ALL_RESERVED
        if hindered is not None:
            said = words.say(f"refunds.obstacle.{hindered.value}")
            self._facts.addWidget(Notice(Tone.WARNING, said))
        for field in (self.full, self.part, self.amount, self.reason, self.note):
            field.setEnabled(hindered is None)
        left = formatting.money(found.left)
        self.full.setText(words.say("refunds.form.full", amount=left))
        self.amount.set_currency(found.left.currency, found.left)
        self._chosen()

    def suggest(self, amount: Money) -> None:
        """Begin with a part."""
        self.part.setChecked(True)
        self.amount.set_value(amount)

    def asked(self) -> NewRefund | None:
        """The request as it stands; None while something is missing or wrong."""
        amount = self._chosen_amount()
        note = self.note.toPlainText().strip()
        code = str(self.reason.currentData())
        if self._found is None or amount is None or not amount.amount:
            return None
        if not self.full.isEnabled() or len(note) > _LONGEST_NOTE or (code == OTHER and not note):
            return None
        return NewRefund(self._found.order.id, amount.amount, amount.currency, code, note)

    def needs_second_person(self) -> bool:
        """Whether what goes back altogether is above the limit, as far as known here."""
        amount = self._chosen_amount()
        if self._found is None or amount is None:
            return False
        order = self._found.order
        returned = Money(
            order.refunded + order.refunding + self._found.unsent.amount, order.currency
        )
        return amount.currency != self._limit.currency or self._limit < amount + returned

    def _chosen_amount(self) -> Money | None:
        if self._found is None:
            return None
        return self._found.left if self.full.isChecked() else self.amount.value()

    @Slot()
    def _chosen(self) -> None:
        self.amount.setVisible(self.part.isChecked())
        if self.part.isChecked() and self.part.hasFocus():
            self.amount.setFocus(Qt.FocusReason.OtherFocusReason)
        self._check()

    @Slot()
    def _check(self) -> None:
        other = self.reason.currentData() == OTHER and not self.note.toPlainText().strip()
        long = len(self.note.toPlainText().strip()) > _LONGEST_NOTE
        error = "note_missing" if other else "note_long" if long else ""
        self._note_error.setText(words.say(f"refunds.form.{error}") if error else "")
        self._note_error.setVisible(bool(error))
        second = self.needs_second_person()
        limit = formatting.money(self._limit)
        self._second.setText(words.say("refunds.form.second_person", limit=limit))
        self._second.setVisible(second)
        self._go.setEnabled(self.asked() is not None)

    @Slot()
    def _submit(self) -> None:
        if self.part.isChecked() and self.amount.complain():
            return
        if self.asked() is not None:
            self.entered.emit()


class ConfirmStep(Step):
    """Amount, person, channel and the way back; the button names the act."""

    returned = Signal()
    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__("refunds.form.confirm_title")
        self._question = QVBoxLayout()
        self.act = primary()
        self._back = quiet(words.say("refunds.form.back"))
        self.body.addLayout(self._question)
        self.add_foot(self._back, self.act)
        self._back.clicked.connect(self.returned)
        self.act.clicked.connect(self.confirmed)
        self.setFocusProxy(self._back)

    def show_request(self, order: Order, asked: NewRefund, *, second_person: bool) -> None:
        """Ask once more."""
        while (item := self._question.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        amount = formatting.money(Money(asked.amount, asked.currency))
        channel = (
            words.name(order.channel) if order.channel else words.say("refunds.ask.no_channel")
        )
        self._question.addWidget(
            paragraph(
                words.say(
                    "refunds.form.question", amount=amount, payer=order.payer, channel=channel
                ),
                "",
            )
        )
        way = "way_second" if second_person else "way_at_once"
        self._question.addWidget(paragraph(words.say(f"refunds.form.{way}")))
        act = "ask" if second_person else "act"
        self.act.setText(words.say(f"refunds.form.{act}", amount=amount))


def _facts(found: OrderToRefund, now: datetime, zone: ZoneInfo) -> QWidget:
    order = found.order
    channel = words.name(order.channel) if order.channel else words.say("refunds.ask.no_channel")
    rows: list[tuple[str, str] | tuple[str, str, str]] = [
        (words.say("refunds.fact.order"), order.id),
        (words.say("refunds.fact.product"), order.title),
        (words.say("refunds.fact.payer"), f"{order.payer} · {channel}"),
        (
            words.say("refunds.refundable.paid"),
            formatting.money(Money(order.paid, order.currency)),
        ),
    ]
    for key, amount in (
        ("refunds.refundable.refunded", order.refunded),
        ("refunds.refundable.reserved", order.refunding),
        ("refunds.refundable.unsent", found.unsent.amount),
    ):
        if amount:
            rows.append((words.say(key), formatting.money(Money(-amount, order.currency))))
    rows.append((words.say("refunds.refundable.now"), formatting.money(found.left), "strong"))
    if order.refundable_until is not None:
        until = formatting.absolute(order.refundable_until, zone)
        late = order.refundable_until < now
        rows.append((words.say("refunds.form.until"), until, "danger" if late else ""))
    section = Section("")
    section.layout().setContentsMargins(0, 4, 0, 4)  # type: ignore[union-attr]  # a section has one
    section.add_rows(rows)
    return section


def _note_field() -> QPlainTextEdit:
    field = QPlainTextEdit()
    field.setFixedHeight(_NOTE_HEIGHT)
    field.setTabChangesFocus(True)
    field.setAccessibleName(words.say("refunds.form.note"))
    return field
