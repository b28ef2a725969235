"""Strokes that several widgets and delegates share: elided text, pills, key caps, counts."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.views.theme.fonts import font
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone, Weight

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter

_DOT = 6
_PILL_SIDE = 8


@lru_cache(maxsize=64)
def _metrics(size: int, weight: int) -> QFontMetricsF:
    return QFontMetricsF(font(size, weight))


def width_of(text: str, size: int = Size.TEXT, weight: int = Weight.REGULAR) -> float:
    """How wide a text is, in logical pixels."""
    return _metrics(size, weight).horizontalAdvance(text)


@lru_cache(maxsize=256)
def ink(colour: str) -> QColor:
    """A colour ready for painting. Callers do not change it."""
    return QColor(colour)


@lru_cache(maxsize=8192)
def elided(text: str, width: float, size: int = Size.TEXT, weight: int = Weight.REGULAR) -> str:
    """The text, cut with an ellipsis where it would be wider."""
    return _metrics(size, weight).elidedText(text, Qt.TextElideMode.ElideRight, width)


def draw_text(
    painter: QPainter,
    area: QRectF,
    text: str,
    colour: str,
    *,
    size: int = Size.TEXT,
    weight: int = Weight.REGULAR,
    alignment: Qt.AlignmentFlag = LEFT,
) -> None:
    """One line of text inside an area, elided."""
    painter.setFont(font(size, weight))
    painter.setPen(ink(colour))
    painter.drawText(area, alignment, elided(text, area.width(), size, weight))


def pill_width(text: str) -> float:
    """How wide a pill with this word is."""
    return _PILL_SIDE + _DOT + 6 + width_of(text, Size.TEXT_SMALL, Weight.MEDIUM) + _PILL_SIDE + 2


def draw_pill(painter: QPainter, area: QRectF, text: str, tone: Tone) -> None:
    """A status: dot and word on a quiet tint, at the left of an area and in its middle."""
    colours = tokens()
    width = min(pill_width(text), area.width())
    box = QRectF(area.left(), area.center().y() - Size.PILL / 2, width, Size.PILL)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink(colours.tint(tone)))
    painter.drawRoundedRect(box, Size.RADIUS_PILL, Size.RADIUS_PILL)
    painter.setBrush(ink(colours.ink(tone)))
    middle = QPointF(box.left() + _PILL_SIDE + _DOT / 2, box.center().y())
    painter.drawEllipse(middle, _DOT / 2, _DOT / 2)
    painter.restore()
    words = box.adjusted(_PILL_SIDE + _DOT + 6, 0, -4, 0)
    draw_text(painter, words, text, colours.ink(tone), size=Size.TEXT_SMALL, weight=Weight.MEDIUM)


def keycap_width(keys: str) -> float:
    """How wide a key cap is."""
    return width_of(keys, 11, Weight.MEDIUM) + 12


def draw_keycap(painter: QPainter, area: QRectF, keys: str, colour: str, line: str) -> None:
    """A key as on a keyboard, at the right of an area and in its middle."""
    width = keycap_width(keys)
    box = QRectF(area.right() - width, area.center().y() - 9, width, 18)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink(line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.restore()
    draw_text(painter, box, keys, colour, size=11, weight=Weight.MEDIUM, alignment=CENTRE)


def draw_count(painter: QPainter, middle: QPointF, text: str) -> None:
    """A small red count; someone must act."""
    colours = tokens()
    face: QFont = font(10, Weight.SEMIBOLD)
    width = max(16.0, width_of(text, 10, Weight.SEMIBOLD) + 8)
    box = QRectF(middle.x() - width / 2, middle.y() - 8, width, 16)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink(colours.danger))
    painter.drawRoundedRect(box, 8, 8)
    painter.setFont(face)
    painter.setPen(ink(colours.on_danger))
    painter.drawText(box, CENTRE, text)
    painter.restore()


def key_text(sequence: str) -> str:
    """A key sequence as key caps show it: ``Ctrl+Shift+C`` → ``Ctrl Shift C``."""
    return sequence.replace("+", " ") if sequence != "+" else sequence
