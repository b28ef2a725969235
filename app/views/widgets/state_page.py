"""What stands in place of content: nothing yet, loading, offline, an error, or no permission."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app import words
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.widgets.buttons import secondary
from app.views.widgets.labels import Label
from payments.contract.problems import Code


class Situation(StrEnum):
    """Why there is no content."""

    EMPTY = "empty"
    LOADING = "loading"
    OFFLINE = "offline"
    ERROR = "error"
    FORBIDDEN = "forbidden"


_ICONS = {
    Situation.EMPTY: "inbox",
    Situation.LOADING: "refresh",
    Situation.OFFLINE: "offline",
    Situation.ERROR: "warning",
    Situation.FORBIDDEN: "lock",
}


class IconPicture(QWidget):
    """A quiet icon above a line of words."""

    def __init__(self, edge: int = 32, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = "inbox"
        self.setFixedSize(QSize(edge, edge))

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """The icon."""
        icons.paint(QPainter(self), self._icon, tokens().muted, QRectF(self.rect()))


class StatePage(QWidget):
    """One line that says what it is, and at most one action. ``acted`` comes from the action."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.situation = Situation.EMPTY
        self._picture = IconPicture()
        self._line = Label("", "muted", wraps=True)
        self._line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._line.setMaximumWidth(420)
        self._line.setMinimumWidth(280)
        self._action = secondary()
        self._action.clicked.connect(self.acted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(self._picture, 0, centre)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._line)
        line.addStretch(1)
        layout.addLayout(line)
        layout.addWidget(self._action, 0, centre)
        layout.addStretch(3)

    def show_situation(self, situation: Situation, line: str = "", action: str = "") -> None:
        """Say it. Loading, offline and no-permission have words of their own where none are given."""
        usual = {
            Situation.LOADING: "widgets.state.loading",
            Situation.OFFLINE: "widgets.state.offline",
            Situation.FORBIDDEN: "widgets.state.forbidden",
        }
        self.situation = situation
        said = line or (words.say(usual[situation]) if situation in usual else "")
        self._picture.set_icon(_ICONS[situation])
        self._line.setText(said)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(said)

    def show_problem(self, code: Code) -> None:
        """An error of the services: what happened, what to do, and trying again."""
        happened, then = words.problem(code)
        retry = words.say("widgets.state.retry")
        self.show_situation(Situation.ERROR, f"{happened}\n{then}", retry)


class ContentOrState(QStackedWidget):
    """Content, or the page that says why there is none."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = StatePage(self)
        self.content = content
        self.addWidget(content)
        self.addWidget(self.state)

    def show_content(self) -> None:
        """There is something to show."""
        self.setCurrentWidget(self.content)

    def show_situation(self, situation: Situation, line: str = "", action: str = "") -> None:
        """There is nothing to show, and why."""
        self.state.show_situation(situation, line, action)
        self.setCurrentWidget(self.state)
