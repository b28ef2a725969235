"""The first page a person sees: three ways in, and the few questions that two of them need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import words
from app.views.frame.page import ErrorLine, Field, Page, Sign
from app.views.frame.samples import SampleUser, SampleUsers
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.buttons import Button, primary, quiet, secondary
from app.views.widgets.drawing import draw_text
from app.views.widgets.labels import Label
from payments.contract.problems import Code

_WIDTH = 560
LEAST_PASSWORD: Final = 10


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Where a payment service answers; ``certificate`` is a file or empty."""

    url: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class NewBusiness:
    """What an empty installation of one's own starts with."""

    business: str
    name: str
    login: str
    password: str

    def __repr__(self) -> str:
        """Without the secret: this may stand in a log."""
        return f"NewBusiness({self.business!r}, {self.login!r})"


class WayIn(QAbstractButton):
    """A wide button: icon, what it is, what it means."""

    def __init__(self, icon: str, title: str) -> None:
        super().__init__()
        self._icon = icon
        self._title_key = title
        self.setFixedHeight(76)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language in force."""
        title, explained = self._said()
        self.setAccessibleName(title)
        self.setAccessibleDescription(explained)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the page."""
        return QSize(_WIDTH, 76)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Back to quiet."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """A card with icon and two lines."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        loud = (self.underMouse() or self.hasFocus()) and self.isEnabled()
        painter.setPen(QPen(QColor(colours.accent if loud else colours.line), 1))
        painter.setBrush(QColor(colours.raised if loud else colours.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_tint))
        painter.drawRoundedRect(QRectF(18, 18, 40, 40), 8, 8)
        icons.paint(painter, self._icon, colours.accent, QRectF(28, 28, 20, 20))
        title, explained = self._said()
        ink = colours.text if self.isEnabled() else colours.muted
        upper = QRectF(74, 17, self.width() - 110, 20)
        draw_text(painter, upper, title, ink, size=Size.TEXT_LARGE, weight=Weight.SEMIBOLD)
        lower = QRectF(74, 39, self.width() - 110, 20)
        draw_text(painter, lower, explained, colours.muted)
        end = QRectF(self.width() - 34, 0, 16, self.height())
        icons.paint(painter, "chevron-right", colours.muted, end)

    def _said(self) -> tuple[str, str]:
        return words.say(self._title_key), words.say(f"{self._title_key}_explained")


class _Form(QWidget):
    """Fields under a title, an error line, back and go."""

    back = Signal()
    go = Signal()

    def __init__(self, title: str, go: str, fields: list[Field]) -> None:
        super().__init__()
        self._title_key, self._go_key = title, go
        self._fields = fields
        self._title = Label("", "title")
        self.error = ErrorLine()
        self._error_key = ""
        self._go: Button = primary()
        self._back: Button = quiet(icon="chevron-left")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addWidget(self._title)
        for field in fields:
            self.column.addWidget(field)
            field.edit.returnPressed.connect(self.go)
        self.column.addWidget(self.error)
        foot = QHBoxLayout()
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(self._go)
        self.column.addLayout(foot)
        self.column.addStretch(1)
        self._go.clicked.connect(self.go)
        self._back.clicked.connect(self.back)

    def set_busy(self, *, busy: bool) -> None:
        self._go.setEnabled(not busy)

    def complain(self, key: str) -> None:
        self._error_key = key
        self.error.show_error(words.say(key) if key else "")

    def retranslate(self) -> None:
        self._title.setText(words.say(self._title_key))
        self._go.setText(words.say(self._go_key))
        self._back.setText(words.say("frame.first_run.back"))
        for field in self._fields:
            field.retranslate()
        if self._error_key:
            self.complain(self._error_key)


class FirstRunPage(Page):
    """The ways in, each a signal.

    ``sample_chosen`` carries a SampleUser, or None for the usual one; ``service_chosen`` a
    ServiceAddress; ``own_chosen`` a NewBusiness.
    """

    sample_chosen = Signal(object)
    service_chosen = Signal(object)
    own_chosen = Signal(object)

    def __init__(self, samples: Sequence[SampleUser] = ()) -> None:
        super().__init__(_WIDTH)
        self._samples = SampleUsers(samples, "frame.first_run.sample_users") if samples else None
        self._ways = [
            WayIn("sample", "frame.first_run.sample"),
            WayIn("server", "frame.first_run.connect"),
            WayIn("computer", "frame.first_run.own"),
        ]
        self._title = Label("", "headline")
        self._subtitle = Label("", "muted", wraps=True)
        self._error = ErrorLine()
        self._busy = Label("", "muted")
        self._busy.hide()
        self._address = Field("frame.first_run.address", hint="frame.first_run.address_hint")
        self._certificate = Field(
            "frame.first_run.certificate", hint="frame.first_run.certificate_hint"
        )
        self._choose: Button = secondary()
        self._choose.clicked.connect(self._choose_certificate)
        self._connect_form = _Form(
            "frame.first_run.connect",
            "frame.first_run.connect_go",
            [self._address, self._certificate],
        )
        self._certificate.add_button(self._choose)
        self._own_fields = [
            Field("frame.first_run.business"),
            Field("frame.first_run.your_name"),
            Field("frame.first_run.login"),
            Field("frame.first_run.password", secret=True, hint="frame.first_run.password_hint"),
        ]
        self._own_form = _Form("frame.first_run.own", "frame.first_run.own_go", self._own_fields)
        self._stack = QStackedWidget()
        for page in (self._welcome(), self._connect_form, self._own_form):
            self._stack.addWidget(page)
        self.column.addWidget(Sign(), 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self._stack)
        self.setFocusProxy(self._ways[0])
        self._connect()
        self.retranslate()

    def _welcome(self) -> QWidget:
        welcome = QWidget()
        column = QVBoxLayout(welcome)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._subtitle)
        column.addSpacing(8)
        for way in self._ways:
            column.addWidget(way)
        if self._samples is not None:
            column.addWidget(self._samples)
            self._samples.chosen.connect(self._take_sample_user)
        column.addWidget(self._error)
        column.addWidget(self._busy)
        column.addStretch(1)
        return welcome

    def _connect(self) -> None:
        sample, connect, own = self._ways
        sample.clicked.connect(self._take_sample)
        connect.clicked.connect(self._show_connect)
        own.clicked.connect(self._show_own)
        for form in (self._connect_form, self._own_form):
            form.back.connect(self._show_welcome)
        self._connect_form.go.connect(self._take_service)
        self._own_form.go.connect(self._take_own)

    def set_busy(self, *, busy: bool) -> None:
        """While services start or answer, nothing can be pressed twice."""
        for way in self._ways:
            way.setEnabled(not busy)
        if self._samples is not None:
            self._samples.setEnabled(not busy)
        self._busy.setVisible(busy)
        self._connect_form.set_busy(busy=busy)
        self._own_form.set_busy(busy=busy)

    def show_problem(self, cause: Code | str) -> None:
        """Say what went wrong at the place where the person is."""
        self.set_busy(busy=False)
        said = " ".join(words.problem(cause))
        lines = [self._error, self._connect_form.error, self._own_form.error]
        lines[self._stack.currentIndex()].show_error(said)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        self._title.setText(words.say("frame.first_run.title"))
        self._subtitle.setText(words.say("frame.first_run.subtitle"))
        self._busy.setText(words.say("frame.first_run.busy"))
        self._choose.setText(words.say("frame.first_run.choose"))
        for way in self._ways:
            way.retranslate()
        if self._samples is not None:
            self._samples.retranslate()
        self._connect_form.retranslate()
        self._own_form.retranslate()

    @Slot()
    def _show_welcome(self) -> None:
        self._stack.setCurrentIndex(0)

    @Slot()
    def _show_connect(self) -> None:
        self._stack.setCurrentIndex(1)
        self._address.setFocus()

    @Slot()
    def _show_own(self) -> None:
        self._stack.setCurrentIndex(2)
        self._own_fields[0].setFocus()

    @Slot()
    def _take_sample(self) -> None:
        self._take_sample_user(None)

    @Slot(object)
    def _take_sample_user(self, user: SampleUser | None) -> None:
        self._error.show_error("")
        self.set_busy(busy=True)
        self.sample_chosen.emit(user)

    @Slot()
    def _take_service(self) -> None:
        url = self._address.text().rstrip("/")
        if not _is_https(url):
            self._connect_form.complain("frame.first_run.address_wrong")
            self._address.setFocus()
            return
        self._connect_form.complain("")
        self.set_busy(busy=True)
        self.service_chosen.emit(ServiceAddress(url, self._certificate.text()))

    @Slot()
    def _take_own(self) -> None:
        business, name, login, password = (field.text() for field in self._own_fields)
        if not all((business, name, login, password)):
            self._own_form.complain("frame.first_run.field_missing")
        elif len(password) < LEAST_PASSWORD:
            self._own_form.complain("frame.first_run.password_short")
        else:
            self._own_form.complain("")
            self.set_busy(busy=True)
            self.own_chosen.emit(NewBusiness(business, name, login, password))

    @Slot()
    def _choose_certificate(self) -> None:
        title = words.say("frame.first_run.certificate")
        kinds = words.say("frame.first_run.certificates")
        file, _ = QFileDialog.getOpenFileName(self, title, "", kinds)
        if file:
            self._certificate.set_text(file)


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        return False
