"""The way in with the real services of this machine, no keychain, and a panel that shows nothing."""

from __future__ import annotations

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtWidgets import QWidget

from app.launch.entrance import Entrance
from app.services.background import Background
from app.services.preferences import Preferences
from app.views.theme.theme import Appearance, theme


class Blank:
    """A panel without anything in it."""

    name, icon, needs = "dashboard", "dashboard", None
    title = "frame.panel.dashboard"

    def __init__(self):
        self.widget = QWidget()

    def retranslate(self):
        pass

    def refresh(self):
        pass

    def focus_filter(self):
        pass

    def export(self):
        pass


@pytest.fixture
def _no_keychain():
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def entrances(qtbot, tmp_path, _no_keychain):
    assert qtbot is not None
    theme().install(Appearance.LIGHT)
    opened = []

    def enter(**options):
        preferences = Preferences(tmp_path / "preferences.json")
        made = Entrance(tmp_path, preferences, Background(), lambda _: [Blank()], **options)
        opened.append(made)
        made.stage.window.show()
        return made

    def leave(entrance):
        opened.remove(entrance)
        entrance.close()
        entrance.stage.window.close()
        entrance.stage.window.deleteLater()

    enter.leave = leave
    yield enter
    for entrance in tuple(opened):
        leave(entrance)
