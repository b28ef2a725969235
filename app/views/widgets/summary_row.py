"""The totals of what is shown: strong figures with their quiet words, a note at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.drawing import RIGHT, draw_text, width_of

_BETWEEN = 20
_INSIDE = 4


class SummaryRow(QWidget):
    """Figures from left to right; where it is narrow the note goes first, then the last figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: list[tuple[str, str]] = []
        self._note = ""
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figures(self, figures: Sequence[tuple[str, str]], note: str = "") -> None:
        """Pairs of figure and word (``("12,408", "orders")``), and what holds for all of them."""
        self._figures = list(figures)
        self._note = note
        said = ", ".join(f"{figure} {word}".strip() for figure, word in self._figures)
        self.setAccessibleName(said)
        self.setToolTip(note)
        self.update()

    def retranslate(self) -> None:
        """Nothing of its own to say; the panel shows its figures again."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One line."""
        return QSize(400, 28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Figures, words, note."""
        painter = QPainter(self)
        colours = tokens()
        right = self.width() - Size.GUTTER
        left = float(Size.GUTTER)
        for figure, word in self._figures:
            strong = width_of(figure, Size.TEXT, Weight.SEMIBOLD)
            plain = width_of(word, Size.TEXT_SMALL)
            if left + strong + _INSIDE + plain > right and left > Size.GUTTER:
                return
            area = QRectF(left, 0, strong + 1, self.height() - 4)
            draw_text(painter, area, figure, colours.text, weight=Weight.SEMIBOLD)
            area = QRectF(left + strong + _INSIDE, 0, plain + 1, self.height() - 4)
            draw_text(painter, area, word, colours.muted, size=Size.TEXT_SMALL)
            left += strong + _INSIDE + plain + _BETWEEN
        if left + width_of(self._note, Size.TEXT_SMALL) <= right:
            area = QRectF(left, 0, right - left, self.height() - 4)
            draw_text(
                painter, area, self._note, colours.muted, size=Size.TEXT_SMALL, alignment=RIGHT
            )
