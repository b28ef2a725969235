"""The queue at the left: tabs with counts, search, order with its formula, and the list of cases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import formatting, words
from app.models.lists.cases import CaseTable
from app.models.lists.query import Totals
from app.services.sync.engine import Phase
from app.services.troubles import words_key
from app.views.risk.columns import Now, case_columns, table_columns
from app.views.risk.reading import CaseFile, Files, Order, Tab, query_of
from app.views.theme.tokens import Size
from app.views.widgets.chips import Choice, TabChips
from app.views.widgets.filter_row import FilterRow
from app.views.widgets.record_table import RecordTable
from app.views.widgets.state_page import ContentOrState, Situation
from app.views.widgets.summary_row import SummaryRow
from payments.contract.money import Money
from payments.contract.roles import Kind

if TYPE_CHECKING:
    from app.views.frame.context import Context

_AHEAD = 2
_NARROWEST = 352
_SEARCH = 180


class Queue(QWidget):
    """``chosen`` carries the id of the case to look at, empty when there is none."""

    chosen = Signal(str)

    def __init__(self, context: Context, files: Files, now: Now) -> None:
        super().__init__()
        self._context = context
        self._files = files
        self._now = now
        self._current = ""
        self._told = ""
        self._known = False
        self._problem = ""
        self._synced = True
        self._build()
        files.arrived.connect(self._files_arrived)

    def _build(self) -> None:
        context = self._context
        self.tabs = TabChips([_choice("risk.tab", tab) for tab in Tab])
        self._filters = FilterRow()
        self._search = self._filters.add_search("risk.search")
        self._search.setFixedWidth(_SEARCH)
        self.order = self._filters.add_choice(
            "order",
            "risk.order.title",
            [_choice("risk.order", order) for order in Order],
            several=False,
            removable=False,
        )
        self._summary = SummaryRow()
        self.model = CaseTable(
            context.store, context.background.run, case_columns(self._file_of), self
        )
        self.table = RecordTable(
            "risk",
            table_columns(self._files.get, self._now),
            context.preferences,
            row_height=Size.ROW_TALL,
        )
        self.table.setSelectionMode(RecordTable.SelectionMode.SingleSelection)
        self.table.setModel(self.model)
        self._content = ContentOrState(self.table)
        self._content.state.acted.connect(self.show_again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        tabs = QVBoxLayout()
        tabs.setContentsMargins(Size.GUTTER, 12, Size.GUTTER, 0)
        tabs.addWidget(self.tabs)
        layout.addLayout(tabs)
        layout.addWidget(self._filters)
        layout.addWidget(self._summary)
        layout.addWidget(self._content, 1)
        self.setMinimumWidth(_NARROWEST)
        self.tabs.changed.connect(self.show_again)
        self._filters.changed.connect(self.show_again)
        self._filters.searched.connect(self.show_again)
        self._search.stepped_back.connect(self.focus_list)
        self.table.row_changed.connect(self._row_changed)
        self.model.shown.connect(self._shown)
        self.model.totals_changed.connect(self._totals_changed)
        self.model.layoutChanged.connect(self._settle)
        self.model.rowsRemoved.connect(self._settle)
        self.model.failed.connect(self._failed)

    # what the panel asks

    def tab(self) -> Tab:
        """The tab shown."""
        return Tab(self.tabs.value())

    @Slot()
    def show_again(self) -> None:
        """Ask for the list of the tab, order and text chosen."""
        order = Order((self.order.values() or (Order.URGENCY.value,))[0])
        text = self._search.text().strip()
        self.order.setVisible(self.tab() is not Tab.DECIDED)
        self.model.show(query_of(self.tab(), order, self._context.me.user_id, text))
        self._say()

    def refresh(self) -> None:
        """Read again what is listed."""
        if self._known:
            self.model.refresh()
        else:
            self._show_state()
            self.show_again()

    def show_case(self, case_id: str, tab: Tab) -> None:
        """Show the tab of a case and the case in it."""
        self._current = case_id
        if self.tab() is not tab:
            self.tabs.set_value(tab.value)
        self._search.clear()
        self.show_again()

    def choose(self, case_id: str) -> None:
        """Choose a case of the list."""
        place = self.model.position_of(case_id)
        if place >= 0:
            self.table.setCurrentIndex(self.model.index(place, 0))

    def leave(self) -> None:
        """Choose no case."""
        self.table.setCurrentIndex(QModelIndex())
        self._tell("")

    def step(self, by: int) -> None:
        """Choose the next or previous case."""
        row = self.table.currentIndex().row() + by
        if 0 <= row < self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(row, 0))

    def beside(self) -> str:
        """The case that follows the current one (else the one before), empty for none."""
        row = self.table.currentIndex().row()
        for other in (row + 1, row - 1):
            if row >= 0 and 0 <= other < self.model.rowCount():
                return self.model.id_at(other)
        return ""

    def following(self) -> str:
        """The case after the current one, empty at the end."""
        row = self.table.currentIndex().row() + 1
        return self.model.id_at(row) if 0 < row < self.model.rowCount() else ""

    @Slot()
    def focus_list(self) -> None:
        """Bring the keyboard to the list."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """Bring the keyboard to the search."""
        self._filters.focus_filter()

    def set_synced(self, *, synced: bool) -> None:
        """Whether this computer has ever been in sync: an empty list means something else if not."""
        self._synced = synced
        self._show_state()

    def tick(self) -> None:
        """A second has passed."""
        self.table.viewport().update()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.tabs.retranslate()
        self._filters.retranslate()
        self.table.retranslate()
        self.table.setAccessibleName(words.say("risk.queue"))
        self._say()
        self._show_state()

    def on_changed(self, ids: tuple[str, ...]) -> None:
        """These cases have changed in the store."""
        self.model.on_changed(Kind.RISK_CASE, ids)

    # inside

    def _file_of(self, case_id: str) -> CaseFile | None:
        return self._files.get(case_id)

    @Slot(object)
    def _files_arrived(self, _ids: object) -> None:
        self.table.viewport().update()

    @Slot()
    def _shown(self) -> None:
        self._known = True
        self._problem = ""
        if self._current and self.model.position_of(self._current) < 0:
            self._current = ""
        self._settle()

    @Slot()
    def _settle(self) -> None:
        """Keep the case that is looked at, also when it has left the list.

        Another one must not slip under the hands of somebody who is about to press a key.
        """
        if not self._known:
            return
        place = self.model.position_of(self._current) if self._current else 0
        if 0 <= place < self.model.rowCount():
            if self.table.currentIndex().row() != place:
                self.table.setCurrentIndex(self.model.index(place, 0))
            self._tell(self.model.id_at(place))
        elif not self._current:
            self._tell("")
        self._show_state()

    @Slot(object)
    def _row_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            self._tell(self.model.id_at(index.row()))

    def _tell(self, case_id: str) -> None:
        self._current = case_id
        self._look_ahead()
        if case_id != self._told:
            self._told = case_id
            self.chosen.emit(case_id)

    def _look_ahead(self) -> None:
        row = self.table.currentIndex().row()
        for ahead in range(1, _AHEAD + 1):
            if 0 <= row + ahead < self.model.rowCount():
                self._files.get(self.model.id_at(row + ahead))

    @Slot(object)
    def _totals_changed(self, _totals: Totals) -> None:
        self._say()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._problem = words_key(error)
        self._show_state()

    def _say(self) -> None:
        totals = self.model.totals
        figures = [(formatting.count(totals.count), words.say("risk.cases", count=totals.count))]
        word = "" if self.tab() is Tab.DECIDED else words.say("risk.held")
        figures += [
            (formatting.money(Money(total, currency)), word)
            for currency, total in totals.amount.items()
        ]
        note = "" if self.tab() is Tab.DECIDED else words.say(f"risk.formula.{self._order_value()}")
        self._summary.show_figures(figures, note)
        self.order.setToolTip(note)

    def _order_value(self) -> str:
        return (self.order.values() or (Order.URGENCY.value,))[0]

    def _show_state(self) -> None:
        if self._problem:
            self._content.state.show_problem(self._problem)
            self._content.setCurrentWidget(self._content.state)
        elif not self._known:
            self._content.show_situation(Situation.LOADING)
        elif self.model.rowCount():
            self._content.show_content()
        elif self._context.engine.state.phase is Phase.OFFLINE and not self._synced:
            self._content.show_situation(Situation.OFFLINE)
        else:
            line = words.say(f"risk.empty.{self.tab().value}")
            self._content.show_situation(Situation.EMPTY, line)


def _choice(area: str, value: Tab | Order) -> Choice:
    return Choice(value.value, partial(words.say, f"{area}.{value.value}"))
