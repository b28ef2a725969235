"""The header of a record table: quiet words, an arrow at the sorted column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView

from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.delegates import RecordDelegate, content_area
from app.views.widgets.drawing import LEFT, RIGHT, draw_text, width_of

if TYPE_CHECKING:
    from app.views.widgets.record_table import RecordTable

_ARROW = 14


class RecordHeader(QHeaderView):
    """Paints titles in the alignment of their column and the arrow of the sorted one."""

    def __init__(self, table: RecordTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(48)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One row high."""
        return QSize(super().sizeHint().width(), Size.ROW)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803 - Qt's names
        """Title, arrow, line below."""
        colours = tokens()
        area = QRectF(rect)
        painter.fillRect(area, QColor(colours.surface))
        line = QRectF(area.left(), area.bottom() - 1, area.width(), 1)
        painter.fillRect(line, QColor(colours.line))
        first, last = self._table.is_outermost(logicalIndex)
        content = content_area(area, first=first, last=last)
        title = self._table.title_of(logicalIndex)
        arrow = self._table.sort_direction(logicalIndex)
        delegate = self._table.itemDelegateForColumn(logicalIndex)
        right = isinstance(delegate, RecordDelegate) and delegate.right
        width = width_of(title, Size.TEXT_SMALL, Weight.MEDIUM)
        ink = colours.text if arrow is not None else colours.muted
        if arrow is not None:
            room = max(0.0, content.width() - _ARROW)
            left = content.right() - _ARROW if right else content.left() + min(width, room) + 2
            box = QRectF(left, content.top(), _ARROW, content.height())
            icons.paint(painter, "chevron-up" if arrow else "chevron-down", ink, box)
            content = content.adjusted(0, 0, -_ARROW, 0)
        draw_text(
            painter,
            content,
            title,
            ink,
            size=Size.TEXT_SMALL,
            weight=Weight.MEDIUM,
            alignment=RIGHT if right else LEFT,
        )

    def paintEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Fill what no section covers as well."""
        painter = QPainter(self.viewport())
        area = QRectF(self.viewport().rect())
        painter.fillRect(area, QColor(tokens().surface))
        line = QRectF(0, area.bottom() - 1, area.width(), 1)
        painter.fillRect(line, QColor(tokens().line))
        painter.end()
        super().paintEvent(event)  # type: ignore[arg-type]  # handed through as it came
