"""The strip for those who approve refunds: how many wait, how much that is, and the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app import words
from app.views.charts.scales import exact_money
from app.views.theme.tokens import Size
from app.views.widgets.buttons import link
from app.views.widgets.labels import Label

if TYPE_CHECKING:
    from app.models.lists.query import Totals
    from app.views.frame.commands import CommandBook

OPEN_WAITING = "refunds.open_waiting"


class WaitingStrip(QWidget):
    """Not there while nothing waits."""

    def __init__(self, book: CommandBook) -> None:
        super().__init__()
        self._book = book
        self._totals: Totals | None = None
        plate = QFrame()
        plate.setProperty("look", "notice-warning")
        plate.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._line = Label("", "strong")
        self._sums = Label("", "")
        self._open = link()
        self._open.clicked.connect(self._open_waiting)
        around = QHBoxLayout(self)
        around.setContentsMargins(Size.GUTTER, 0, Size.GUTTER, 12)
        around.addWidget(plate)
        layout = QHBoxLayout(plate)
        layout.setContentsMargins(14, 6, 10, 6)
        layout.setSpacing(Size.GAP)
        layout.addWidget(self._line)
        layout.addWidget(self._sums)
        layout.addStretch(1)
        layout.addWidget(self._open)
        self.hide()

    def show_waiting(self, totals: Totals | None) -> None:
        """Say what waits, if anything does."""
        self._totals = totals
        self.retranslate()
        self.setVisible(totals is not None and totals.count > 0)

    def retranslate(self) -> None:
        """Say it in the language in force."""
        self._open.setText(words.say("dashboard.waiting.open"))
        if self._totals is not None:
            self._line.setText(words.say("dashboard.waiting.line", count=self._totals.count))
            sums = (exact_money(sum_, one) for one, sum_ in self._totals.amount.items())
            self._sums.setText(" + ".join(sums))
            self.setAccessibleName(f"{self._line.text()} {self._sums.text()}")

    @Slot()
    def _open_waiting(self) -> None:
        self._book.run(OPEN_WAITING)
