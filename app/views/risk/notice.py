"""Where a decision stands that the record does not show yet: waiting, in conflict, refused."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app import formatting, words
from app.models.store.pending import ActionState, PendingAction
from app.services.sync.pending_actions import ActionKind, answer_to, server_record
from app.views.risk.reading import CaseFile
from app.views.risk.wording import UNDECIDED, because, listed
from app.views.widgets.buttons import Button, link
from app.views.widgets.labels import Label
from payments.contract.lifecycles import CaseState
from payments.contract.problems import Code
from payments.contract.wire.records import RiskCase
from payments.contract.wire.requests import CaseDecision


def mine_in_words(action: PendingAction) -> str:
    """What was decided here."""
    if action.kind != ActionKind.CASE_DECIDE:
        return words.say(f"risk.mine.{action.kind.replace('.', '_')}")
    decision = msgspec.json.decode(action.body, type=CaseDecision)
    parts = [words.name(decision.disposition), because(decision.reason), decision.note]
    return listed(parts)


def theirs_in_words(case: RiskCase, now: datetime, zone: ZoneInfo) -> str:
    """How the services have the case."""
    if case.disposition is None or case.state in UNDECIDED:
        return listed([words.name(case.state), case.assignee, case.note])
    when = formatting.instant(case.decided_at, now=now, zone=zone) if case.decided_at else ""
    said = [words.name(case.disposition), because(case.reason) if case.reason else ""]
    return listed([*said, case.decider, when, case.note])


class Notice(QFrame):
    """Hidden while there is nothing to say. ``asked`` carries ``undo``, ``drop`` or ``again``."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title, self._first, self._second = (
            Label("", "strong", wraps=True),
            Label("", wraps=True),
            Label("", wraps=True),
        )
        self._buttons = [_asking(name, link()) for name in ("undo", "again", "drop")]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 8)
        layout.setSpacing(4)
        for label in (self._title, self._first, self._second):
            layout.addWidget(label)
        acts = QHBoxLayout()
        acts.setSpacing(12)
        for button in self._buttons:
            button.clicked.connect(self._ask)
            acts.addWidget(button)
        acts.addStretch(1)
        layout.addLayout(acts)
        self.hide()

    def show_file(
        self, file: CaseFile, *, me: str, now: datetime, zone: ZoneInfo, online: bool
    ) -> None:
        """Say how the latest action on a case stands, or who else reviews it."""
        action = file.latest
        if action is not None and action.state != ActionState.DONE:
            self._show_action(file, action, now, zone, online=online)
            return
        case = file.case
        if case.state is CaseState.IN_REVIEW and case.assignee_id not in {"", me}:
            title = words.say("risk.notice.other", name=case.assignee)
            self._say("info", title, words.say("risk.notice.other_next"), "", ())
            return
        self.hide()

    def _show_action(
        self, file: CaseFile, action: PendingAction, now: datetime, zone: ZoneInfo, *, online: bool
    ) -> None:
        mine = words.say("risk.notice.yours", what=mine_in_words(action))
        if action.state == ActionState.CONFLICT:
            theirs = server_record(action)
            theirs = theirs if isinstance(theirs, RiskCase) else file.case
            said = words.say("risk.notice.theirs", what=theirs_in_words(theirs, now, zone))
            open_still = theirs.state in UNDECIDED
            acts = ("again", "drop") if open_still else ("drop",)
            self._say("danger", words.say("risk.notice.conflict"), mine, said, acts)
        elif action.state == ActionState.REFUSED:
            happened, then = words.problem(answer_to(action).code or Code.BAD_REQUEST)
            self._say("danger", f"{happened} {then}", mine, "", ("drop",))
        else:
            key = "queued" if online else "offline"
            undo = ("undo",) if action.state == ActionState.QUEUED else ()
            self._say("info", words.say(f"risk.notice.{key}"), mine, "", undo)

    def _say(self, look: str, title: str, first: str, second: str, acts: tuple[str, ...]) -> None:
        self.setProperty("look", f"notice-{look}")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(listed([title, first, second]))
        for label, text in ((self._title, title), (self._first, first), (self._second, second)):
            label.setText(text)
            label.setVisible(bool(text))
        for button in self._buttons:
            name = str(button.property("act"))
            button.setText(words.say(f"risk.notice.{name}"))
            button.setVisible(name in acts)
        self.show()

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(str(self.sender().property("act")))


def _asking(name: str, button: Button) -> Button:
    button.setProperty("act", name)
    return button
