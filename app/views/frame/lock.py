"""The lock page: the console after idling, until the password is given again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot

from app import words
from app.views.frame.page import FORM_WIDTH, ErrorLine, Field, Page, Sign
from app.views.widgets.buttons import primary, quiet
from app.views.widgets.labels import Label
from payments.contract.problems import Code


class LockPage(Page):
    """``submitted`` carries the password, ``left`` asks to sign in as someone else."""

    submitted = Signal(object)
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(FORM_WIDTH)
        self._name = name
        self._problem: Code | str | None = None
        self._title = Label("", "title")
        self._explained = Label("", "muted", wraps=True)
        self._password = Field("frame.sign_in.password", secret=True)
        self._error = ErrorLine()
        self._go = primary(icon="lock")
        self._other = quiet()
        self.column.addWidget(Sign(), 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self._title, self._explained, self._password, self._error, self._go):
            self.column.addWidget(widget)
        self.column.addWidget(self._other, 0, Qt.AlignmentFlag.AlignHCenter)
        self._go.clicked.connect(self.submit)
        self._password.edit.returnPressed.connect(self.submit)
        self._other.clicked.connect(self.left)
        self.setFocusProxy(self._password)
        self.retranslate()

    @Slot()
    def submit(self) -> None:
        """Hand on the password."""
        if not self._go.isEnabled():
            return
        if not self._password.text():
            self._error.show_error(words.say("frame.sign_in.password_missing"))
            return
        self._go.setEnabled(False)
        self._error.show_error("")
        self.submitted.emit(self._password.text())

    def show_problem(self, cause: Code | str) -> None:
        """Say what went wrong and let the person try again."""
        self._problem = cause
        self._go.setEnabled(True)
        self._error.show_error(" ".join(words.problem(cause)))
        self._password.setFocus()
        self._password.edit.selectAll()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        self._title.setText(words.say("frame.lock.title"))
        self._explained.setText(words.say("frame.lock.explained", name=self._name))
        self._password.retranslate()
        self._go.setText(words.say("frame.lock.unlock"))
        self._other.setText(words.say("frame.lock.other"))
        if self._problem is not None and self._error.text():
            self._error.show_error(" ".join(words.problem(self._problem)))
