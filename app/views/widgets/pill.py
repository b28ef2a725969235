"""A status as dot and word, and a count that asks for attention."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import words
from app.views.theme.tokens import Size, Tone, Weight
from app.views.theme.tones import tone_of
from app.views.widgets.drawing import draw_count, draw_pill, pill_width, width_of


class Pill(QWidget):
    """Dot and word; shows a status of the contract or free words in a tone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._status: StrEnum | None = None
        self._text = ""
        self._tone = Tone.NEUTRAL
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_status(self, status: StrEnum) -> None:
        """A status in its word and tone; follows the language."""
        self._status = status
        self._tone = tone_of(status)
        self.retranslate()

    def show_words(self, text: str, tone: Tone) -> None:
        """Any words, such as “above 90”."""
        self._status = None
        self._tone = tone
        self._put(text)

    def retranslate(self) -> None:
        """Say the status in the language in force."""
        if self._status is not None:
            self._put(words.name(self._status))

    def _put(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the word asks for."""
        return QSize(int(pill_width(self._text)) + 1, Size.PILL)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Dot and word."""
        if self._text:
            draw_pill(QPainter(self), QRectF(self.rect()), self._text, self._tone)


class Badge(QWidget):
    """A count of what waits for someone; nothing is shown for zero."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def set_count(self, count: int) -> None:
        """How many wait."""
        self._count = count
        self.setVisible(count > 0)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The count as shown: two figures at most."""
        return "99+" if self._count > 99 else str(self._count)  # noqa: PLR2004 - two figures

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Round for one figure, longer for more."""
        return QSize(max(16, int(width_of(self.text(), 10, Weight.SEMIBOLD)) + 9), 16)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """The count."""
        draw_count(QPainter(self), QPointF(QRectF(self.rect()).center()), self.text())
