"""The command palette: type to find a command, a panel, or a record, and press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import words
from app.views.frame.commands import Command, CommandBook, OfflinePolicy
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size
from app.views.widgets.drawing import RIGHT, draw_keycap, draw_text, key_text, keycap_width
from app.views.widgets.labels import Label, hairline
from app.views.widgets.overlay import Overlay

_ROW = 38
_MOST_ROWS = 10
_WIDTH = 600
AnyIndex: TypeAlias = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the palette: what it says, and the command that Enter runs with its argument."""

    title: str
    command: str
    argument: object = None
    remark: str = ""
    key: str = ""
    icon: str = "chevron-right"


# Asked with what is typed; answers fast, from what is in memory or the local store.
Source: TypeAlias = Callable[[str], Sequence[Found]]


class _Lines(QAbstractListModel):
    """What is found."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: list[Found] = []

    def show(self, found: list[Found]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return self.found[index.row()].title if role == Qt.ItemDataRole.DisplayRole else None


class _LineDelegate(QStyledItemDelegate):
    """Icon, title, remark, key."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: ARG002, N802 - Qt's signature
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        model = index.model()
        if not isinstance(model, _Lines):
            return
        found = model.found[index.row()]
        colours = tokens()
        area = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selection))
            painter.drawRoundedRect(area.adjusted(8, 1, -8, -1), Size.RADIUS, Size.RADIUS)
        ink = colours.accent if chosen else colours.muted
        icons.paint(painter, found.icon, ink, QRectF(18, area.top(), 18, area.height()))
        words_area = area.adjusted(46, 0, -20, 0)
        if found.key:
            keys = key_text(found.key)
            draw_keycap(painter, words_area, keys, colours.muted, colours.border)
            words_area.setRight(words_area.right() - keycap_width(keys) - 8)
        if found.remark:
            draw_text(
                painter,
                words_area,
                found.remark,
                colours.muted,
                size=Size.TEXT_SMALL,
                alignment=RIGHT,
            )
        draw_text(painter, words_area, found.title, colours.text)


class Palette(Overlay):
    """Commands first, then what the sources find. Keys stay in the field; arrows choose."""

    def __init__(self, book: CommandBook, over: QWidget) -> None:
        super().__init__(over, _WIDTH)
        self._book = book
        self._sources: list[Source] = []
        self._edit = QLineEdit()
        self._edit.setProperty("look", "palette")
        self._edit.textChanged.connect(self._find)
        self._edit.installEventFilter(self)
        self._lines = _Lines(self)
        self._list = QListView()
        self._list.setModel(self._lines)
        self._list.setItemDelegate(_LineDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._list.clicked.connect(self._take)
        self._nothing = Label("", "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setFixedHeight(64)
        layout = QVBoxLayout(self.card)
        layout.setContentsMargins(1, 1, 1, 7)
        layout.setSpacing(0)
        layout.addWidget(self._edit)
        layout.addWidget(hairline())
        layout.addSpacing(6)
        layout.addWidget(self._list)
        layout.addWidget(self._nothing)
        self.retranslate()

    def add_source(self, source: Source) -> None:
        """Somewhere else to look: orders, payers."""
        self._sources.append(source)

    def open(self) -> None:
        """Empty and ready for typing."""
        super().open()
        self._edit.clear()
        self._find()
        self._edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def found(self) -> list[Found]:
        """What is listed now."""
        return list(self._lines.found)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._edit.setPlaceholderText(words.say("frame.search.hint"))
        self._edit.setAccessibleName(words.say("frame.search.label"))
        self._list.setAccessibleName(words.say("frame.search.label"))
        self._nothing.setText(words.say("frame.search.nothing"))
        if self.isVisible():
            self._find()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows and Enter in the field move and take in the list."""
        if watched is self._edit and isinstance(event, QKeyEvent):
            return event.type() == QEvent.Type.KeyPress and self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }
        count = len(self._lines.found)
        if key in steps and count:
            row = (self._list.currentIndex().row() + steps[Qt.Key(key)]) % count
            self._list.setCurrentIndex(self._lines.index(row))
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._take(self._list.currentIndex())
            return True
        return False

    @Slot()
    def _find(self) -> None:
        wanted = self._edit.text().strip()
        found = self._commands(wanted.casefold())
        if wanted:
            for source in self._sources:
                found.extend(source(wanted))
        self._lines.show(found)
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._list.setFixedHeight(_ROW * min(len(found), _MOST_ROWS))
        if found:
            self._list.setCurrentIndex(self._lines.index(0))

    def _commands(self, wanted: str) -> list[Found]:
        found = []
        for command in sorted(self._book.offered(), key=_goes_last):
            title = words.say(command.title)
            if not command.listed or not _matches(wanted, title):
                continue
            remark = ""
            if not self._book.works_now(command):
                remark = words.say("frame.command.offline")
            elif not self._book.online and command.offline is OfflinePolicy.QUEUED:
                remark = words.say("frame.command.queued")
            icon = command.icon or "chevron-right"
            found.append(Found(title, command.name, None, remark, command.key, icon))
        return found

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        if index.isValid():
            found = self._lines.found[index.row()]
            self.close_over()
            self._book.run(found.command, found.argument)


def _goes_last(command: Command) -> bool:
    """Places to go to stand above things to do."""
    return command.group != "frame.group.go"


def _matches(wanted: str, title: str) -> bool:
    """Every typed word stands somewhere in the title."""
    return all(part in title.casefold() for part in wanted.split())
