"""A QR code, always dark on light, so that every camera reads it in either theme."""

from __future__ import annotations

import segno
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app import words
from app.views.theme.tokens import LIGHT

_QUIET = 4


class QrPicture(QWidget):
    """Shows a text as a QR code with its quiet zone."""

    def __init__(self, text: str = "", edge: int = 200, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modules: list[bytes] = []
        self.setFixedSize(QSize(edge, edge))
        self.retranslate()
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Another text; empty shows nothing. Raises segno.DataOverflowError for far too much."""
        self._modules = []
        if text:
            self._modules = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
        self.update()

    def retranslate(self) -> None:
        """Say what it is."""
        self.setAccessibleName(words.say("widgets.qr.label"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Modules as whole pixels where there is room."""
        if not self._modules:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(LIGHT.surface))
        painter.setPen(Qt.PenStyle.NoPen)
        ink = QColor(LIGHT.text)
        edge = min(self.width(), self.height()) / (len(self._modules) + 2 * _QUIET)
        for down, row in enumerate(self._modules):
            for across, dark in enumerate(row):
                if dark:
                    place = QRectF((across + _QUIET) * edge, (down + _QUIET) * edge, edge, edge)
                    painter.fillRect(place, ink)
