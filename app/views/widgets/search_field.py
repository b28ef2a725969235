"""A text field that tells what to search for once typing rests and text is committed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app import words
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size
from app.views.widgets.buttons import IconButton

REST_MS: Final = 120


class SearchField(QLineEdit):
    """``searched`` carries the text; composing Chinese does not count until it is committed.

    ``stepped_back`` comes with Esc in an empty field; Esc clears a filled one.
    """

    searched = Signal(str)
    stepped_back = Signal()

    def __init__(self, hint: str = "frame.search.filter", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._told = ""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.tell)
        self._clear = IconButton("close", edge=22, parent=self)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self._cleared)
        self._clear.hide()
        self.setTextMargins(22, 0, 22, 0)
        self.setMinimumWidth(180)
        self.textChanged.connect(self._typed)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the hint in the language in force."""
        self.setPlaceholderText(words.say(self._hint))
        self.setAccessibleName(words.say(self._hint))
        self._clear.set_name(words.say("frame.search.clear"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for an order number."""
        return QSize(220, Size.CONTROL)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A glass at the left."""
        super().paintEvent(event)
        box = QRectF(9, 0, Size.ICON_SMALL, self.height())
        icons.paint(QPainter(self), "search", tokens().muted, box)

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Keep the cross at the right."""
        super().resizeEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._clear.move(self.width() - 27, (self.height() - 22) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter tells at once, Esc clears or steps back."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.tell()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self._cleared()
        elif event.key() == Qt.Key.Key_Escape:
            self.stepped_back.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def tell(self) -> None:
        """Say what to search for, unless it was said already."""
        self._rest.stop()
        wanted = self.text().strip()
        if wanted != self._told:
            self._told = wanted
            self.searched.emit(wanted)

    @Slot()
    def _typed(self) -> None:
        self._clear.setVisible(bool(self.text()))
        self._rest.start()

    @Slot()
    def _cleared(self) -> None:
        self.clear()
        self.tell()
