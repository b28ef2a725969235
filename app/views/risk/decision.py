"""Deciding a case: reasons for either way, a note, and the acts with their keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import words
from app.views.risk.reading import CaseFile
from app.views.risk.wording import APPROVING, REJECTING, amount
from app.views.theme.tokens import Size
from app.views.widgets.buttons import Button, ButtonKind, danger, primary, secondary
from app.views.widgets.chips import Choice, ChoiceChip, TabChips
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.labels import Label
from payments.contract.lifecycles import CaseState, Disposition
from payments.contract.wire.requests import CaseDecision

# Two presses faster than this are one: a finger that bounces, or a double click.
_APART_S: Final = 0.35
_NOTE_LIMIT: Final = 2000
# Narrower than this, the chips of the longer row take two lines.
_CHIPS_FROM: Final = 772


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do with the case shown."""

    decide: bool
    claim: bool = False
    escalate: bool = False
    reopen: bool = False


def rights(file: CaseFile, *, may_decide: bool, me: str) -> Rights:
    """What the services would take: nothing while a decision is open here or another reviews."""
    case = file.case
    if not may_decide or file.decided_here or file.in_conflict:
        return Rights(decide=False)
    if case.state is CaseState.CLOSED:
        return Rights(decide=False, reopen=True)
    mine = case.assignee_id == me
    if case.state is CaseState.DECIDED or (case.state is CaseState.IN_REVIEW and not mine):
        return Rights(decide=False)
    return Rights(
        decide=True,
        claim=not (case.state is CaseState.IN_REVIEW and mine),
        escalate=case.state is not CaseState.ESCALATED,
    )


class DecisionArea(QWidget):
    """``decided`` carries a CaseDecision, ``asked`` the name of another command to run.

    Rejecting moves money, so its first press only arms it: the button then says whose money goes
    back and how much, and the second press decides. Anything else disarms it.
    """

    decided = Signal(object)
    asked = Signal(str)
    left = Signal()

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._clock = clock
        # The case as it is shown: what is decided is decided upon this version.
        self.file: CaseFile | None = None
        self._rights = Rights(decide=False)
        self._armed_at: float | None = None
        self._next = ""
        self._narrow = False
        self._build()

    def _build(self) -> None:
        self._title = Label("", "section")
        self._reject_label, self._approve_label = Label("", "muted"), Label("", "muted")
        self.rejecting = TabChips([_choice(code) for code in REJECTING])
        self.approving = TabChips([_choice(code) for code in APPROVING])
        for chips in (self.rejecting, self.approving):
            chips.changed.connect(self._reason_changed)
        self.note = QLineEdit()
        self.note.setMaxLength(_NOTE_LIMIT)
        self.note.textChanged.connect(self._note_changed)
        self.note.returnPressed.connect(self.left)
        self._effect = Label("", "small", wraps=True)
        self._wide = QWidget()
        reasons = QGridLayout(self._wide)
        reasons.setContentsMargins(0, 0, 0, 0)
        reasons.setHorizontalSpacing(16)
        reasons.setVerticalSpacing(6)
        reasons.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, (label, chips) in enumerate(
            ((self._reject_label, self.rejecting), (self._approve_label, self.approving))
        ):
            label.setFixedHeight(Size.CHIP)
            reasons.addWidget(label, row, 0, top)
            reasons.addWidget(chips, row, 1)
        self._build_compact()
        self.reject = danger(key="R")
        self._armed = Button("", ButtonKind.DANGER_FILLED, key="R")
        self.approve = primary(key="A")
        self.escalate, self.claim = secondary(key="E"), secondary(key="C")
        self.reopen = secondary(key="O")
        self._after = Label("", "muted")
        self._commands = {
            self.escalate: "risk.escalate",
            self.claim: "risk.claim",
            self.reopen: "risk.reopen",
        }
        self._lay_out()

    def _build_compact(self) -> None:
        """The same reasons as two menus, for where the chips would take too many lines."""
        self._compact = QWidget()
        line = FlowLayout(Size.GAP, self._compact)
        self._menus: dict[TabChips, ChoiceChip] = {}
        self._menu_labels = (Label("", "muted"), Label("", "muted"))
        for label, chips, codes in zip(
            self._menu_labels, (self.rejecting, self.approving), (REJECTING, APPROVING), strict=True
        ):
            menu = ChoiceChip(
                "risk.decision", [_choice(code) for code in codes], several=False, removable=False
            )
            menu.changed.connect(self._menu_changed)
            label.setFixedHeight(Size.CHIP)
            self._menus[chips] = menu
            line.addWidget(label)
            line.addWidget(menu)
        self._compact.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._after)
        head.addWidget(self.claim)
        acts_row = QWidget()
        acts = FlowLayout(Size.GAP, acts_row)
        for button, act in (
            (self.reject, self.press_reject),
            (self._armed, self.press_reject),
            (self.approve, self.press_approve),
            (self.escalate, self._ask_command),
            (self.reopen, self._ask_command),
        ):
            acts.addWidget(button)
            button.clicked.connect(act)
        self.claim.clicked.connect(self._ask_command)
        for button in (self.reject, self._armed, self.approve, *self._commands):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Size.GUTTER, 10, Size.GUTTER, 16)
        layout.setSpacing(10)
        layout.addLayout(head)
        for part in (self._wide, self._compact, self.note, self._effect, acts_row):
            layout.addWidget(part)

    # what the panel asks

    def show_file(self, file: CaseFile, allowed: Rights, following: str) -> None:
        """A case to decide; another one than before starts without note and disarmed."""
        before = self.file.case if self.file else None
        self.file, self._rights, self._next = file, allowed, following
        if before is None or before.version != file.case.version:
            # The first press was made on what stood there before.
            self._armed_at = None
        if before is None or before.id != file.case.id:
            self._armed_at = None
            self.note.clear()
            self.rejecting.set_value(next(iter(REJECTING)))
            self.approving.set_value(next(iter(APPROVING)))
        self.retranslate()

    def show_nothing(self) -> None:
        """No case is shown: no key decides anything."""
        self.file, self._rights, self._armed_at = None, Rights(decide=False), None

    def choose(self, digit: int) -> None:
        """The reason with this number, as the labels count them."""
        codes = [*REJECTING, *APPROVING]
        if not self._rights.decide or not 1 <= digit <= len(codes):
            return
        code = codes[digit - 1]
        (self.rejecting if code in REJECTING else self.approving).set_value(code)
        self._reason_changed()

    @Slot()
    def press_reject(self) -> None:
        """Arm, then reject."""
        if not self._rights.decide:
            return
        if self._armed_at is None:
            self._armed_at = self._clock()
            self.retranslate()
        elif self._clock() - self._armed_at >= _APART_S:
            code = self.rejecting.value()
            self._decide(REJECTING[code], code)

    @Slot()
    def press_approve(self) -> None:
        """Approve."""
        if self._rights.decide:
            self._decide(Disposition.APPROVE, self.approving.value())

    def disarm(self) -> bool:
        """Take back the first press; whether there was one."""
        was, self._armed_at = self._armed_at is not None, None
        if was:
            self.retranslate()
        return was

    def allows(self, name: str) -> bool:
        """Whether ``claim``, ``escalate`` or ``reopen`` may be done now."""
        return bool(getattr(self._rights, name))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Menus instead of chips where it is narrow."""
        super().resizeEvent(event)
        narrow = self.width() < _CHIPS_FROM
        if narrow is not self._narrow:
            self._narrow = narrow
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        title = "risk.command.reopen" if self._rights.reopen else "risk.decision"
        self._title.setText(words.say(title))
        first, last = len(REJECTING), len(REJECTING) + len(APPROVING)
        reject = words.say("risk.reject_because", keys=f"1–{first}")
        approve = words.say("risk.approve_because", keys=f"{first + 1}–{last}")
        for labels, text in zip(
            zip((self._reject_label, self._approve_label), self._menu_labels, strict=True),
            (reject, approve),
            strict=True,
        ):
            for label in labels:
                label.setText(text)
        for chips, menu in self._menus.items():
            chips.retranslate()
            menu.set_values((chips.value(),))
        for button, key in (
            (self.approve, "approve"),
            (self.escalate, "escalate"),
            (self.claim, "claim"),
            (self.reopen, "reopen"),
        ):
            button.setText(words.say(f"risk.act.{key}"))
        if self.file is not None:
            self._say_case(self.file)

    def _say_case(self, file: CaseFile) -> None:
        allowed, armed = self._rights, self._armed_at is not None
        money = amount(file.case)
        self.reject.setText(words.say("risk.act.reject", amount=money))
        self._armed.setText(words.say("risk.act.armed", amount=money, payer=file.case.payer))
        marks = REJECTING[self.rejecting.value()] is Disposition.REFUND_AS_FRAUD
        effect = "risk.effect.fraud" if marks else "risk.effect.refund"
        self._effect.setText(words.say(effect, amount=money, payer=file.case.payer))
        hint = "risk.note_reopen" if allowed.reopen else "risk.note"
        self.note.setPlaceholderText(words.say(hint))
        self.note.setAccessibleName(words.say(hint))
        for widget, shown in (
            (self._title, allowed.decide or allowed.reopen),
            (self._wide, allowed.decide and not self._narrow),
            (self._compact, allowed.decide and self._narrow),
            (self._effect, allowed.decide),
            (self.reject, allowed.decide and not armed),
            (self._armed, allowed.decide and armed),
            (self.approve, allowed.decide),
            (self.escalate, allowed.escalate and not armed),
            (self.claim, allowed.claim and not armed),
            (self.reopen, allowed.reopen),
            (self.note, allowed.decide or allowed.reopen),
        ):
            widget.setVisible(shown)
        self.reopen.setEnabled(bool(self.note.text().strip()))
        self._after.setText(words.say("risk.next", case=self._next) if self._next else "")

    def _decide(self, disposition: Disposition, reason: str) -> None:
        self._armed_at = None
        self.decided.emit(CaseDecision(disposition, reason, self.note.text().strip()))

    @Slot()
    def _ask_command(self) -> None:
        self.asked.emit(self._commands[self.sender()])  # type: ignore[index]  # one of the buttons

    @Slot(object)
    def _menu_changed(self, _values: object) -> None:
        for chips, menu in self._menus.items():
            chips.set_value(menu.values()[0])
        self._reason_changed()

    @Slot()
    def _reason_changed(self) -> None:
        self._armed_at = None
        self.retranslate()

    @Slot()
    def _note_changed(self) -> None:
        self.reopen.setEnabled(bool(self.note.text().strip()))


def _choice(code: str) -> Choice:
    return Choice(code, partial(words.say, f"risk.because.{code}"))
