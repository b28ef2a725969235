"""The sign-in page: name and password, then the second factor; errors inline. No network here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout

from app import words
from app.views.frame.page import FORM_WIDTH, ErrorLine, Field, Page, Sign
from app.views.frame.samples import SampleUser, SampleUsers
from app.views.widgets.buttons import link, primary, quiet
from app.views.widgets.labels import Label
from payments.contract.problems import Code


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person entered; ``code`` is empty at the first step."""

    login: str
    password: str
    code: str = ""

    def __repr__(self) -> str:
        """Without the secrets: this may stand in a log."""
        return f"Credentials({self.login!r})"


class _Step(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of a step
    CODE = "code"
    RECOVERY = "recovery"


class SignInPage(Page):
    """``submitted`` carries ``Credentials``; the answer comes by ``ask_code`` or ``show_problem``.

    ``left`` asks for another way in.
    """

    submitted = Signal(object)
    left = Signal()

    def __init__(self, place: str = "", samples: Sequence[SampleUser] = ()) -> None:
        super().__init__(FORM_WIDTH)
        self._place = place
        self._step = _Step.PASSWORD
        self._problem: Code | str | None = None
        self._missing = ""
        self._busy = False
        self._title = Label("", "title")
        self._explained = Label("", "muted", wraps=True)
        self._login = Field("frame.sign_in.login")
        self._password = Field("frame.sign_in.password", secret=True)
        self._code = Field("frame.sign_in.code", look="code")
        self._error = ErrorLine()
        self._go = primary()
        self._recovery = link()
        self._back = link()
        self._other = quiet()
        self._samples = SampleUsers(samples, "frame.sign_in.sample_explained") if samples else None
        self._lay_out()
        self._connect()
        self._show_step(_Step.PASSWORD)

    def _lay_out(self) -> None:
        column = self.column
        column.addWidget(Sign(), 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._explained)
        column.addSpacing(8)
        for widget in (self._login, self._password, self._code, self._error, self._go):
            column.addWidget(widget)
        links = QHBoxLayout()
        links.addWidget(self._recovery)
        links.addStretch(1)
        links.addWidget(self._back)
        column.addLayout(links)
        if self._samples is not None:
            column.addSpacing(8)
            column.addWidget(self._samples)
        column.addWidget(self._other, 0, Qt.AlignmentFlag.AlignHCenter)

    def _connect(self) -> None:
        self._go.clicked.connect(self.submit)
        for field in (self._login, self._password, self._code):
            field.edit.returnPressed.connect(self.submit)
            field.edit.textEdited.connect(self._edited)
        self._recovery.clicked.connect(self._swap_recovery)
        self._back.clicked.connect(self._go_back)
        self._other.clicked.connect(self.left)
        if self._samples is not None:
            self._samples.chosen.connect(self._fill)

    # answers

    def ask_code(self) -> None:
        """The password is right; ask for the second factor."""
        self._set_busy(busy=False)
        self._show_step(_Step.CODE)

    def show_problem(self, cause: Code | str) -> None:
        """Say what went wrong; a missing second factor is the next step, not an error."""
        self._set_busy(busy=False)
        if cause is Code.SECOND_FACTOR_REQUIRED and self._step is _Step.PASSWORD:
            self.ask_code()
            return
        self._problem = cause
        self._say_error()
        target = self._password if self._step is _Step.PASSWORD else self._code
        target.setFocus()
        target.edit.selectAll()

    @Slot()
    def submit(self) -> None:
        """Hand on what is entered, unless something is missing."""
        if self._busy:
            return
        self._problem, self._missing = None, self._first_missing()
        self._say_error()
        if self._missing:
            return
        self._set_busy(busy=True)
        code = "" if self._step is _Step.PASSWORD else "".join(self._code.text().split())
        self.submitted.emit(Credentials(self._login.text(), self._password.text(), code))

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        say = words.say
        titles = {
            _Step.PASSWORD: ("frame.sign_in.title", ""),
            _Step.CODE: ("frame.sign_in.code_title", "frame.sign_in.code_explained"),
            _Step.RECOVERY: ("frame.sign_in.recovery_title", "frame.sign_in.recovery_explained"),
        }
        title, explained = titles[self._step]
        self._title.setText(say(title))
        said = say(explained) if explained else ""
        if not explained and self._place:
            said = say("frame.sign_in.to", place=self._place)
        self._explained.setText(said)
        self._explained.setVisible(bool(said))
        for field in (self._login, self._password, self._code):
            field.retranslate()
        usual = "frame.sign_in.go" if self._step is _Step.PASSWORD else "frame.sign_in.confirm"
        self._go.setText(say("frame.sign_in.busy" if self._busy else usual))
        recovering = self._step is _Step.RECOVERY
        other = "frame.sign_in.authenticator" if recovering else "frame.sign_in.recovery"
        self._recovery.setText(say(other))
        self._back.setText(say("frame.sign_in.back"))
        self._other.setText(say("frame.sign_in.other"))
        if self._samples is not None:
            self._samples.retranslate()
        self._say_error()

    # inside

    def _first_missing(self) -> str:
        wanted = [("code_missing", self._code)]
        if self._step is _Step.PASSWORD:
            wanted = [("login_missing", self._login), ("password_missing", self._password)]
        for key, field in wanted:
            if not field.text():
                field.setFocus()
                return f"frame.sign_in.{key}"
        return ""

    def _say_error(self) -> None:
        text = words.say(self._missing) if self._missing else ""
        if self._problem is not None:
            text = " ".join(words.problem(self._problem))
        self._error.show_error(text)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self._go.setEnabled(not busy)
        self.retranslate()

    def _show_step(self, step: _Step) -> None:
        self._step = step
        self._problem, self._missing = None, ""
        first = step is _Step.PASSWORD
        for widget in (self._login, self._password):
            widget.setVisible(first)
        for second in (self._code, self._recovery, self._back):
            second.setVisible(not first)
        if self._samples is not None:
            self._samples.setVisible(first)
        self._other.setVisible(first)
        self._code.set_text("")
        self.retranslate()
        target = self._login if first else self._code
        self.setFocusProxy(target)
        target.setFocus()

    @Slot()
    def _edited(self) -> None:
        self._problem, self._missing = None, ""
        self._say_error()

    @Slot()
    def _swap_recovery(self) -> None:
        self._show_step(_Step.CODE if self._step is _Step.RECOVERY else _Step.RECOVERY)

    @Slot()
    def _go_back(self) -> None:
        self._password.set_text("")
        self._show_step(_Step.PASSWORD)

    @Slot(object)
    def _fill(self, user: SampleUser) -> None:
        self._login.set_text(user.login)
        self._password.set_text(user.password)
        self._edited()
        self._go.setFocus()
