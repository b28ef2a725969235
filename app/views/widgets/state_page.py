"""What stands in place of content: nothing yet, loading, offline, an error, or no permission."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

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

_LINE = 400


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
        self._line = _centred("strong")
        self._more = _centred("muted")
        self._action = secondary()
        self._action.clicked.connect(self.acted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(self._picture, 0, centre)
        layout.addWidget(self._line, 0, centre)
        layout.addWidget(self._more, 0, centre)
        layout.addWidget(self._action, 0, centre)
        layout.addStretch(3)

    def show_situation(
        self, situation: Situation, line: str = "", action: str = "", *, more: str = ""
    ) -> None:
        """Say it; ``more`` stands quietly below the line.

        Loading, offline and no-permission have words of their own where none are given.
        """
        usual = {
            Situation.LOADING: "widgets.state.loading",
            Situation.OFFLINE: "widgets.state.offline",
            Situation.FORBIDDEN: "widgets.state.forbidden",
        }
        self.situation = situation
        said = line or (words.say(usual[situation]) if situation in usual else "")
        self._picture.set_icon(_ICONS[situation])
        self._line.setText(said)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        for label in (self._line, self._more):
            label.ensurePolished()
            label.setFixedHeight(max(0, label.heightForWidth(_LINE)))
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.setAccessibleName(said)

    def show_problem(self, cause: Code | str) -> None:
        """An error by its code or its key: what happened, what to do, and trying again."""
        happened, then = words.problem(cause)
        retry = words.say("widgets.state.retry")
        self.show_situation(Situation.ERROR, happened, retry, more=then)


def _centred(look: str) -> Label:
    label = Label("", look, wraps=True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setFixedWidth(_LINE)
    return label


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
