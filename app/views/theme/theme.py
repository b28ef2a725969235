"""The theme in force: light or dark, chosen or following the system, switched at run time."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.views.theme import fonts
from app.views.theme.stylesheet import palette, stylesheet
from app.views.theme.tokens import DARK, LIGHT, Size, Tokens


class Appearance(StrEnum):
    """What a person may choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How much room a row of a table takes."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Theme(QObject):
    """Holds the tokens in force. ``changed`` says that colours or row heights are others now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens: Tokens = LIGHT
        self.appearance = Appearance.SYSTEM
        self.density = Density.COMFORTABLE

    @property
    def row_height(self) -> int:
        """Height of a table row in logical pixels."""
        return Size.ROW if self.density is Density.COMFORTABLE else Size.ROW_COMPACT

    def install(self, appearance: Appearance = Appearance.SYSTEM) -> None:
        """Give the running application style, font and colours; called once at the start."""
        application = _application()
        fonts.load()
        application.setStyle("Fusion")
        application.setFont(fonts.font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.appearance = appearance
        self._put_on(self._wanted())

    def choose(self, appearance: Appearance) -> None:
        """Follow the system, or stay light or dark."""
        self.appearance = appearance
        if self._wanted() is not self.tokens:
            self._put_on(self._wanted())

    def choose_density(self, density: Density) -> None:
        """Make rows roomy or compact."""
        self.density = density
        self.changed.emit()

    def _wanted(self) -> Tokens:
        if self.appearance is Appearance.SYSTEM:
            # A platform without a colour scheme says Unknown; light is what it most likely is.
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        return DARK if self.appearance is Appearance.DARK else LIGHT

    def _put_on(self, tokens: Tokens) -> None:
        self.tokens = tokens
        application = _application()
        application.setPalette(palette(tokens))
        application.setStyleSheet(stylesheet(tokens))
        self.changed.emit()

    @Slot()
    def _system_changed(self) -> None:
        if self.appearance is Appearance.SYSTEM:
            self.choose(Appearance.SYSTEM)


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise TypeError("a QApplication must exist before the theme")
    return application


@cache
def theme() -> Theme:
    """The one theme of this program."""
    return Theme()


def tokens() -> Tokens:
    """The colours in force. Read at every painting, never kept."""
    return theme().tokens
