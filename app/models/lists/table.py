"""What all lists have in common: a table model over a window of rows, fed by background work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QModelRoleData,
    QModelRoleDataSpan,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from app.models.lists.query import Listed, Sort, Totals
from app.models.lists.source import First, RowNumbers, Source, Whole, first, lines, whole
from app.models.lists.window import Window, moved
from app.models.store.database import Store
from payments.contract.roles import Kind

Index: TypeAlias = QModelIndex | QPersistentModelIndex
Row_contra = TypeVar("Row_contra", contravariant=True)

_TOP: QModelIndex = QModelIndex()


class Record(Protocol):
    """What every row of a list has."""

    @property
    def row(self) -> int:
        """Its number in the store."""

    @property
    def id(self) -> str:
        """Its own id."""


Row = TypeVar("Row", bound=Record)
Query = TypeVar("Query", bound=Listed)


class Column(Protocol[Row_contra]):
    """A column as the view gives it to a table: the model knows no words and no formats."""

    @property
    def key(self) -> str:
        """The column's name; also its sort key where the list can be sorted by it."""

    def header(self, role: int) -> Any:  # noqa: ANN401 - whatever the role asks for
        """The header's data for a Qt role."""

    def value(self, row: Row_contra, role: int) -> Any:  # noqa: ANN401 - likewise
        """A cell's data for a Qt role."""


class Run(Protocol):
    """``Background.run``: work on another thread.

    ``done`` or ``failed`` (bound methods, called in the window's thread) get its answer or its
    exception.
    """

    def __call__(
        self,
        work: Callable[[], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Any], None],
    ) -> object:
        """Begin, and answer at once with whatever stands for the work."""


@dataclass(slots=True)
class _Question:
    """The number of the question that counts; work on an older one does not even begin."""

    latest: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer and the number of its question: one to an older question is dropped."""

    question: int
    of: Any


def _ask(
    store: Store,
    asked: _Question,
    question: int,
    ask: Callable[..., Any],
    source: Source[Any, Any],
    query: object,
) -> _Answer:
    if question != asked.latest:
        return _Answer(question, None)
    with store.reading() as db:
        return _Answer(question, ask(db, source, query))


class RecordTable(QAbstractTableModel, Generic[Row, Query]):
    """A list of records. ``show`` is the only reset; changes repaint what is on screen."""

    # The totals of the filter shown (``Totals``), as soon as they are known.
    totals_changed = Signal(object)
    # The first page of a new query stands: the view restores its selection and leaves "loading".
    shown = Signal()
    # Reading failed; carries the exception.
    failed = Signal(object)

    source: Source[Row, Query]
    everything: Query

    def __init__(
        self,
        store: Store,
        run: Run,
        columns: Sequence[Column[Row]] = (),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._run = run
        self._columns = tuple(columns)
        self._window: Window[Row] = Window(self._fetch)
        self._asked = _Question()
        self._asking = False
        self._outdated = False
        self.query: Query = self.everything
        self.totals = Totals()

    # What Qt asks.

    def rowCount(self, parent: Index = _TOP) -> int:  # noqa: N802 - Qt's name
        """How many records, as far as known."""
        return 0 if parent.isValid() else self._window.count

    def columnCount(self, parent: Index = _TOP) -> int:  # noqa: N802 - Qt's name
        """How many columns the view has given."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """What the column says of the record; nothing while the record is not known yet."""
        if not index.isValid():
            return None
        row = self._window.row(index.row())
        return None if row is None else self._columns[index.column()].value(row, role)

    def multiData(self, index: Index, roles: QModelRoleDataSpan | QModelRoleData) -> None:  # noqa: N802 - Qt's name
        """All roles of a cell at once: one crossing from Qt to Python instead of one for each."""
        row = self._window.row(index.row()) if index.isValid() else None
        column = self._columns[index.column()] if row is not None else None
        for at in range(len(roles)):  # type: ignore[arg-type]  # missing in the stubs
            wanted = roles[at]  # type: ignore[index]  # likewise
            if row is None or column is None:
                wanted.clearData()
            else:
                wanted.setData(column.value(row, wanted.role()))

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:  # noqa: ANN401 - whatever the role asks for
        """What the column says of itself."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        return self._columns[section].header(role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, where the list can be."""
        if not 0 <= column < len(self._columns):
            return
        key = self._columns[column].key
        if key in self.source.sorts:
            wanted = Sort(key, descending=order == Qt.SortOrder.DescendingOrder)
            self.show(self.query.sorted_by(wanted))

    # What a view asks.

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Other columns, or the same ones in another language."""
        self.beginResetModel()
        self._columns = tuple(columns)
        self.endResetModel()

    def show(self, query: Query) -> None:
        """Show another query: its first page first, then all of it. Older answers are dropped."""
        self.query = query
        self._asked.latest += 1
        self._outdated = False
        self._asking = True
        self._run(self._work(first), done=self._first_arrived, failed=self._work_failed)

    def row(self, position: int) -> Row | None:
        """The record at a position; None while it is not known yet."""
        return self._window.row(position)

    def id_at(self, position: int) -> str:
        """The id at a position, empty while it is not known yet."""
        row = self._window.row(position)
        return "" if row is None else row.id

    def position_of(self, record_id: str) -> int:
        """Where a record stands in this list, −1 when it does not (or not yet)."""
        with self._store.reading() as db:
            number = db.value(f"SELECT row FROM {self.source.table} WHERE id = ?", (record_id,))
        return -1 if number is None else self._window.position(number)

    def on_changed(self, kind: Kind, ids: Iterable[str]) -> None:
        """From sync: repaint those on screen, and bring the order and totals up to date."""
        if kind is not self.source.kind:
            return
        changed = frozenset(ids)
        self._repaint(self._window.renew(lambda row: row.id in changed))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the list's order and totals again, without a reset."""
        if self._asking:
            self._outdated = True
            return
        self._asking = True
        self._outdated = False
        self._run(self._work(whole), done=self._whole_arrived, failed=self._work_failed)

    # What arrives from the background.

    def _work(self, ask: Callable[..., Any]) -> Callable[[], _Answer]:
        question = self._asked.latest
        return partial(_ask, self._store, self._asked, question, ask, self.source, self.query)

    @Slot(object)
    def _first_arrived(self, answer: _Answer) -> None:
        if answer.question != self._asked.latest:
            return
        page: First[Row] = answer.of
        self.beginResetModel()
        self._window.begin(page.numbers, page.rows, page.totals.count if page.totals else 0)
        self.endResetModel()
        if page.totals is not None:
            self._set_totals(page.totals)
        self.shown.emit()
        self._asking = False
        self.refresh()

    @Slot(object)
    def _whole_arrived(self, answer: _Answer) -> None:
        if answer.question != self._asked.latest:
            return
        arrived: Whole = answer.of
        self._asking = False
        self._arrange(arrived.numbers)
        self._set_totals(arrived.totals)
        if self._outdated:
            self.refresh()

    @Slot(object)
    def _work_failed(self, error: Exception) -> None:
        self._asking = False
        self.failed.emit(error)

    def _set_totals(self, totals: Totals) -> None:
        if totals != self.totals:
            self.totals = totals
            self.totals_changed.emit(totals)

    def _arrange(self, numbers: RowNumbers) -> None:
        """Move to another order of records; selection and current cell go with their records."""
        if np.array_equal(numbers, self._window.numbers):
            return
        count = len(numbers)
        if count > self._window.count:
            self.beginInsertRows(QModelIndex(), self._window.count, count - 1)
            self._window.count = count
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        if held:
            places = moved(self._window.numbers, numbers, {index.row() for index in held})
        self._window.arrange(numbers)
        if held:
            self.changePersistentIndexList(
                held,
                [
                    QModelIndex()
                    if places[index.row()] < 0
                    else self.index(places[index.row()], index.column())
                    for index in held
                ],
            )
        self.layoutChanged.emit()
        if count < self._window.count:
            self.beginRemoveRows(QModelIndex(), count, self._window.count - 1)
            self._window.count = count
            self.endRemoveRows()

    def _repaint(self, positions: Collection[int]) -> None:
        last = len(self._columns) - 1
        for position in positions:
            self.dataChanged.emit(self.index(position, 0), self.index(position, last))

    def _fetch(self, numbers: Sequence[int]) -> dict[int, Row]:
        with self._store.reading() as db:
            return lines(db, self.source, numbers)
