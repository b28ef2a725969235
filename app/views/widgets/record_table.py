"""The one table of the console: fast, quiet, and the same keys everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from app import words
from app.services.preferences import Preferences
from app.views.theme.theme import theme
from app.views.theme.tokens import Size
from app.views.widgets.columns import Arrangement, TableColumn
from app.views.widgets.delegates import AnyIndex, RecordDelegate, header_of, text_of
from app.views.widgets.menu import Menu
from app.views.widgets.record_header import RecordHeader

_LEAST_STRETCH = 100
_ROWS_MEASURED = 60


class RecordTable(QTableView):
    """Rows of records. Which rows there are is the model's business, sorting too.

    ``opened`` and ``previewed`` carry a QModelIndex, ``row_changed`` the current one;
    ``sort_requested`` the column's name and whether smallest first; ``selection_counted`` how many
    rows are selected; ``stepped_back`` comes with Esc.
    """

    opened = Signal(object)
    previewed = Signal(object)
    row_changed = Signal(object)
    selection_counted = Signal(object)
    sort_requested = Signal(str, bool)
    stepped_back = Signal()

    def __init__(
        self,
        name: str,
        columns: Sequence[TableColumn],
        preferences: Preferences,
        *,
        row_height: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._key = f"table.{name}"
        self._columns = list(columns)
        self._preferences = preferences
        self._own_height = row_height
        self._hovered = -1
        self._notes: dict[str, str] = {}
        self._sorted: tuple[str, bool] | None = None
        self._laying_out = False
        self._outer = (0, 0)
        kept = preferences.value(self._key, Arrangement, Arrangement.usual(columns))
        self._arrangement = kept.fitted(columns)
        self._set_up()
        for position, column in enumerate(self._columns):
            column.delegate.setParent(self)
            if isinstance(column.delegate, RecordDelegate):
                column.delegate.rows = self
            self.setItemDelegateForColumn(position, column.delegate)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = RecordHeader(self)
        self.setHorizontalHeader(header)
        header.sectionClicked.connect(self._header_clicked)
        header.sectionMoved.connect(self._section_moved)
        header.sectionResized.connect(self._section_resized)
        header.sectionHandleDoubleClicked.connect(self.fit_column)
        header.customContextMenuRequested.connect(self._header_menu)
        self.doubleClicked.connect(self._double_clicked)

    # what delegates and header ask

    def is_hovered(self, row: int) -> bool:
        """Whether the pointer is over this row."""
        return row == self._hovered

    def is_outermost(self, column: int) -> tuple[bool, bool]:
        """Whether this column is the first, and the last, that is shown."""
        return column == self._outer[0], column == self._outer[1]

    def title_of(self, column: int) -> str:
        """What stands above a column."""
        if column < len(self._columns):
            shown = self._columns[column]
            title, note = words.say(shown.title), self._notes.get(shown.name, "")
            return words.say("widgets.table.noted", title=title, note=note) if note else title
        return header_of(self.model(), column)

    def sort_direction(self, column: int) -> bool | None:
        """True for smallest first, False for largest first, None if not sorted by this column."""
        if self._sorted is None or column >= len(self._columns):
            return None
        name, ascending = self._sorted
        return ascending if self._columns[column].name == name else None

    # what panels do

    def note_column(self, name: str, note: str) -> None:
        """What stands behind a column's title: the currency that all its rows share."""
        self._notes[name] = note
        self.horizontalHeader().viewport().update()
        self.viewport().update()

    def delegate_of(self, name: str) -> QStyledItemDelegate:
        """What paints a column. Raises StopIteration for a name that is none."""
        return next(column.delegate for column in self._columns if column.name == name)

    def show_sort(self, name: str, *, ascending: bool) -> None:
        """Mark the column by which the model is sorted now."""
        self._sorted = (name, ascending)
        self.horizontalHeader().viewport().update()

    def retranslate(self) -> None:
        """Say titles and cells in the language in force."""
        if not self.accessibleName():
            self.setAccessibleName(words.say("widgets.table.label"))
        self.horizontalHeader().viewport().update()
        self.viewport().update()

    def setModel(self, model: object) -> None:  # noqa: N802 - Qt's name
        """Show a model whose columns are those of this table, in order."""
        super().setModel(model)  # type: ignore[arg-type]  # Qt refuses what is no model
        self._arrange()

    def selected_rows(self) -> list[tuple[int, int]]:
        """The selected rows as spans (first, last): cheap for a million rows."""
        selection = self.selectionModel()
        if selection is None:
            return []
        spans = selection.selection()
        ranges = (spans.at(place) for place in range(spans.count()))
        return sorted({(span.top(), span.bottom()) for span in ranges})

    def fit_column(self, column: int) -> None:
        """Make a column as wide as what is on screen needs."""
        delegate = self.itemDelegateForColumn(column)
        model = self.model()
        if model is None or not isinstance(delegate, RecordDelegate):
            return
        first = max(0, self.rowAt(0))
        last = min(model.rowCount(), first + _ROWS_MEASURED)
        widths = [delegate.natural_width(model.index(row, column)) for row in range(first, last)]
        header = self.horizontalHeader()
        self.setColumnWidth(column, max([*widths, header.minimumSectionSize()]) + Size.GAP)

    def copy_cell(self) -> None:
        """Put the current cell's text on the clipboard."""
        index = self.currentIndex()
        if index.isValid():
            delegate = self.itemDelegateForColumn(index.column())
            QGuiApplication.clipboard().setText(text_of(delegate, index))

    def copy_row(self) -> None:
        """Put the current row with its headers on the clipboard, tab-separated."""
        index = self.currentIndex()
        if not index.isValid():
            return
        shown = self._shown_columns()
        cells = [
            text_of(self.itemDelegateForColumn(column), index.siblingAtColumn(column))
            for column in shown
        ]
        lines = ([self.title_of(column) for column in shown], cells)
        text = "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)
        QGuiApplication.clipboard().setText(text)

    # what a person does

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter, Space, Esc and copying; other letters go to the window's shortcuts."""
        current = self.currentIndex()
        wide_copy = event.modifiers() == (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if event.key() == Qt.Key.Key_C and wide_copy:
            self.copy_row()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_cell()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current.isValid():
            self.opened.emit(current)
        elif event.key() == Qt.Key.Key_Space and current.isValid():
            self.previewed.emit(current)
        elif event.key() == Qt.Key.Key_Escape:
            self.stepped_back.emit()
        elif event.text().isprintable() and event.text() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802 - Qt's name
        """Nothing: Qt would ask every row of the model for its text."""

    def moveCursor(  # noqa: N802 - Qt's name
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and last row, not column."""
        model = self.model()
        moves = QAbstractItemView.CursorAction
        if model is not None and action in {moves.MoveHome, moves.MoveEnd} and model.rowCount():
            row = 0 if action == moves.MoveHome else model.rowCount() - 1
            return model.index(row, max(0, self.currentIndex().column()))
        return super().moveCursor(action, modifiers)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the pointer with the hover tint."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """No row is hovered any more."""
        super().leaveEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._hover(-1)

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802 - Qt's name
        """Tell when the current row is another."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.row_changed.emit(current)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802 - Qt's name
        """Tell how many rows are selected."""
        super().selectionChanged(selected, deselected)
        self.selection_counted.emit(sum(last - first + 1 for first, last in self.selected_rows()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the stretching column the room that is left."""
        super().resizeEvent(event)
        self._lay_out()

    # columns

    def _arrange(self) -> None:
        header = self.horizontalHeader()
        self._laying_out = True
        positions = {column.name: place for place, column in enumerate(self._columns)}
        for target, name in enumerate(self._arrangement.order):
            header.moveSection(header.visualIndex(positions[name]), target)
        self._laying_out = False
        self._lay_out()

    def _lay_out(self) -> None:
        if self._laying_out or self.model() is None:
            return
        self._laying_out = True
        widths = dict(self._arrangement.widths)
        shown = [column for column in self._columns if column.name not in self._arrangement.hidden]
        room = self.viewport().width()
        least = {c.name: _LEAST_STRETCH if c.stretches else widths[c.name] for c in shown}
        for column in sorted(shown, key=_gives_way, reverse=True):
            if sum(least.values()) <= room or not column.gives_way:
                break
            del least[column.name]
        for place, column in enumerate(self._columns):
            self.setColumnHidden(place, column.name not in least)
            if column.stretches and column.name in least:
                rest = room - sum(least.values()) + _LEAST_STRETCH
                self.setColumnWidth(place, max(_LEAST_STRETCH, rest))
            elif column.name in least:
                self.setColumnWidth(place, widths[column.name])
        self._laying_out = False
        outer = self._shown_columns()
        self._outer = (outer[0], outer[-1]) if outer else (0, 0)

    def _shown_columns(self) -> list[int]:
        header = self.horizontalHeader()
        in_order = (header.logicalIndex(place) for place in range(header.count()))
        return [column for column in in_order if not self.isColumnHidden(column)]

    def _remember(self) -> None:
        self._preferences.put(self._key, self._arrangement)

    @Slot(int, int, int)
    def _section_moved(self, logical: int, before: int, after: int) -> None:  # noqa: ARG002 - Qt's signature
        if self._laying_out:
            return
        header = self.horizontalHeader()
        places = range(header.count())
        order = tuple(self._columns[header.logicalIndex(place)].name for place in places)
        self._arrangement = replace(self._arrangement, order=order)
        self._remember()
        self._lay_out()
        self.viewport().update()

    @Slot(int, int, int)
    def _section_resized(self, logical: int, before: int, after: int) -> None:  # noqa: ARG002 - Qt's signature
        if self._laying_out or after == 0:
            return
        widths = {**self._arrangement.widths, self._columns[logical].name: after}
        self._arrangement = replace(self._arrangement, widths=widths)
        self._remember()
        self._lay_out()

    @Slot(int)
    def _header_clicked(self, logical: int) -> None:
        column = self._columns[logical]
        if not column.sortable:
            return
        now = self.sort_direction(logical)
        delegate = column.delegate
        largest_first = isinstance(delegate, RecordDelegate) and delegate.largest_first
        self.sort_requested.emit(column.name, not largest_first if now is None else not now)

    @Slot(QPoint)
    def _header_menu(self, place: QPoint) -> None:
        header = self.horizontalHeader()
        menu = self.columns_menu(header.logicalIndexAt(place))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(header.mapToGlobal(place))

    def columns_menu(self, column: int) -> Menu:
        """A menu that shows and hides columns, and fits the one it was asked on."""
        menu = Menu(parent=self)
        for item in self._columns:
            action = menu.addAction(words.say(item.title))
            action.setCheckable(True)
            action.setChecked(item.name not in self._arrangement.hidden)
            action.setData(item.name)
            action.triggered.connect(self._toggle_column)
        menu.addSeparator()
        fit = menu.addAction(words.say("widgets.table.fit"))
        fit.setData(column)
        fit.setEnabled(column >= 0)
        fit.triggered.connect(self._fit_asked)
        menu.addAction(words.say("widgets.table.reset")).triggered.connect(self.restore_columns)
        return menu

    @Slot()
    def _toggle_column(self) -> None:
        name = str(self.sender().data())  # type: ignore[attr-defined]  # always an action of the menu
        hidden = self._arrangement.hidden ^ {name}
        if len(hidden) < len(self._columns):
            self._arrangement = replace(self._arrangement, hidden=hidden)
            self._remember()
            self._lay_out()

    @Slot()
    def _fit_asked(self) -> None:
        self.fit_column(int(self.sender().data()))  # type: ignore[attr-defined]  # likewise

    @Slot()
    def restore_columns(self) -> None:
        """Forget a person's arrangement."""
        self._arrangement = Arrangement.usual(self._columns)
        self._remember()
        self._arrange()

    @Slot(QModelIndex)
    def _double_clicked(self, index: QModelIndex) -> None:
        self.opened.emit(index)

    @Slot()
    def _restyle(self) -> None:
        self.verticalHeader().setMinimumSectionSize(Size.ROW_COMPACT)
        self.verticalHeader().setDefaultSectionSize(self._own_height or theme().row_height)
        self.viewport().update()

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        for changed in (self._hovered, row):
            top = self.rowViewportPosition(changed)
            if changed >= 0 and top >= 0:
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))
        self._hovered = row


def _gives_way(column: TableColumn) -> int:
    return column.gives_way
