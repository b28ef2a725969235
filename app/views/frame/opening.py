"""What is seen while a business is opened and nothing of it can be shown yet."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot

from app import words
from app.views.frame.page import FORM_WIDTH, ErrorLine, Page, Sign
from app.views.widgets.buttons import quiet
from app.views.widgets.labels import Label
from payments.contract.problems import Code

# Most openings are over before anybody could read a sentence.
_WORDS_AFTER_MS: Final = 400


class OpeningPage(Page):
    """The program's sign, soon with words; ``left`` asks for another way in."""

    left = Signal()

    def __init__(self, title: str) -> None:
        """``title`` is the key of what is being opened."""
        super().__init__(FORM_WIDTH)
        self._title_key = title
        self._problem: Code | str | None = None
        self._title = Label("", "title")
        self._explained = Label("", "muted", wraps=True)
        self._error = ErrorLine()
        self._other = quiet()
        self._other.clicked.connect(self.left)
        self.column.addWidget(Sign(), 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self._title, self._explained, self._error):
            self.column.addWidget(widget)
        self.column.addWidget(self._other, 0, Qt.AlignmentFlag.AlignLeft)
        self._title.hide()
        self._explained.hide()
        self._other.hide()
        self.retranslate()
        QTimer.singleShot(_WORDS_AFTER_MS, self, self._say)

    def show_problem(self, cause: Code | str) -> None:
        """Say why it did not open; another way in is left."""
        self._problem = cause
        self._say()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        self._title.setText(words.say(self._title_key))
        self._explained.setText(words.say("frame.opening.explained"))
        self._other.setText(words.say("frame.sign_in.other"))
        if self._problem is not None:
            self._error.show_error(" ".join(words.problem(self._problem)))

    @Slot()
    def _say(self) -> None:
        self._title.show()
        self._other.show()
        self._explained.setVisible(self._problem is None)
        self.retranslate()
