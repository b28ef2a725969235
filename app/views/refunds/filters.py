"""The filters of the refund list: one queue at a time, search and period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.models.lists.query import RefundQuery
from app.views.lists import choices
from app.views.lists.period import PeriodChoice
from app.views.widgets.filter_row import FilterRow
from payments.contract.lifecycles import RefundState


class Queue(StrEnum):
    """The queues a person works through."""

    WAITING = "waiting"
    PROCESSING = "processing"
    FAILED = "failed"
    ALL = "all"


QUEUES: Final[Mapping[Queue, tuple[RefundState, ...]]] = MappingProxyType(
    {
        Queue.WAITING: (RefundState.PENDING_APPROVAL,),
        Queue.PROCESSING: (
            RefundState.REQUESTED,
            RefundState.APPROVED,
            RefundState.SUBMITTED,
            RefundState.PROCESSING,
        ),
        Queue.FAILED: (RefundState.FAILED, RefundState.REQUIRES_ACTION),
        Queue.ALL: (),
    }
)

# Everything in two lines where the window is narrow.
_SEARCH_WIDTH: Final = 180


class RefundFilters(QWidget):
    """``changed`` carries the query that the chips now ask for. ``approves``: whose queue it is."""

    changed = Signal(object)

    def __init__(self, today: Callable[[], date], *, approves: bool) -> None:
        super().__init__()
        self.row = FilterRow()
        mine = "mine" if approves else "waiting"
        self.queues = self.row.add_tabs(
            [
                choices.said(Queue.WAITING.value, f"refunds.queue.{mine}"),
                choices.said(Queue.PROCESSING.value, "refunds.queue.processing"),
                choices.said(Queue.FAILED.value, "refunds.queue.failed"),
                choices.said(Queue.ALL.value, "refunds.queue.all"),
            ]
        )
        self.queues.set_value(Queue.ALL.value)
        self._period = PeriodChoice(today)
        self.row.add_popup("lists.period.title", self._period)
        self.search = self.row.add_search("refunds.filter.search")
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.row)
        self.queues.changed.connect(self._tell)
        self.row.changed.connect(self._tell)
        self.row.searched.connect(self._tell)

    def query(self) -> RefundQuery:
        """What the chips ask for."""
        first, last = self._period.value() or (None, None)
        return RefundQuery(
            states=QUEUES[Queue(self.queues.value())],
            first_day=first,
            last_day=last,
            text=self.search.text().strip(),
        )

    def show_queue(self, queue: Queue) -> None:
        """This queue, and nothing else restricted."""
        self.queues.set_value(queue.value)
        self._period.set_value(None)
        self.search.setText("")
        self.search.tell()
        self.retranslate()
        self.changed.emit(self.query())

    def show_counts(self, counts: Mapping[Queue, int]) -> None:
        """How many each queue holds."""
        self.queues.set_counts({queue.value: count for queue, count in counts.items()})

    def describe(self) -> str:
        """The filter in words, for an exported file; empty for everything."""
        query = self.query()
        queue = Queue(self.queues.value())
        parts = [
            words.say(f"refunds.queue.{queue.value}") if queue is not Queue.ALL else "",
            self._period.describe(),
            words.say("lists.export.text", text=query.text) if query.text else "",
        ]
        return " · ".join(part for part in parts if part)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.row.retranslate()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit(self.query())
