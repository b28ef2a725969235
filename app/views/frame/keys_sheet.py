"""The list of keys, opened with ``?``."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app import words
from app.views.frame.commands import CommandBook
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size
from app.views.widgets.buttons import IconButton
from app.views.widgets.drawing import draw_keycap, key_text, keycap_width
from app.views.widgets.labels import Label
from app.views.widgets.overlay import Overlay

_WIDTH = 680
# What tables understand by themselves, as (words, key).
_TABLE_KEYS = (
    ("frame.keys.move", "↑ ↓"),
    ("frame.keys.open", "Enter"),
    ("frame.keys.preview", "Space"),
    ("frame.keys.copy_cell", "Ctrl C"),
    ("frame.keys.copy_row", "Ctrl Shift C"),
    ("frame.keys.back", "Esc"),
)


class Keycap(QWidget):
    """One key."""

    def __init__(self, keys: str) -> None:
        super().__init__()
        self._keys = keys
        self.setFixedSize(QSize(int(keycap_width(keys)) + 2, 20))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """A key cap."""
        area = QRectF(self.rect())
        draw_keycap(QPainter(self), area, self._keys, tokens().muted, tokens().border)


class KeysSheet(Overlay):
    """All keys that do something for this person, by group, in two columns."""

    def __init__(self, book: CommandBook, over: QWidget) -> None:
        super().__init__(over, _WIDTH)
        self._book = book
        self._title = Label("", "large")
        self._close = IconButton("close")
        self._close.clicked.connect(self.close_over)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        self._layout = QVBoxLayout(self.card)
        self._layout.setContentsMargins(24, 16, 16, 24)
        self._layout.setSpacing(12)
        self._layout.addLayout(head)
        self._columns = QWidget()
        self._layout.addWidget(self._columns)

    def open(self) -> None:
        """Made anew: rights and language may be others."""
        self._title.setText(words.say("frame.keys.title"))
        self._close.set_name(words.say("frame.keys.close"))
        fresh = self._made()
        self._layout.replaceWidget(self._columns, fresh)
        self._columns.hide()
        self._columns.deleteLater()
        self._columns = fresh
        super().open()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        if self.isVisible():
            self.open()

    def _made(self) -> QWidget:
        groups: dict[str, list[tuple[str, str]]] = {}
        for command in self._book.offered():
            if command.key:
                line = (words.say(command.title), key_text(command.key))
                groups.setdefault(command.group, []).append(line)
        groups["frame.keys.table"] = [(words.say(key), keys) for key, keys in _TABLE_KEYS]
        columns = QWidget()
        sides = (QVBoxLayout(), QVBoxLayout())
        lengths = [0, 0]
        for title, lines in sorted(groups.items(), key=_longest_first):
            side = lengths.index(min(lengths))
            sides[side].addWidget(_group(words.say(title), lines))
            lengths[side] += len(lines) + 2
        across = QHBoxLayout(columns)
        across.setContentsMargins(0, 0, 8, 0)
        across.setSpacing(40)
        for layout in sides:
            layout.setSpacing(20)
            layout.addStretch(1)
            across.addLayout(layout, 1)
        return columns


def _longest_first(group: tuple[str, Sequence[object]]) -> int:
    return -len(group[1])


def _group(title: str, lines: Sequence[tuple[str, str]]) -> QWidget:
    group = QWidget()
    grid = QGridLayout(group)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(Size.GAP)
    grid.setColumnStretch(0, 1)
    grid.addWidget(Label(title, "caption"), 0, 0, 1, 2)
    for place, (said, keys) in enumerate(lines, start=1):
        grid.addWidget(Label(said), place, 0)
        grid.addWidget(Keycap(keys), place, 1, Qt.AlignmentFlag.AlignRight)
    return group
