"""A card over the whole window, dimming what is behind it: palette, list of keys, a decision."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.views.theme.theme import tokens

_DIM = 70
_DIM_DARK = 130


class Overlay(QWidget):
    """Covers its parent. Esc and a press beside the card close it; the focus goes back.

    ``closed`` comes whenever it goes.
    """

    closed = Signal()

    def __init__(self, over: QWidget, width: int, top: int = 72) -> None:
        super().__init__(over)
        self._over = over
        self._before: QWidget | None = None
        self.card = QFrame(self)
        self.card.setProperty("look", "card")
        self.card.setFixedWidth(width)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, top, 24, 24)
        outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        over.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Cover the window and take the keyboard."""
        window = self.window()
        self._before = window.focusWidget()
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()

    @Slot()
    def close_over(self) -> None:
        """Go and give the keyboard back."""
        if not self.isVisible():
            return
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keep covering when the window grows."""
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self.setGeometry(self._over.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes; nothing typed reaches what is behind."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_over()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A press beside the card closes."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_over()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Dim what is behind."""
        shade = QColor(tokens().shadow)
        shade.setAlpha(_DIM_DARK if tokens().dark else _DIM)
        QPainter(self).fillRect(self.rect(), shade)
