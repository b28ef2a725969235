"""The users of the sample business with their sign-in, as the pages before the console show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app import words
from app.views.widgets.buttons import link
from app.views.widgets.labels import Label
from payments.contract.roles import Role


@dataclass(frozen=True, slots=True)
class SampleUser:
    """A user of the sample business, whose sign-in is shown."""

    role: Role
    login: str
    password: str
    code: str = ""


_LINK_SIDE = 5


class SampleUsers(QFrame):
    """The sample business's users, one line each; ``chosen`` carries the one that was pressed."""

    chosen = Signal(object)

    def __init__(self, users: Sequence[SampleUser], explained: str) -> None:
        super().__init__()
        self.setProperty("look", "raised")
        self._users = tuple(users)
        self._explained_key = explained
        self._title = Label("", "section")
        self._explained = Label("", "small", wraps=True)
        layout = QVBoxLayout(self)
        # A link keeps room for its frame around its words; the words stand in one line with these.
        layout.setContentsMargins(16 - _LINK_SIDE, 12, 16, 12)
        layout.setSpacing(4)
        for label in (self._title, self._explained):
            label.setContentsMargins(_LINK_SIDE, 0, 0, 0)
            layout.addWidget(label)
        self._links = []
        for place, user in enumerate(self._users):
            line = QWidget()
            across = QHBoxLayout(line)
            across.setContentsMargins(0, 0, 0, 0)
            button = link()
            button.setProperty("place", place)
            button.clicked.connect(self._clicked)
            across.addWidget(button)
            across.addStretch(1)
            shown = f"{user.login} · {user.password}"
            across.addWidget(Label(shown, "small").selectable())
            layout.addWidget(line)
            self._links.append(button)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the roles in the language in force."""
        self._title.setText(words.say("frame.sign_in.sample"))
        self._explained.setText(words.say(self._explained_key))
        for user, button in zip(self._users, self._links, strict=True):
            button.setText(words.name(user.role))

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._users[int(self.sender().property("place"))])
