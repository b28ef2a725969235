"""How cells of a record table are painted: text, number, amount, instant, word, pill, two lines.

A delegate asks the model for ``VALUE_ROLE`` (the plain value: an enum, ``Money``, a ``datetime``) and
says it in the language and colours in force; models hold no words and no colours. Cells without a
value of that kind show ``DisplayRole``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from app import formatting, words
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone, Weight
from app.views.theme.tones import tone_of
from app.views.widgets.drawing import LEFT, RIGHT, draw_pill, draw_text, ink, pill_width, width_of
from payments.contract.money import Money

VALUE_ROLE: Final = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


class RowPainter(Protocol):
    """What a delegate asks of the table it paints for."""

    def is_hovered(self, row: int) -> bool:
        """Whether the pointer is over this row."""

    def is_outermost(self, column: int) -> tuple[bool, bool]:
        """Whether this column is the first, and the last, that is shown."""


def content_area(area: QRectF, *, first: bool, last: bool) -> QRectF:
    """Where the words of a cell stand; the outermost columns keep the gutter of the page."""
    left = Size.GUTTER if first else Size.CELL
    return area.adjusted(left, 0, -(Size.GUTTER if last else Size.CELL), 0)


class RecordDelegate(QStyledItemDelegate):
    """Paints the row around a cell and one line of text in it; the others build on it."""

    right = False
    largest_first = False

    def __init__(self, *, muted: bool = False, strong: bool = False) -> None:
        super().__init__()
        self.rows: RowPainter | None = None
        self._muted = muted
        self._weight = Weight.SEMIBOLD if strong else Weight.REGULAR

    def text(self, index: AnyIndex) -> str:
        """What the cell says, also when it is copied."""
        shown = index.data(Qt.ItemDataRole.DisplayRole)
        return "" if shown is None else str(shown)

    def tooltip(self, index: AnyIndex) -> str:
        """What more there is to say; by default the whole text where it is cut."""
        return self.text(index)

    def natural_width(self, index: AnyIndex) -> int:
        """How wide the cell would like to be."""
        return int(width_of(self.text(index), Size.TEXT, self._weight)) + 2 * Size.CELL + 2

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """The cell's own content."""
        colours = tokens()
        colour = colours.muted if self._muted else colours.text
        side = RIGHT if self.right else LEFT
        draw_text(painter, area, self.text(index), colour, weight=self._weight, alignment=side)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Row background, hairline, accent edge, content."""
        area = QRectF(option.rect)
        first, last = False, False
        hovered = False
        if self.rows is not None:
            first, last = self.rows.is_outermost(index.column())
            hovered = self.rows.is_hovered(index.row())
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_row(painter, area, selected=selected, hovered=hovered, first=first)
        self.paint_content(painter, content_area(area, first=first, last=last), index)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: ARG002, N802 - Qt's signature
        """Natural width; the height belongs to the table."""
        return QSize(self.natural_width(index), Size.ROW)

    def displayText(self, value: object, locale: object) -> str:  # noqa: ARG002, N802 - Qt's signature
        """Text for assistive technology when no index is at hand."""
        return "" if value is None else str(value)

    def helpEvent(  # noqa: N802 - Qt's name
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: AnyIndex,
    ) -> bool:
        """Show the tooltip where it says more than the cell."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        tip = self.tooltip(index)
        cut = self.natural_width(index) > option.rect.width() + Size.CELL
        QToolTip.showText(event.globalPos(), tip if cut or tip != self.text(index) else "", view)
        return True


def paint_row(
    painter: QPainter, area: QRectF, *, selected: bool, hovered: bool, first: bool
) -> None:
    """One cell's share of its row: ground, line below, and the accent edge at the left."""
    colours = tokens()
    ground = colours.selection if selected else colours.hover if hovered else colours.surface
    painter.fillRect(area, ink(ground))
    painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), ink(colours.line))
    if selected and first:
        edge = QRectF(area.left(), area.top(), Size.ACCENT_EDGE, area.height() - 1)
        painter.fillRect(edge, ink(colours.accent))


class TextDelegate(RecordDelegate):
    """One line of text, muted or strong where asked."""


class NumberDelegate(RecordDelegate):
    """A whole number, right-aligned, in groups of three."""

    right = True
    largest_first = True

    def text(self, index: AnyIndex) -> str:
        """The number grouped."""
        value = index.data(VALUE_ROLE)
        return formatting.count(value) if isinstance(value, int) else super().text(index)


class MoneyDelegate(RecordDelegate):
    """An amount, right-aligned; without its sign where the header names the currency."""

    right = True
    largest_first = True

    def __init__(
        self, *, with_symbol: bool = False, muted: bool = False, strong: bool = False
    ) -> None:
        super().__init__(muted=muted, strong=strong)
        self._with_symbol = with_symbol

    def show_symbol(self, *, shown: bool) -> None:
        """Whether each amount carries its currency's sign; the table repaints itself."""
        self._with_symbol = shown

    def text(self, index: AnyIndex) -> str:
        """The amount as a person reads it."""
        value = index.data(VALUE_ROLE)
        if not isinstance(value, Money):
            return super().text(index)
        return formatting.money(value) if self._with_symbol else formatting.amount(value)


def _now() -> datetime:
    return datetime.now(UTC)


class TimeDelegate(RecordDelegate):
    """An instant: relative within a day, absolute with zone in the tooltip and when copied."""

    largest_first = True

    def __init__(
        self,
        now: Callable[[], datetime] = _now,
        zone: ZoneInfo = formatting.DEFAULT_ZONE,
        *,
        muted: bool = True,
    ) -> None:
        super().__init__(muted=muted)
        self._now = now
        self._zone = zone

    def text(self, index: AnyIndex) -> str:
        """How long ago, or when."""
        value = index.data(VALUE_ROLE)
        if not isinstance(value, datetime):
            return super().text(index)
        return formatting.instant(value, now=self._now(), zone=self._zone)

    def tooltip(self, index: AnyIndex) -> str:
        """Day, time and zone."""
        value = index.data(VALUE_ROLE)
        return formatting.absolute(value, self._zone) if isinstance(value, datetime) else ""

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """Where day and time have no room, the whole day rather than half of the time."""
        text, value = self.text(index), index.data(VALUE_ROLE)
        if isinstance(value, datetime) and width_of(text, Size.TEXT, self._weight) > area.width():
            text = formatting.day(value, now=self._now(), zone=self._zone)
        draw_text(painter, area, text, tokens().muted if self._muted else tokens().text)


class WordDelegate(RecordDelegate):
    """A value of the contract in its word: a channel, a kind of product.

    The enum is told to the delegate, since Qt hands a ``StrEnum`` on as plain text.
    """

    def __init__(self, kind: type[StrEnum], *, muted: bool = False) -> None:
        super().__init__(muted=muted)
        self._kind = kind
        self._known = frozenset(member.value for member in kind)

    def status(self, index: AnyIndex) -> StrEnum | None:
        """The cell's value, None for anything that is none of the enum."""
        value = index.data(VALUE_ROLE)
        return self._kind(value) if value in self._known else None

    def text(self, index: AnyIndex) -> str:
        """The word."""
        status = self.status(index)
        return super().text(index) if status is None else words.name(status)


class PillDelegate(WordDelegate):
    """A status as dot and word."""

    def tone(self, index: AnyIndex) -> Tone:
        """The tone of the cell's status."""
        status = self.status(index)
        return Tone.NEUTRAL if status is None else tone_of(status)

    def natural_width(self, index: AnyIndex) -> int:
        """Pill and its surroundings."""
        return int(pill_width(self.text(index))) + 2 * Size.CELL + 2

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """The pill; nothing for an empty cell."""
        text = self.text(index)
        if text:
            draw_pill(painter, area, text, self.tone(index))


class TwoLineDelegate(RecordDelegate):
    """A strong line above a muted one; the value is a pair of texts. For tall rows."""

    def text(self, index: AnyIndex) -> str:
        """Both lines, one after the other."""
        return " · ".join(part for part in self._lines(index) if part)

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """Both lines around the middle of the row."""
        above, below = self._lines(index)
        colours = tokens()
        middle = area.center().y()
        upper = QRectF(area.left(), middle - 18, area.width(), 18)
        lower = QRectF(area.left(), middle, area.width(), 18)
        draw_text(painter, upper, above, colours.text, weight=Weight.SEMIBOLD)
        draw_text(painter, lower, below, colours.muted)

    def natural_width(self, index: AnyIndex) -> int:
        """The wider line."""
        above, below = self._lines(index)
        widest = max(width_of(above, Size.TEXT, Weight.SEMIBOLD), width_of(below))
        return int(widest) + 2 * Size.CELL + 2

    @staticmethod
    def _lines(index: AnyIndex) -> tuple[str, str]:
        value = index.data(VALUE_ROLE)
        if isinstance(value, tuple) and len(value) == 2:  # noqa: PLR2004 - two lines
            return str(value[0]), str(value[1])
        return str(index.data(Qt.ItemDataRole.DisplayRole) or ""), ""


def text_of(delegate: object, index: AnyIndex) -> str:
    """What a cell says, whichever delegate paints it."""
    if isinstance(delegate, RecordDelegate):
        return delegate.text(index)
    return str(index.data(Qt.ItemDataRole.DisplayRole) or "")


def header_of(model: QAbstractItemModel | None, column: int) -> str:
    """What the model itself calls a column."""
    if model is None:
        return ""
    return str(model.headerData(column, Qt.Orientation.Horizontal) or "")
