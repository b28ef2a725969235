"""Other orders as evidence: time, product, status, amount; one press opens the order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import formatting, words
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone
from app.views.theme.tones import tone_of
from app.views.widgets.drawing import RIGHT, draw_pill, draw_text, ink, pill_width, width_of
from payments.contract.lifecycles import OrderStatus
from payments.contract.money import Money
from payments.contract.wire.records import Related

_ROW: Final = 30
_MOST: Final = 6


class RelatedRows(QWidget):
    """``opened`` carries the id of an order. Arrows choose, Enter opens."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[Related, str]] = []
        self._here = -1
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_orders(self, orders: Sequence[Related], *, now: datetime, zone: ZoneInfo) -> None:
        """The newest few."""
        newest = sorted(orders, key=lambda order: order.at, reverse=True)[:_MOST]
        self._rows = [(order, _when(order.at, now, zone)) for order in newest]
        self._here = -1
        said = [f"{when} {it.title} {status(it)[0]} {_amount(it)}" for it, when in self._rows]
        self.setAccessibleName("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its rows."""
        return QSize(260, _ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """One line for each order."""
        painter = QPainter(self)
        whens = max((width_of(when, Size.TEXT_SMALL) for _, when in self._rows), default=0)
        pills = max((pill_width(status(it)[0]) for it, _ in self._rows), default=0)
        amounts = max((width_of(_amount(it)) for it, _ in self._rows), default=0)
        for place, (order, when) in enumerate(self._rows):
            line = QRectF(0, place * _ROW, self.width(), _ROW)
            self._paint_ground(painter, line, place)
            word, tone = status(order)
            text = tokens().text
            area = QRectF(line.left(), line.top(), whens + 2, _ROW)
            draw_text(painter, area, when, tokens().muted, size=Size.TEXT_SMALL)
            pill = line.right() - amounts - 16 - pills
            title = QRectF(whens + 12, line.top(), pill - whens - 20, _ROW)
            draw_text(painter, title, order.title, text)
            draw_pill(painter, QRectF(pill, line.top(), pills + 2, _ROW), word, tone)
            draw_text(painter, line, _amount(order), text, alignment=RIGHT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the pointer."""
        self._choose(int(event.position().y()) // _ROW)

    def leaveEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Nothing is pointed at any more."""
        super().leaveEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._choose(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Open the order."""
        self._open(int(event.position().y()) // _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose and open."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            self._choose(min(len(self._rows) - 1, max(0, self._here + steps[Qt.Key(event.key())])))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self._here)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Begin at the first."""
        super().focusInEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._choose(max(0, self._here))

    def _paint_ground(self, painter: QPainter, line: QRectF, place: int) -> None:
        if place == self._here:
            painter.fillRect(line.adjusted(-6, 0, 6, -1), ink(tokens().hover))
        painter.fillRect(
            QRectF(line.left(), line.bottom() - 1, line.width(), 1), ink(tokens().line)
        )

    def _choose(self, place: int) -> None:
        if place != self._here:
            self._here = place
            inside = 0 <= place < len(self._rows)
            self.setToolTip(self._rows[place][0].order_id if inside else "")
            self.update()

    def _open(self, place: int) -> None:
        if 0 <= place < len(self._rows):
            self.opened.emit(self._rows[place][0].order_id)


def status(order: Related) -> tuple[str, Tone]:
    """The status in its word and tone; one that this console does not know as it is."""
    if order.status in {member.value for member in OrderStatus}:
        known = OrderStatus(order.status)
        return words.name(known), tone_of(known)
    return order.status, Tone.NEUTRAL


def _amount(order: Related) -> str:
    return formatting.money(Money(order.amount, order.currency))


def _when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return formatting.clock(at, zone)[:5]
    return formatting.day(at, now=now, zone=zone)
