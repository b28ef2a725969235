"""Parts of a whole as rows: name, bar, figure. Bars begin at zero and share one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone
from app.views.widgets.drawing import RIGHT, draw_text, ink, width_of

_ROW = 26
_BAR = 8
_NAME_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One row. ``share`` between 0 and 1 is the length of the bar, ``figure`` its exact words."""

    name: str
    share: float
    figure: str
    tone: Tone = Tone.ACCENT


class BarRows(QWidget):
    """Names at the left, figures at the right, bars between."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[Bar] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Largest first, as the caller orders them."""
        self._bars = list(bars)
        self.setAccessibleName("; ".join(f"{bar.name} {bar.figure}" for bar in self._bars))
        self.setToolTip("\n".join(f"{bar.name}  {bar.figure}" for bar in self._bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its rows."""
        return QSize(Size.PANE_LEAST, _ROW * len(self._bars))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Never lower than its rows."""
        return QSize(200, _ROW * len(self._bars))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """All rows on one scale."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = max((width_of(bar.name) for bar in self._bars), default=0.0)
        left = min(names, self.width() * _NAME_SHARE)
        right = max((width_of(bar.figure) for bar in self._bars), default=0.0)
        track = QRectF(left + 16, 0, self.width() - left - right - 32, _BAR)
        for row, bar in enumerate(self._bars):
            line = QRectF(0, row * _ROW, self.width(), _ROW)
            _paint_bar(painter, bar, line, track, left)


def _paint_bar(painter: QPainter, bar: Bar, line: QRectF, track: QRectF, left: float) -> None:
    colours = tokens()
    draw_text(painter, QRectF(0, line.top(), left + 1, line.height()), bar.name, colours.text)
    draw_text(painter, line, bar.figure, colours.text, alignment=RIGHT)
    place = track.translated(0, line.center().y() - _BAR / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink(colours.hover))
    painter.drawRoundedRect(place, _BAR / 2, _BAR / 2)
    length = place.width() * min(1.0, max(0.0, bar.share))
    if length > 0:
        place.setWidth(max(length, _BAR))
        painter.setBrush(ink(colours.ink(bar.tone)))
        painter.drawRoundedRect(place, _BAR / 2, _BAR / 2)
