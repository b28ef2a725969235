"""The bar that appears when many rows are selected: how many, their sum, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app import words
from app.views.theme.tokens import Size
from app.views.widgets.buttons import quiet
from app.views.widgets.labels import Label


class SelectionBar(QFrame):
    """Hidden up to one row. ``cleared`` asks the panel to select nothing."""

    cleared = Signal()

    def __init__(self, buttons: Sequence[QWidget] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "raised")
        self._count = 0
        self._sum = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 6)
        layout.setSpacing(Size.GAP)
        self._words = Label("", "strong")
        self._total = Label("", "muted")
        layout.addWidget(self._words)
        layout.addWidget(self._total, 1, Qt.AlignmentFlag.AlignLeft)
        for button in buttons:
            layout.addWidget(button)
        self._clear = quiet()
        self._clear.clicked.connect(self.cleared)
        layout.addWidget(self._clear)
        self.retranslate()
        self.hide()

    def show_selection(self, count: int, total: str = "") -> None:
        """How many rows, and their sum as text where there is one."""
        self._count, self._sum = count, total
        self.setVisible(count > 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language in force."""
        self._words.setText(words.say("widgets.selection.count", count=self._count))
        self._total.setText(self._sum)
        self._clear.setText(words.say("widgets.selection.clear"))
