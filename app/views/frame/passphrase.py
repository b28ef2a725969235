"""The passphrase page: where the system has no keychain, a passphrase keeps the local copy's key."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot

from app import words
from app.views.frame.page import FORM_WIDTH, ErrorLine, Field, Page, Sign
from app.views.widgets.buttons import primary, quiet
from app.views.widgets.labels import Label
from payments.contract.problems import Code


class PassphrasePage(Page):
    """``submitted`` carries the passphrase, chosen now (``new``, entered twice) or known."""

    submitted = Signal(object)
    left = Signal()

    def __init__(self, *, new: bool) -> None:
        super().__init__(FORM_WIDTH)
        self._new = new
        self._problem: Code | str | None = None
        self._title = Label("", "title")
        self._explained = Label("", "muted", wraps=True)
        self._passphrase = Field("frame.passphrase.passphrase", secret=True)
        self._again = Field("frame.passphrase.again", secret=True)
        self._again.setVisible(new)
        self._error = ErrorLine()
        self._go = primary(icon="lock")
        self._other = quiet()
        self.column.addWidget(Sign(), 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (self._title, self._explained, self._passphrase, self._again):
            self.column.addWidget(widget)
        self.column.addWidget(self._error)
        self.column.addWidget(self._go)
        self.column.addWidget(self._other, 0, Qt.AlignmentFlag.AlignHCenter)
        self._go.clicked.connect(self.submit)
        for field in (self._passphrase, self._again):
            field.edit.returnPressed.connect(self.submit)
        self._other.clicked.connect(self.left)
        self.setFocusProxy(self._passphrase)
        self.retranslate()

    @Slot()
    def submit(self) -> None:
        """Hand on the passphrase, once both entries of a new one are the same."""
        if not self._go.isEnabled():
            return
        entered = self._passphrase.text()
        if not entered:
            self._error.show_error(words.say("frame.passphrase.missing"))
        elif self._new and entered != self._again.text():
            self._error.show_error(words.say("frame.passphrase.differ"))
        else:
            self._go.setEnabled(False)
            self._error.show_error("")
            self.submitted.emit(entered)

    def show_problem(self, cause: Code | str) -> None:
        """Say what went wrong and let the person try again."""
        self._problem = cause
        self._go.setEnabled(True)
        self._error.show_error(" ".join(words.problem(cause)))
        self._passphrase.setFocus()
        self._passphrase.edit.selectAll()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        which = "new" if self._new else "known"
        self._title.setText(words.say(f"frame.passphrase.{which}_title"))
        self._explained.setText(words.say(f"frame.passphrase.{which}_explained"))
        self._passphrase.retranslate()
        self._again.retranslate()
        self._go.setText(words.say("frame.passphrase.go"))
        self._other.setText(words.say("frame.sign_in.other"))
        if self._problem is not None and self._error.text():
            self._error.show_error(" ".join(words.problem(self._problem)))
