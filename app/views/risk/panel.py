"""Risk review's layout and wiring: the queue at the left, one case and its decision at the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.services.sync.apply import Changed
from app.services.sync.pending_actions import ActionKind, NoBody
from app.services.troubles import words_key
from app.views.risk import commands
from app.views.risk.acting import Acting
from app.views.risk.decision import DecisionArea, rights
from app.views.risk.evidence import Evidence
from app.views.risk.queue import Queue
from app.views.risk.reading import CaseFile, Counts, Files, Tab, counts
from app.views.risk.wording import UNDECIDED, amount, case_number
from app.views.widgets.labels import hairline
from app.views.widgets.splitter import RememberedSplitter
from app.views.widgets.state_page import ContentOrState, Situation
from payments.contract.lifecycles import CaseState, Disposition
from payments.contract.roles import Kind, Permission
from payments.contract.wire.requests import CaseDecision, CaseNote

if TYPE_CHECKING:
    from app.views.frame.commands import Act, Command
    from app.views.frame.context import Context

_SECOND_MS: Final = 1_000
_EVIDENCE_WIDTH: Final = 776
_EVIDENCE_SHARE: Final = 0.62


class RiskPanel(QObject):
    """Risk review; see ``app.views.frame.panel.Panel``. ``now`` is the clock."""

    name = "risk"
    icon = "shield"
    title = "frame.panel.risk"
    needs = Permission.RISK_READ

    def __init__(
        self, context: Context, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._root = _Root()
        self.widget: QWidget = self._root
        super().__init__(self.widget)
        self._context = context
        self._now = now
        self._case_id = ""
        self._last: tuple[str, str] | None = None
        self._asked_for = ""
        self._may_decide = Permission.RISK_DECIDE in context.me.permissions
        self._files = Files(context.store, context.background, self)
        self._acting = Acting(context.store, context.background, context.engine, now, self)
        self._build()
        self._connect()
        self._enter_commands()
        self.retranslate()
        self._show_case()

    # what the frame asks

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.queue.retranslate()
        self.decision.retranslate()
        self._show_case()

    def refresh(self) -> None:
        """Read the local store again."""
        if self.needs not in self._context.me.permissions:
            return
        self._second.start()
        self.queue.refresh()
        self._files.renew()
        self._count()
        self.queue.focus_list()

    def focus_filter(self) -> None:
        """Bring the keyboard to the search."""
        self.queue.focus_search()

    def export(self) -> None:
        """Cases are evidence about people: they are read here and not exported."""
        self._context.toasts.say(words.say("risk.no_export"))

    # building

    def _build(self) -> None:
        context = self._context
        self.queue = Queue(context, self._files, self._now)
        self.evidence = Evidence(self._now, ZoneInfo(context.me.zone))
        self.decision = DecisionArea()
        inside = QWidget()
        down = QVBoxLayout(inside)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self.evidence, 1)
        down.addWidget(hairline())
        down.addWidget(self.decision)
        self._content = ContentOrState(inside)
        splitter = RememberedSplitter(
            "risk", context.preferences, usual=_EVIDENCE_WIDTH, share=_EVIDENCE_SHARE
        )
        splitter.set_widgets(self.queue, self._content)
        self._outer = ContentOrState(splitter)
        layout = QVBoxLayout(self._root)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._outer)
        if self.needs not in context.me.permissions:
            self._outer.show_situation(Situation.FORBIDDEN)
        self._second = QTimer(self)
        self._second.setInterval(_SECOND_MS)

    def _connect(self) -> None:
        context = self._context
        context.engine.changed.connect(self._store_changed)
        context.engine.actions_changed.connect(self._actions_changed)
        context.engine.state_changed.connect(self._state_changed)
        self._second.timeout.connect(self._tick)
        self.queue.chosen.connect(self._chosen)
        self._files.arrived.connect(self._files_arrived)
        self.evidence.order_asked.connect(self._open_order)
        self.evidence.asked.connect(self._notice_asked)
        self.decision.decided.connect(self._decide)
        self.decision.asked.connect(self._run)
        self.decision.left.connect(self.queue.focus_list)
        self._acting.queued.connect(self._queued)
        self._acting.undone.connect(self._undone)
        self._acting.failed.connect(self._write_failed)
        self._root.digit.connect(self.decision.choose)
        self._root.stepped_back.connect(self._step_back)
        self.queue.table.stepped_back.connect(self._step_back)

    def _enter_commands(self) -> None:
        acts: tuple[tuple[Command, Act], ...] = (
            (commands.APPROVE, self._run_approve),
            (commands.REJECT, self._run_reject),
            (commands.ESCALATE, self._run_escalate),
            (commands.CLAIM, self._run_claim),
            (commands.REOPEN, self._run_reopen),
            (commands.UNDO, self._run_undo),
            (commands.NOTE, self._run_note),
            (commands.NEXT, self._run_next),
            (commands.PREVIOUS, self._run_previous),
            (commands.OPEN, self._run_open),
        )
        for command, act in acts:
            self._context.book.add(command, act, self._root)

    # showing

    @Slot(str)
    def _chosen(self, case_id: str) -> None:
        self._case_id = case_id
        self._show_case()

    def _show_case(self) -> None:
        if not self._case_id:
            self.decision.show_nothing()
            line = words.say("risk.nothing_chosen")
            self._content.show_situation(Situation.EMPTY, line)
            return
        file = self._files.get(self._case_id)
        if file is None:
            self.decision.show_nothing()
            self._content.show_situation(Situation.LOADING)
            return
        me = self._context.me.user_id
        self.evidence.show_file(file, me=me, online=self._context.book.online)
        following = self.queue.following()
        allowed = rights(file, may_decide=self._may_decide, me=me)
        self.decision.show_file(file, allowed, case_number(following) if following else "")
        self.decision.setVisible(allowed.decide or allowed.reopen)
        self._content.show_content()

    @Slot(object)
    def _files_arrived(self, ids: frozenset[str]) -> None:
        if self._asked_for in ids:
            self._go_to_asked()
        if self._case_id in ids:
            self._show_case()

    @Slot()
    def _tick(self) -> None:
        if not self._root.isVisible():
            self._second.stop()
            return
        self.queue.tick()
        self.evidence.tick()

    def _count(self) -> None:
        store, me = self._context.store, self._context.me.user_id
        self._context.background.run(
            lambda: counts(store, me), done=self._counted, failed=self._not_counted
        )

    def _counted(self, found: Counts) -> None:
        self.queue.tabs.set_counts(found.tabs)
        self.queue.set_synced(synced=found.synced)

    def _not_counted(self, _error: BaseException) -> None:
        """The list, which reads the same store, says what is wrong."""

    # what sync says

    @Slot(object)
    def _store_changed(self, changed: Changed) -> None:
        ids = (*changed.changed.get(Kind.RISK_CASE, ()), *changed.removed.get(Kind.RISK_CASE, ()))
        if changed.everything:
            self._files.renew()
            self.queue.refresh()
        elif ids:
            self._files.renew(ids)
            self.queue.on_changed(ids)
        else:
            return
        self._count()

    @Slot(object)
    def _actions_changed(self, _action: object) -> None:
        self._files.renew()
        self.queue.refresh()
        self._count()

    @Slot(object)
    def _state_changed(self, _state: object) -> None:
        self._show_case()

    # deciding

    @Slot(object)
    def _decide(self, decision: CaseDecision) -> None:
        file = self.decision.file
        if file is None:
            return
        case = file.case
        following = self.queue.beside()
        key = self._acting.act(ActionKind.CASE_DECIDE, case.id, case.version, decision)
        self._last = (case.id, key)
        self._say_undo(case.id, key, self._decided_words(decision, file))
        self._files.want(case.id)
        if following:
            self.queue.choose(following)
        else:
            self.queue.leave()
        self.queue.focus_list()

    @staticmethod
    def _decided_words(decision: CaseDecision, file: CaseFile) -> str:
        key = "approved" if decision.disposition is Disposition.APPROVE else "rejected"
        return words.say(f"risk.toast.{key}", amount=amount(file.case), payer=file.case.payer)

    def _say_undo(self, case_id: str, key: str, text: str) -> None:
        toast = self._context.toasts.say(text, words.say("risk.toast.undo"))
        toast.setProperty("decision", [case_id, key])
        toast.acted.connect(self._toast_undo)

    @Slot()
    def _toast_undo(self) -> None:
        case_id, key = self.sender().property("decision")
        self._acting.undo(case_id, key)

    @Slot(object)
    def _queued(self, what: tuple[str, str]) -> None:
        self._renew(what[0])

    @Slot(object)
    def _undone(self, what: tuple[str, bool]) -> None:
        case_id, was_here = what
        self._last = None
        said = "undone" if was_here else "too_late"
        self._context.toasts.say(words.say(f"risk.toast.{said}"))
        if was_here:
            self._run_open(case_id)
        self._renew(case_id)

    @Slot(object)
    def _write_failed(self, error: BaseException) -> None:
        self._context.toasts.say(" ".join(words.problem(words_key(error))))
        self._files.renew()
        self.queue.refresh()

    def _renew(self, case_id: str) -> None:
        self._files.want(case_id)
        self.queue.refresh()
        self._count()

    @Slot(str)
    def _notice_asked(self, act: str) -> None:
        file = self._files.get(self._case_id)
        if file is None or file.latest is None:
            return
        if act == "undo":
            self._acting.undo(file.case.id, file.latest.idempotency_key)
        elif act == "again" and file.latest.kind == ActionKind.CASE_DECIDE:
            self._acting.again(file.latest, file.case.version)
        else:
            self._acting.drop(file.latest)

    @Slot(str)
    def _run(self, name: str) -> None:
        self._context.book.run(name)

    @Slot(str)
    def _open_order(self, order_id: str) -> None:
        self._context.book.run("orders.open", order_id)

    @Slot()
    def _step_back(self) -> None:
        if not self.decision.disarm():
            self.queue.focus_list()

    def _run_approve(self, _argument: object) -> None:
        self.decision.press_approve()

    def _run_reject(self, _argument: object) -> None:
        self.decision.press_reject()

    def _run_escalate(self, _argument: object) -> None:
        if self.decision.allows("escalate"):
            self._send(ActionKind.CASE_ESCALATE, CaseNote(self._note()), "escalated")

    def _run_claim(self, _argument: object) -> None:
        if self.decision.allows("claim"):
            self._send(ActionKind.CASE_CLAIM, NoBody(), "")

    def _run_reopen(self, _argument: object) -> None:
        if self.decision.allows("reopen") and self._note():
            self._send(ActionKind.CASE_REOPEN, CaseNote(self._note()), "reopened")
        elif self.decision.allows("reopen"):
            self._run_note(None)

    def _note(self) -> str:
        return self.decision.note.text().strip()

    def _send(self, kind: ActionKind, body: NoBody | CaseNote, said: str) -> None:
        file = self.decision.file
        if file is None:
            return
        self._acting.act(kind, file.case.id, file.case.version, body)
        if said:
            self._context.toasts.say(words.say(f"risk.toast.{said}"))

    def _run_undo(self, _argument: object) -> None:
        if self._last is not None:
            self._acting.undo(*self._last)

    def _run_note(self, _argument: object) -> None:
        self.decision.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _run_next(self, _argument: object) -> None:
        self.queue.step(1)

    def _run_previous(self, _argument: object) -> None:
        self.queue.step(-1)

    def _run_open(self, case_id: object) -> None:
        if isinstance(case_id, str) and case_id:
            self._asked_for = case_id
            self._files.want(case_id)

    def _go_to_asked(self) -> None:
        file, self._asked_for = self._files.get(self._asked_for), ""
        if file is None:
            self._context.toasts.say(words.problem("problems.not_found")[0])
            return
        self.queue.show_case(file.case.id, self._tab_of(file))

    @staticmethod
    def _tab_of(file: CaseFile) -> Tab:
        if file.decided_here or file.case.state not in UNDECIDED:
            return Tab.DECIDED
        waits = {CaseState.WAITING, CaseState.ESCALATED}
        return Tab.WAITING if file.case.state in waits else Tab.OPEN


class _Root(QWidget):
    """Keys that are no commands: a digit chooses a reason, Esc steps back."""

    digit = Signal(object)
    stepped_back = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Digits and Esc; the rest goes on to the window."""
        if event.text().isdecimal() and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.digit.emit(int(event.text()))
        elif event.key() == Qt.Key.Key_Escape:
            self.stepped_back.emit()
        else:
            super().keyPressEvent(event)
