"""What ties a case to other orders, drawn: this order, payer and devices, and the orders they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import words
from app.views.risk.related import status
from app.views.risk.wording import case_number
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone, Weight
from app.views.widgets.drawing import draw_text, ink, width_of
from payments.contract.wire.records import Related, RiskCase

_ROW: Final = 24
_MOST_EACH: Final = 4
_SHOWN_VALUE: Final = 4
_EDGE: Final = 10
_MIDDLE: Final = 0.27
_RIGHT: Final = 0.6


@dataclass(frozen=True, slots=True)
class Leaf:
    """An order at the right."""

    label: str
    tone: Tone


@dataclass(slots=True)
class Hub:
    """A payer or device in the middle, and the orders it is known from."""

    label: str
    leaves: list[Leaf] = field(default_factory=list)
    more: int = 0

    @property
    def rows(self) -> int:
        """Rows that its orders take."""
        return max(1, len(self.leaves) + bool(self.more))


def hubs(case: RiskCase) -> list[Hub]:
    """The payer first, then each device and address that other orders share."""
    found = [_hub(case.payer, case.evidence.history)]
    shared: dict[tuple[str, str], list[Related]] = {}
    for related in case.evidence.linked:
        shared.setdefault((related.link, related.link_value), []).append(related)
    for (link, value), orders in shared.items():
        known = words.find(f"risk.link.{link}", value=value[-_SHOWN_VALUE:])
        found.append(_hub(known or f"{link} {value[-_SHOWN_VALUE:]}", orders))
    return found


def _hub(label: str, orders: Sequence[Related]) -> Hub:
    said = ((order, *status(order)) for order in orders)
    leaves = [Leaf(f"{case_number(order.order_id)} {word}", tone) for order, word, tone in said]
    return Hub(label, leaves[:_MOST_EACH], max(0, len(leaves) - _MOST_EACH))


class LinkGraph(QWidget):
    """Three columns from left to right, so that no label stands on another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hubs: list[Hub] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_case(self, case: RiskCase) -> None:
        """The links of a case."""
        self._hubs = hubs(case)
        said = [
            f"{hub.label}: {', '.join(leaf.label for leaf in hub.leaves) or words.say('risk.alone')}"
            for hub in self._hubs
        ]
        self.setAccessibleName("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as its orders."""
        return QSize(Size.PANE_LEAST, max(2, sum(hub.rows for hub in self._hubs)) * _ROW + 8)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Lines first, then what they connect."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = sum(hub.rows for hub in self._hubs)
        here = QPointF(_EDGE, 4 + rows * _ROW / 2)
        middle, right = self.width() * _MIDDLE, self.width() * _RIGHT
        top = 4.0
        places: list[tuple[Hub, QPointF, list[QPointF]]] = []
        for hub in self._hubs:
            leaves = [QPointF(right, top + _ROW * (row + 0.5)) for row in range(hub.rows)]
            places.append((hub, QPointF(middle, top + _ROW * hub.rows / 2), leaves))
            top += _ROW * hub.rows
        painter.setPen(QPen(ink(tokens().border), 1))
        for hub, place, leaves in places:
            painter.drawLine(here, place)
            for leaf, _ in zip(leaves, hub.leaves, strict=False):
                painter.drawLine(place, leaf)
        self._paint_here(painter, here)
        for hub, place, leaves in places:
            self._paint_hub(painter, hub, place, leaves)

    def _paint_here(self, painter: QPainter, here: QPointF) -> None:
        colours = tokens()
        _dot(painter, here, 8, colours.accent)
        label = words.say("risk.this_order")
        width = width_of(label, Size.TEXT_SMALL, Weight.MEDIUM) + 4
        area = QRectF(0, here.y() + 10, width, 16)
        painter.fillRect(area, ink(colours.surface))
        draw_text(painter, area, label, colours.text, size=Size.TEXT_SMALL, weight=Weight.MEDIUM)

    def _paint_hub(
        self, painter: QPainter, hub: Hub, place: QPointF, leaves: Sequence[QPointF]
    ) -> None:
        colours = tokens()
        _dot(painter, place, 5.5, colours.muted)
        room = leaves[0].x() - place.x() - 26
        width = min(room, width_of(hub.label, Size.TEXT_SMALL) + 6)
        _label(painter, QRectF(place.x() + 10, place.y() - 8, width, 16), hub.label, colours.text)
        for at, leaf in zip(leaves, hub.leaves, strict=False):
            _dot(painter, at, 4.5, colours.ink(leaf.tone))
            area = QRectF(at.x() + 10, at.y() - 8, self.width() - at.x() - 10, 16)
            _label(painter, area, leaf.label, colours.muted)
        if hub.more:
            area = QRectF(leaves[-1].x() + 10, leaves[-1].y() - 8, 120, 16)
            _label(painter, area, words.say("risk.more", count=hub.more), colours.muted)


def _dot(painter: QPainter, place: QPointF, radius: float, colour: str) -> None:
    painter.save()
    painter.setPen(QPen(ink(tokens().surface), 2))
    painter.setBrush(ink(colour))
    painter.drawEllipse(place, radius, radius)
    painter.restore()


def _label(painter: QPainter, area: QRectF, text: str, colour: str) -> None:
    painter.fillRect(area, ink(tokens().surface))
    painter.setPen(Qt.PenStyle.NoPen)
    draw_text(painter, area, text, colour, size=Size.TEXT_SMALL)
