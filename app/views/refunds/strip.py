"""The strip above the list that says how many decisions are not settled."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app import words
from app.models.store.pending import ActionState, PendingAction
from app.views.theme.tokens import Size
from app.views.widgets.buttons import link
from app.views.widgets.labels import Label

_STUCK = frozenset({ActionState.CONFLICT, ActionState.REFUSED})


class UnsettledStrip(QWidget):
    """Not there while everything is settled. ``asked`` comes from its act."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._waiting = self._stuck = 0
        self._plate = QFrame()
        self._plate.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._line = Label("", "strong")
        self._look = link()
        self._look.clicked.connect(self.asked)
        around = QHBoxLayout(self)
        around.setContentsMargins(Size.GUTTER, 0, Size.GUTTER, 8)
        around.addWidget(self._plate)
        inside = QHBoxLayout(self._plate)
        inside.setContentsMargins(12, 4, 8, 4)
        inside.addWidget(self._line, 1)
        inside.addWidget(self._look)
        self.hide()

    def show_actions(self, actions: Sequence[PendingAction]) -> None:
        """How many wait to be sent, and how many need a person."""
        self._stuck = sum(action.state in _STUCK for action in actions)
        self._waiting = len(actions) - self._stuck
        self.setVisible(bool(actions))
        self._plate.setProperty("look", "notice-danger" if self._stuck else "notice-info")
        self._plate.style().unpolish(self._plate)
        self._plate.style().polish(self._plate)
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language in force."""
        parts = [
            words.say(f"refunds.strip.{key}", count=count)
            for key, count in (("stuck", self._stuck), ("waiting", self._waiting))
            if count
        ]
        self._line.setText(" · ".join(parts))
        self._look.setText(words.say("refunds.pending.look"))
        self.setAccessibleName(self._line.text())
