"""A chart on screen: drawn anew for every size and theme, with a readout under the pointer."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.charts.chart import Chart, Readout
from app.views.charts.sheet import Box, Sheet, new_figure, width_of
from app.views.theme.theme import theme, tokens
from app.views.theme.tokens import Size, Weight

_STRONG_LINE: Final = 18.0
_QUIET_LINE: Final = 16.0
_INSIDE: Final = 8.0
_AWAY: Final = 12.0
_USUAL: Final = (320, 160)


# Matplotlib's canvas has no types; as Any it does not spread untyped calls over the class.
_Canvas: Any = FigureCanvasQTAgg


class ChartCanvas(_Canvas):  # type: ignore[misc]  # see above
    """Shows one chart. ``dispose`` it before it is dropped: figure and canvas refer to each other."""

    def __init__(self, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(new_figure(*_USUAL, tokens()))
        self.setParent(parent)
        self._chart = chart
        self._composed = False
        self._background: Any = None
        self._sheet: Sheet | None = None
        self._read: Readout | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._draw_now)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        theme().changed.connect(self.compose_again)
        self.compose_again()

    def show_chart(self, chart: Chart) -> None:
        """Show other data."""
        if chart != self._chart:
            self._chart = chart
            self.compose_again()

    @Slot()
    def compose_again(self) -> None:
        """Draw anew: another theme, another language, other data."""
        self._composed = False
        self.setAccessibleDescription("" if self._chart.empty else self._chart.said())
        self.draw_idle()

    def dispose(self) -> None:
        """Let go of everything drawn."""
        self._soon.stop()
        self.figure.clear()
        self._background = self._sheet = None
        self.deleteLater()

    # drawing; the names are matplotlib's and Qt's

    def draw_idle(self) -> None:
        """Draw once the event loop is reached; a timer of our own ends with this widget."""
        self._soon.start()

    def draw(self) -> None:
        """Compose where something changed, paint, and keep the picture for readouts."""
        if not self._composed:
            self.figure.clear()
            self.figure.set_facecolor(tokens().surface)
            self._sheet = Sheet(self.figure, tokens())
            self._chart.draw(self._sheet)
            self._composed = True
        super().draw()
        self._background = self.copy_from_bbox(self.figure.bbox)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Small: the card says how large."""
        return QSize(*_USUAL)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As small as it takes."""
        return QSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Never show what no longer fits."""
        if self._soon.isActive() or not self._composed or self._background is None:
            self._soon.stop()
            self.draw()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Lay the chart out for the new size."""
        self._composed = False
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """The page scrolls, not the chart."""
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Read out what is under the pointer."""
        at = event.position()
        self._show(self._chart.read(self.width(), self.height(), at.x(), at.y()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is under the pointer any more."""
        super().leaveEvent(event)
        self._show(None)

    @Slot()
    def _draw_now(self) -> None:
        if self.isVisible():
            self.draw()
            self.update()

    def _show(self, read: Readout | None) -> None:
        if read == self._read or self._background is None or self._soon.isActive():
            return
        self._read = read
        self.restore_region(self._background)
        if read is not None and self._sheet is not None:
            drawn = _readout(self._sheet, read)
            for artist in drawn:
                self._sheet.axes.draw_artist(artist)
                artist.remove()
        self.blit(self.figure.bbox)


def _readout(sheet: Sheet, read: Readout) -> list[Any]:
    """The strokes of a readout, to be painted over the finished chart and taken away again."""
    colours = sheet.tokens
    strokes: list[Any] = []
    if read.guide is not None:
        upright = [read.x, read.x]
        strokes.append(sheet.line(upright, read.guide, colours.muted, width=1, dotted=True))
    if read.frame is not None:
        frame = read.frame
        strokes.append(
            sheet.line(
                [frame.left, frame.right, frame.right, frame.left, frame.left],
                [frame.top, frame.top, frame.bottom, frame.bottom, frame.top],
                colours.text,
                width=1.2,
            )
        )
    if read.dot:
        strokes.append(sheet.dot(read.x, read.y, colours.accent, 4.5))
    box = _label_box(sheet, read)
    strokes += sheet.label(box)
    left, y = box.left + _INSIDE, box.top + _INSIDE / 2 + _STRONG_LINE / 2
    strokes.append(sheet.text(left, y, read.strong, weight=Weight.SEMIBOLD))
    for turn, line in enumerate(read.quiet):
        below = y + _STRONG_LINE / 2 + _QUIET_LINE * (turn + 0.5)
        strokes.append(sheet.text(left, below, line, colour=colours.muted))
    return strokes


def _label_box(sheet: Sheet, read: Readout) -> Box:
    """Right of the point and above it, or wherever there is room."""
    strong = width_of(read.strong, Size.TEXT_SMALL, Weight.SEMIBOLD)
    width = max([strong, *map(width_of, read.quiet)]) + 2 * _INSIDE
    height = _STRONG_LINE + _QUIET_LINE * len(read.quiet) + _INSIDE
    left = read.x + _AWAY
    if left + width > sheet.width - 1:
        left = max(1.0, read.x - _AWAY - width)
    top = read.y - height - _AWAY / 2
    if top < 1:
        top = min(read.y + _AWAY, sheet.height - height - 1)
    return Box(min(left, max(1.0, sheet.width - width - 1)), max(1.0, top), width, height)
