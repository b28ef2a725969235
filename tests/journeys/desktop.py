"""The whole console on the screen: signed in at its page, used by its commands, keys and tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QWidget

from app.launch import places
from app.launch.entrance import Entrance
from app.launch.panels import make_panels
from app.services.background import Background
from app.services.preferences import Preferences
from app.services.sync.engine import Phase
from app.views.frame.context import Context
from app.views.frame.panel import Panel
from app.views.frame.sign_in import SignInPage
from tests.journeys.business import PASSWORD
from tests.journeys.consoles import WAIT_MS


class Desktop:
    """One person's console."""

    def __init__(self, qtbot, data: Path, url: str, ca: Path) -> None:
        self._qtbot = qtbot
        self._panels: dict[str, Any] = {}
        data.mkdir()
        preferences = Preferences(data / "preferences.json")
        self.entrance = Entrance(data, preferences, Background(), self._make_panels)
        self.window.show()
        self.entrance.enter(places.remote(data, url, ca))

    def _make_panels(self, context: Context) -> Sequence[Panel]:
        made = make_panels(context)
        self._panels = {panel.name: panel for panel in made}
        return made

    @property
    def window(self):
        return self.entrance.stage.window

    @property
    def phase(self) -> Phase:
        assert self.entrance.console is not None
        return self.entrance.console.engine.state.phase

    def signs_in(self, login: str) -> None:
        """Fill in the page and see the console, in sync with the services."""
        self.waits(lambda: self.window.findChild(SignInPage) is not None)
        page = self.window.findChild(SignInPage)
        page._login.edit.setText(login)
        page._password.edit.setText(PASSWORD)
        page.submit()
        self.waits(lambda: self.entrance.console is not None)
        self.waits(lambda: self.phase is Phase.LIVE)

    def waits(self, condition) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def runs(self, command: str, argument: object = None) -> None:
        assert self.window.book.run(command, argument), command

    def panel(self, name: str):
        """A panel, brought into view as a person does."""
        self.runs(f"panel.{name}")
        return self._panels[name]

    def clicks(self, button: QWidget) -> None:
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def close(self) -> None:
        self.entrance.close()
        self.window.hide()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
