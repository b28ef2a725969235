"""What happened to a record, newest first: a dot, a sentence, a quiet remark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import formatting, words
from app.views.theme.fonts import font
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone, Weight
from payments.contract.wire.records import Event, Happening

_LEFT = 18
_BELOW = 10
_DOT = 4

_TONES = {
    Happening.ATTEMPT_FAILED: Tone.DANGER,
    Happening.ATTEMPT_CONFLICTED: Tone.DANGER,
    Happening.ATTEMPT_UNKNOWN: Tone.WARNING,
    Happening.LATE_SUCCESS: Tone.WARNING,
    Happening.DUPLICATE_SUCCESS: Tone.WARNING,
    Happening.HELD: Tone.WARNING,
    Happening.DECLINED: Tone.DANGER,
    Happening.REVOKED: Tone.DANGER,
    Happening.REFUND_WAITS: Tone.WARNING,
    Happening.REFUND_REJECTED: Tone.DANGER,
    Happening.REFUND_FAILED: Tone.DANGER,
    Happening.REFUND_REQUIRES_ACTION: Tone.WARNING,
    Happening.CASE_ESCALATED: Tone.WARNING,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened, a remark (time, channel, amount), and its tone."""

    title: str
    remark: str = ""
    tone: Tone = Tone.ACCENT


def entry_of(
    event: Event, *, now: datetime, zone: ZoneInfo = formatting.DEFAULT_ZONE, remark: str = ""
) -> Entry:
    """An event of the contract in words: its sentence, then when, who, and what a panel adds."""
    today = event.at.astimezone(zone).date() == now.astimezone(zone).date()
    when = formatting.clock(event.at, zone)
    if not today:
        when = f"{formatting.day(event.at, now=now, zone=zone)} {when[:5]}"
    parts = [when, event.by, remark]
    tone = _TONES.get(event.what, Tone.ACCENT)
    said = " · ".join(part for part in parts if part)
    return Entry(words.say(f"timeline.{event.what.value}"), said, tone)


class Timeline(QWidget):
    """Paints its entries and wraps them to its width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Newest first."""
        self._entries = list(entries)
        said = "; ".join(f"{entry.title} {entry.remark}" for entry in self._entries)
        self.setAccessibleName(f"{words.say('widgets.timeline.label')}: {said}")
        self.updateGeometry()
        self.update()

    def retranslate(self) -> None:
        """Nothing of its own to say; the panel shows its entries again."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """Lines and the room between them."""
        heights = (self._laid_out(entry, width).boundingRect().height() for entry in self._entries)
        return int(sum(height + _BELOW for height in heights))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As if it had a pane's width."""
        return QSize(Size.PANE_LEAST, self.heightForWidth(Size.PANE_LEAST))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Dots, the line between them, the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens()
        top = 0.0
        for place, entry in enumerate(self._entries):
            layout = self._laid_out(entry, self.width())
            height = layout.boundingRect().height()
            middle = QPointF(_DOT + 2, top + 9)
            if place < len(self._entries) - 1:
                painter.setPen(QPen(QColor(colours.line), 1))
                end = QPointF(middle.x(), top + height + _BELOW + 3)
                painter.drawLine(middle + QPointF(0, _DOT + 3), end)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.ink(entry.tone)))
            painter.drawEllipse(QRectF(middle.x() - 3.5, middle.y() - 3.5, 7, 7))
            painter.setPen(QColor(colours.text))
            layout.draw(painter, QPointF(_LEFT, top))
            top += height + _BELOW

    @staticmethod
    def _laid_out(entry: Entry, width: int) -> QTextLayout:
        text = f"{entry.title}  {entry.remark}"
        layout = QTextLayout(text, font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        strong, quiet = QTextLayout.FormatRange(), QTextLayout.FormatRange()
        strong.start, strong.length = 0, len(entry.title)
        strong.format.setFont(font(Size.TEXT, Weight.REGULAR))
        quiet.start, quiet.length = len(entry.title), len(text) - len(entry.title)
        quiet.format.setFont(font(Size.TEXT_SMALL))
        quiet.format.setForeground(QColor(tokens().muted))
        layout.setFormats([strong, quiet])
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(40, width - _LEFT))
            line.setPosition(QPointF(0, top))
            top += line.height() + 2
        layout.endLayout()
        return layout
