"""A headline figure as a tile: caption, value, and its change in colour, arrow and words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QFrame, QWidget

from app import words
from app.views.dashboard.headlines import Change, Headline, Verdict
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone, Weight
from app.views.widgets.drawing import draw_text, width_of

HEIGHT: Final = 92
HEIGHT_NARROW: Final = 108
_SIDE: Final = 15.0
_LINE: Final = 18.0
_ARROW: Final = 14.0
_TONES: Final = {
    Verdict.BETTER: Tone.SUCCESS,
    Verdict.WORSE: Tone.DANGER,
    Verdict.NEITHER: Tone.NEUTRAL,
}


class Tile(QFrame):
    """One figure; where its words do not fit beside the change they go below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._headline: Headline | None = None
        self._two_lines = False

    def show_headline(self, headline: Headline) -> None:
        """Show a figure."""
        self._headline = headline
        self.setToolTip(headline.hint)
        self.setAccessibleName(headline.said())
        self.setAccessibleDescription(headline.hint)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for seven figures."""
        return QSize(240, HEIGHT)

    def set_two_lines(self, two_lines: bool) -> None:  # noqa: FBT001 - the one thing that is said
        """Put the words below the change, as the other tiles do."""
        self._two_lines = two_lines
        self.update()

    def wants_second_line(self, width: float) -> bool:
        """Whether change and words need two lines in a tile of this width."""
        if self._headline is None or self._headline.change is None:
            return False
        first = _ARROW + width_of(_change_words(self._headline.change), Size.TEXT_SMALL) + 4
        return first + width_of(self._headline.against, Size.TEXT_SMALL) > width - 2 * _SIDE

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Three lines, or four."""
        super().paintEvent(event)
        if self._headline is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        wide = self.width() - 2 * _SIDE
        caption = QRectF(_SIDE, 13, wide, _LINE)
        draw_text(
            painter,
            caption,
            self._headline.caption,
            colours.muted,
            size=Size.TEXT_SMALL,
            weight=Weight.MEDIUM,
        )
        value, size = self._headline.value, int(Size.TITLE)
        while size > Size.TEXT and width_of(value, size, Weight.SEMIBOLD) > wide:
            size -= 1
        area = QRectF(_SIDE, 33, wide, 28)
        draw_text(painter, area, value, colours.text, size=size, weight=Weight.SEMIBOLD)
        beside = self._headline.beside
        area.setLeft(area.left() + width_of(value, size, Weight.SEMIBOLD) + 8)
        if width_of(beside, Size.TEXT_SMALL) <= area.width():
            area.translate(0, 2)
            draw_text(painter, area, beside, colours.muted, size=Size.TEXT_SMALL)
        self._paint_change(painter, QRectF(_SIDE, 62, wide, _LINE))

    def _paint_change(self, painter: QPainter, line: QRectF) -> None:
        headline, colours = self._headline, tokens()
        if headline is None or not headline.against:
            return
        said = _change_words(headline.change)
        left = line.left()
        ink = colours.muted
        if headline.change is not None:
            ink = colours.ink(_TONES[headline.change.verdict])
            if headline.change.direction:
                _paint_arrow(painter, line, headline.change.direction, ink)
                left += _ARROW
        draw_text(
            painter,
            QRectF(left, line.top(), line.right() - left, _LINE),
            said,
            ink,
            size=Size.TEXT_SMALL,
            weight=Weight.MEDIUM,
        )
        if headline.change is None:
            return
        if self._two_lines:
            rest = line.translated(0, _LINE - 2)
        else:
            after = left + width_of(said, Size.TEXT_SMALL, Weight.MEDIUM) + 4
            rest = QRectF(after, line.top(), line.right() - after + 1, _LINE)
        draw_text(painter, rest, headline.against, colours.muted, size=Size.TEXT_SMALL)


def _change_words(change: Change | None) -> str:
    if change is None:
        return words.say("dashboard.change.nothing")
    return change.amount or words.say("dashboard.change.same")


def _paint_arrow(painter: QPainter, line: QRectF, direction: int, colour: str) -> None:
    middle, half = line.center().y(), 4.0
    base, tip = middle + half * direction, middle - half * direction
    left = line.left()
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(
        QPolygonF([QPointF(left, base), QPointF(left + 10, base), QPointF(left + 5, tip)])
    )
    painter.restore()
