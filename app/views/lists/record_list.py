"""A table of records with everything around it: its states, the bar of a selection, staying true."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import formatting, words
from app.models.lists.query import Totals
from app.models.lists.table import RecordTable as RecordModel
from app.services.sync.apply import Changed
from app.services.sync.engine import Phase
from app.services.troubles import words_key
from app.views.widgets.delegates import MoneyDelegate
from app.views.widgets.record_table import RecordTable
from app.views.widgets.selection_bar import SelectionBar
from app.views.widgets.state_page import ContentOrState, Situation
from payments.contract.money import Money

if TYPE_CHECKING:
    from app.views.frame.context import Context

# While a first sync brings page after page, the list follows at this pace.
_FOLLOW_MS: Final = 1_000
# Adding up more selected rows than this would fetch half the store.
_MOST_SUMMED: Final = 500


class RecordList(QWidget):
    """One list. ``moved`` carries the id of the current record, ``opened`` the one to be shown.

    ``area`` names the messages: ``<area>.list.empty``, ``.nothing``, ``.clear``, ``.first_sync``.
    ``cleared`` asks the panel to drop its filters.
    """

    moved = Signal(str)
    opened = Signal(str)
    stepped_back = Signal()
    cleared = Signal()

    def __init__(
        self, context: Context, table: RecordTable, model: RecordModel[Any, Any], area: str
    ) -> None:
        super().__init__()
        self.table = table
        self.model = model
        self._context = context
        self._area = area
        self._asked = False
        self._answered = False
        self._wanted = ""
        self._missed: set[str] = set()
        self._soon = QTimer(self, singleShot=True, interval=_FOLLOW_MS)
        self._soon.timeout.connect(self._follow)
        model.setParent(self)
        table.setModel(model)
        self.selection = SelectionBar()
        inside = QWidget()
        down = QVBoxLayout(inside)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(table, 1)
        down.addWidget(self.selection)
        self.page = ContentOrState(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.page)
        self._connect()
        self._show_situation()

    def _connect(self) -> None:
        self.table.row_changed.connect(self._row_changed)
        self.table.opened.connect(self._open_index)
        self.table.previewed.connect(self._open_index)
        self.table.clicked.connect(self._open_index)
        self.table.stepped_back.connect(self.stepped_back)
        self.table.sort_requested.connect(self._sort)
        self.table.selection_counted.connect(self._count_selection)
        self.selection.cleared.connect(self.table.clearSelection)
        self.model.shown.connect(self._shown)
        self.model.failed.connect(self._failed)
        self.model.layoutChanged.connect(self._arranged)
        self.model.rowsInserted.connect(self._show_situation)
        self.model.rowsRemoved.connect(self._show_situation)
        self.page.state.acted.connect(self._act)
        self._context.engine.changed.connect(self._changed)
        self._context.engine.state_changed.connect(self._show_situation)

    # what a panel asks

    def show_query(self, query: object) -> None:
        """Show another query, in the order that is chosen."""
        self._asked = True
        self._wanted = self._wanted or self.current_id()
        sort = self.model.query.sort
        wanted = replace(query, sort=sort)  # type: ignore[type-var]  # every query is a dataclass
        self.table.show_sort(sort.column, ascending=not sort.descending)
        self.model.show(wanted)

    def refresh(self) -> None:
        """Catch up with what changed while the list was out of sight."""
        if not self._asked:
            self.show_query(self.model.query)
        self._follow()

    def select(self, record_id: str) -> None:
        """Make a record the current one, now or once it stands in the list."""
        self._wanted = record_id
        position = self.model.position_of(record_id) if record_id else -1
        if position < 0:
            return
        self._wanted = ""
        index = self.model.index(position, max(0, self.table.currentIndex().column()))
        if self.table.currentIndex().row() != position:
            self.table.setCurrentIndex(index)
        self.table.scrollTo(index)

    def current_id(self) -> str:
        """The id of the current record, empty without one."""
        index = self.table.currentIndex()
        return self.model.id_at(index.row()) if index.isValid() else ""

    def show_currencies(self, column: str, totals: Totals) -> None:
        """Name the currency in the header where all rows share it, else at each amount."""
        shared = next(iter(totals.amount)) if len(totals.amount) == 1 else ""
        delegate = self.table.delegate_of(column)
        if isinstance(delegate, MoneyDelegate):
            delegate.show_symbol(shown=not shared and bool(totals.amount))
        note = formatting.symbol(shared).strip() if shared else ""
        self.table.note_column(column, note)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.table.retranslate()
        self.selection.retranslate()
        self._show_situation()

    # what arrives

    @Slot(object)
    def _changed(self, changed: Changed) -> None:
        kind = self.model.source.kind
        ids = (*changed.changed.get(kind, ()), *changed.removed.get(kind, ()))
        self._missed.update(ids)
        if not self._asked or not self.isVisible() or not (ids or changed.everything):
            return
        if changed.everything:
            if not self._soon.isActive():
                self._soon.start()
        else:
            self._follow()

    @Slot()
    def _follow(self) -> None:
        missed, self._missed = self._missed, set()
        if self._asked:
            self.model.on_changed(self.model.source.kind, missed)

    @Slot()
    def _shown(self) -> None:
        self._answered = True
        # A reset empties the selection without a word.
        self.selection.show_selection(0)
        self._show_situation()
        self.select(self._wanted)

    @Slot()
    def _arranged(self) -> None:
        wanted, self._wanted = self._wanted, ""
        if wanted:
            self.select(wanted)
            self._wanted = ""

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self.page.state.show_problem(words_key(error))
        self.page.setCurrentWidget(self.page.state)

    @Slot()
    def _show_situation(self) -> None:
        """Content, or why there is none."""
        if not self._answered:
            self.page.show_situation(Situation.LOADING)
        elif self.model.rowCount():
            self.page.show_content()
        elif self._is_filtered():
            line, act = (
                words.say(f"{self._area}.list.nothing"),
                words.say(f"{self._area}.list.clear"),
            )
            self.page.show_situation(Situation.EMPTY, line, act)
        else:
            self._show_nothing()

    def _show_nothing(self) -> None:
        phase = self._context.engine.state.phase
        if phase is Phase.OFFLINE:
            self.page.show_situation(Situation.OFFLINE)
        elif phase is Phase.SYNCING:
            line = words.say(f"{self._area}.list.first_sync")
            self.page.show_situation(Situation.LOADING, line)
        else:
            self.page.show_situation(Situation.EMPTY, words.say(f"{self._area}.list.empty"))

    def _is_filtered(self) -> bool:
        everything = self.model.everything
        return bool(self.model.query.sorted_by(everything.sort) != everything)

    @Slot()
    def _act(self) -> None:
        if self.page.state.situation is Situation.ERROR:
            self.show_query(self.model.query)
        else:
            self.cleared.emit()

    # what a person does

    @Slot(object)
    def _row_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self.moved.emit(self.model.id_at(index.row()))

    @Slot(object)
    def _open_index(self, index: QModelIndex) -> None:
        if record_id := self.model.id_at(index.row()):
            self.opened.emit(record_id)

    @Slot(str, bool)
    def _sort(self, column: str, ascending: bool) -> None:  # noqa: FBT001 - Qt's signature
        keep = self.current_id()
        sort = replace(self.model.query.sort, column=column, descending=not ascending)
        self.table.show_sort(column, ascending=ascending)
        self._wanted = keep
        self.model.show(self.model.query.sorted_by(sort))

    @Slot(object)
    def _count_selection(self, count: int) -> None:
        self.selection.show_selection(count, self._sum() if 1 < count <= _MOST_SUMMED else "")

    def _sum(self) -> str:
        sums: dict[str, Money] = {}
        for first, last in self.table.selected_rows():
            for position in range(first, last + 1):
                if (row := self.model.row(position)) is not None:
                    amount = Money(row.amount, row.currency)
                    sums[row.currency] = amount + sums.get(row.currency, Money(0, row.currency))
        return " + ".join(formatting.money(sums[currency]) for currency in sorted(sums))
