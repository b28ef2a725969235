"""The window and the page in it, before and between consoles; what a person chose is remembered."""

from __future__ import annotations

import logging
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal, Slot

from app.services.preferences import Preferences
from app.views.frame.commands import CommandBook
from app.views.frame.first_run import FirstRunPage
from app.views.frame.main_window import MainWindow
from app.views.frame.opening import OpeningPage
from app.views.frame.passphrase import PassphrasePage
from app.views.frame.sign_in import SignInPage

_log = logging.getLogger(__name__)

WayPage: TypeAlias = FirstRunPage | OpeningPage | SignInPage | PassphrasePage


class Stage(QObject):
    """One main window at a time; each console gets a fresh one, without the last one's panels."""

    sign_out_asked = Signal()

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.page: WayPage | None = None
        self.window = self._new_window()

    def show_page(self, page: WayPage) -> None:
        """Cover the window with a page."""
        self.page = page
        self.window.show_page(page)
        page.setFocus()

    def fresh_window(self) -> MainWindow:
        """A new window in the place of the old one."""
        old, self.window = self.window, self._new_window()
        self.page = None
        if old.isVisible():
            self.window.setGeometry(old.geometry())
            self.window.show()
        old.hide()
        old.deleteLater()
        return self.window

    @Slot()
    def save(self) -> None:
        """Write the preferences; a full disk costs them, nothing else."""
        try:
            self._preferences.save()
        except OSError:
            _log.exception("preferences were not saved")

    def _new_window(self) -> MainWindow:
        window = MainWindow(CommandBook(), self._preferences)
        window.sign_out_asked.connect(self.sign_out_asked)
        window.closing.connect(self.save)
        window.appearance_chosen.connect(self._remember_appearance)
        window.language_chosen.connect(self._remember_language)
        window.density_chosen.connect(self._remember_density)
        return window

    @Slot(object)
    def _remember_appearance(self, chosen: object) -> None:
        self._preferences.put("appearance", chosen)

    @Slot(object)
    def _remember_language(self, chosen: object) -> None:
        self._preferences.put("language", chosen)

    @Slot(object)
    def _remember_density(self, chosen: object) -> None:
        self._preferences.put("density", chosen)
