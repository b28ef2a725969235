"""The ground of the pages before the console: a quiet card in the middle, fields with names."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import words
from app.views.frame.user_menu import UserMenu
from app.views.theme import icons
from app.views.theme.theme import theme, tokens
from app.views.theme.tokens import Size
from app.views.widgets.buttons import IconButton
from app.views.widgets.labels import Label


class Sign(QWidget):
    """The program's sign."""

    def __init__(self, edge: int = 48) -> None:
        super().__init__()
        self.setFixedSize(edge, edge)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """The abacus."""
        icons.paint(QPainter(self), "suanpan", tokens().accent, QRectF(self.rect()))


class Page(QWidget):
    """A page that covers the console; ``column`` is where a page puts its things.

    Appearance and language can be chosen here too: ``menu`` says what was chosen.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.menu = UserMenu(self)
        self._settings = IconButton("gear", edge=32)
        self._settings.clicked.connect(self._open_menu)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 12, 20, 20)
        outer.addWidget(self._settings, 0, Qt.AlignmentFlag.AlignRight)
        outer.addStretch(2)
        middle = QWidget()
        middle.setFixedWidth(width)
        self.column = QVBoxLayout(middle)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(middle)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(3)
        theme().changed.connect(self.update)

    def retranslate(self) -> None:
        """Say everything in the language in force; pages add their own."""
        self._settings.set_name(words.say("frame.rail.settings"))

    @Slot()
    def _open_menu(self) -> None:
        self.menu.show_at(self._settings.mapToGlobal(QPoint(-160, self._settings.height() + 4)))


class Field(QWidget):
    """A named line of text; the name stands above it and is what assistive technology reads."""

    def __init__(self, title: str, *, secret: bool = False, hint: str = "", look: str = "") -> None:
        super().__init__()
        self._title_key = title
        self._hint_key = hint
        self._title = Label("", "caption")
        self.edit = QLineEdit()
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        if look:
            self.edit.setProperty("look", look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        self._line = QHBoxLayout()
        self._line.setSpacing(Size.GAP)
        self._line.addWidget(self.edit)
        layout.addLayout(self._line)
        self.setFocusProxy(self.edit)
        self.retranslate()

    def add_button(self, button: QWidget) -> None:
        """Something beside the line that fills it."""
        self._line.addWidget(button)

    def text(self) -> str:
        """What is typed, without room around it; passwords keep theirs."""
        typed = self.edit.text()
        secret = self.edit.echoMode() == QLineEdit.EchoMode.Password
        return typed if secret else typed.strip()

    def set_text(self, text: str) -> None:
        """Fill it."""
        self.edit.setText(text)

    def retranslate(self) -> None:
        """Say its name in the language in force."""
        self._title.setText(words.say(self._title_key))
        self.edit.setAccessibleName(words.say(self._title_key))
        if self._hint_key:
            self.edit.setPlaceholderText(words.say(self._hint_key))


class ErrorLine(Label):
    """What went wrong, inline at the place; takes no room while nothing has."""

    def __init__(self) -> None:
        super().__init__("", "error", wraps=True)
        self.setMinimumHeight(0)
        self.hide()

    def show_error(self, text: str) -> None:
        """Say it, or take it back with an empty text."""
        self.setText(text)
        self.setVisible(bool(text))


# The usual width of a page with a form, in logical pixels.
FORM_WIDTH = 90 * Size.GAP // 2
