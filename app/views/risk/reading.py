"""What risk review reads from the store, in the background: whole cases, and how many wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.models.lists.cases import CASE_SOURCE
from app.models.lists.query import CaseQuery, Sort
from app.models.lists.source import whole
from app.models.store import cases, meta, pending
from app.models.store.database import Store
from app.models.store.pending import ActionState, PendingAction
from app.services.background import Background, Work
from app.services.sync.pending_actions import ActionKind
from payments.contract.lifecycles import CaseState
from payments.contract.wire.records import RiskCase

_MOST_KEPT: Final = 400


class Tab(StrEnum):
    """The parts of the queue."""

    OPEN = "open"
    MINE = "mine"
    WAITING = "waiting"
    DECIDED = "decided"


class Order(StrEnum):
    """How the queue is ordered; the values are sort keys of ``CaseTable``."""

    URGENCY = "urgency"
    SCORE = "score"
    OLDEST = "opened_at"


def query_of(tab: Tab, order: Order, me: str, text: str = "") -> CaseQuery:
    """The cases of one tab. What was decided here is among the decided, sent or not."""
    sort = Sort(order.value, descending=order is not Order.OLDEST)
    states: dict[Tab, tuple[CaseState, ...]] = {
        Tab.OPEN: (CaseState.OPEN, CaseState.IN_REVIEW),
        Tab.MINE: (CaseState.IN_REVIEW, CaseState.WAITING),
        Tab.WAITING: (CaseState.WAITING, CaseState.ESCALATED),
        Tab.DECIDED: (CaseState.DECIDED, CaseState.CLOSED),
    }
    if tab is Tab.DECIDED:
        return CaseQuery(
            states=states[tab], decided_here=True, text=text, sort=Sort("decided_last")
        )
    return CaseQuery(
        states=states[tab],
        assignee_id=me if tab is Tab.MINE else "",
        decided_here=False,
        text=text,
        sort=sort,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases each tab holds, and whether the store was ever in sync."""

    tabs: dict[str, int]
    synced: bool


def counts(store: Store, me: str) -> Counts:
    """Count the cases of each tab."""
    with store.reading() as db:
        held = {
            tab.value: whole(db, CASE_SOURCE, query_of(tab, Order.SCORE, me)).totals.count
            for tab in Tab
        }
        return Counts(held, meta.last_sync(db) is not None)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case as the services sent it, and what was decided about it on this computer."""

    case: RiskCase
    actions: tuple[PendingAction, ...]

    @property
    def latest(self) -> PendingAction | None:
        """The action whose end is not seen yet: on its way, in conflict or refused."""
        return self.actions[-1] if self.actions else None

    @property
    def in_conflict(self) -> bool:
        """Whether a person must look at both sides before anything else is sent for this case."""
        return any(action.state == ActionState.CONFLICT for action in self.actions)

    @property
    def decided_here(self) -> bool:
        """Whether a decision is on its way, so that nothing more can be decided."""
        on_its_way = {ActionState.QUEUED, ActionState.SENDING}
        return any(
            action.kind == ActionKind.CASE_DECIDE and action.state in on_its_way
            for action in self.actions
        )


def read_file(store: Store, case_id: str) -> CaseFile | None:
    """One case with its actions; None when it is not in the store."""
    with store.reading() as db:
        case = cases.detail(db, case_id)
        if case is None:
            return None
        shown = (
            action
            for action in pending.on_target(db, case_id)
            if action.state != ActionState.DONE or action.base_version >= case.version
        )
        return CaseFile(case, tuple(shown))


class Files(QObject):
    """Whole cases, read ahead of being looked at. ``arrived`` carries the ids that were read."""

    arrived = Signal(object)

    def __init__(self, store: Store, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self._known: dict[str, CaseFile | None] = {}
        self._wanted: dict[str, None] = {}
        self._work: Work | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._ask)

    def get(self, case_id: str) -> CaseFile | None:
        """The case if it was read; it is read soon if not."""
        if case_id and case_id not in self._known:
            self.want(case_id)
        return self._known.get(case_id)

    def want(self, case_id: str) -> None:
        """Read a case (again) soon; what was read before is shown until then."""
        self._wanted[case_id] = None
        self._soon.start()

    def renew(self, case_ids: Iterable[str] | None = None) -> None:
        """These cases (or all that are known) may have changed."""
        for case_id in self._known if case_ids is None else case_ids:
            self.want(case_id)

    @Slot()
    def _ask(self) -> None:
        if self._work is not None or not self._wanted:
            return
        asked, self._wanted = list(self._wanted), {}
        store = self._store

        def read() -> dict[str, CaseFile | None]:
            return {case_id: read_file(store, case_id) for case_id in asked}

        self._work = self._background.run(read, done=self._came, failed=self._failed)

    def _came(self, files: dict[str, CaseFile | None]) -> None:
        self._work = None
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        self._known.update(files)
        self.arrived.emit(frozenset(files))
        self._ask()

    def _failed(self, _error: BaseException) -> None:
        """The list, which reads the same store, says what is wrong."""
        self._work = None
