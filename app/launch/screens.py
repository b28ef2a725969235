"""Pictures every screen of the sample business: sizes, themes, languages; then leaves.

The program is the real one, with its services and its sync; only the window is nobody's.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app import words
from app.launch import sample_users
from app.launch.console import Console
from app.launch.entrance import Entrance
from app.launch.panels import make_panels
from app.services.background import Background
from app.services.preferences import Preferences
from app.services.sync.engine import Phase
from app.views.frame.first_run import FirstRunPage
from app.views.frame.lock import LockPage
from app.views.frame.main_window import MainWindow
from app.views.frame.samples import SampleUser
from app.views.frame.sign_in import SignInPage
from app.views.theme.theme import Appearance, theme
from app.views.widgets.record_table import RecordTable
from app.words import Language

SIZES: Final = (QSize(1440, 900), QSize(1024, 700))
LOOKS: Final = (Appearance.LIGHT, Appearance.DARK)
LANGUAGES: Final = (Language.ENGLISH, Language.CHINESE)
_PANELS: Final = ("dashboard", "orders", "refunds", "risk")
_PATIENCE_S: Final = 120.0
_QUIET_S: Final = 0.25
# Which row of a panel's list is opened; the first elsewhere.
_DETAIL_ROWS: Final = {"orders": 2}


class ScreensFailedError(Exception):
    """The sample business did not come up; the message says what was waited for."""


def picture_all(application: QApplication, folder: Path) -> int:
    """Render every screen into ``folder``; answers the exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="suanpan-screens-") as data:
        theme().install(Appearance.LIGHT)
        words.use(Language.ENGLISH)
        preferences = Preferences(Path(data) / "preferences.json")
        background = Background()
        entrance = Entrance(Path(data), preferences, background, make_panels)
        try:
            count = _picture_all(application, entrance, background, folder)
        except ScreensFailedError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            entrance.close()
    sys.stdout.write(f"{count} pictures in {folder}\n")
    return 0


@dataclass(frozen=True, slots=True)
class _Camera:
    application: QApplication
    background: Background

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        """Let the program run until something holds. Raises ScreensFailedError."""
        deadline = time.monotonic() + _PATIENCE_S
        while not until():
            if time.monotonic() > deadline:
                raise ScreensFailedError(f"waited in vain for {what}")
            self._turn()

    def settle(self) -> None:
        """Let the program run until nothing slow has been under way for a moment."""
        quiet_since = time.monotonic()
        deadline = quiet_since + _PATIENCE_S
        while time.monotonic() - quiet_since < _QUIET_S and time.monotonic() < deadline:
            self._turn()
            if not self.background.is_idle:
                quiet_since = time.monotonic()

    def _turn(self) -> None:
        self.application.processEvents()
        time.sleep(0.005)

    def picture(self, window: QWidget, file: Path) -> None:
        """Save what the window shows. Raises ScreensFailedError when the file cannot be written."""
        self.settle()
        if not window.grab().save(str(file), "PNG"):
            raise ScreensFailedError(f"{file} could not be written")


def _picture_all(
    application: QApplication, entrance: Entrance, background: Background, folder: Path
) -> int:
    camera = _Camera(application, background)
    entrance.stage.window.show()
    entrance.enter_sample()
    camera.wait("the sample business", lambda: _is_whole(entrance.console))
    camera.settle()
    count = 0
    for size, look, language in product(SIZES, LOOKS, LANGUAGES):
        window = entrance.stage.window
        window.resize(size)
        window.choose_appearance(look)
        window.choose_language(language)
        ending = f"{size.width()}x{size.height()}-{look.value}-{language.value}.png"
        for name in _screens(window, camera):
            camera.picture(window, folder / f"{name}-{ending}")
            count += 1
    return count


def _is_whole(console: Console | None) -> bool:
    return (
        console is not None and not console.is_building and console.engine.state.phase is Phase.LIVE
    )


def _screens(window: MainWindow, camera: _Camera) -> Iterator[str]:
    """Bring each screen up and name it."""
    for name in _PANELS:
        window.show_panel(name)
        camera.settle()
        _open_a_row(window.panel(), _DETAIL_ROWS.get(name, 0))
        yield name
    for name, page in _pages():
        window.show_page(page)
        yield name
    window.show_console()


def _open_a_row(panel: object, row: int) -> None:
    widget = getattr(panel, "widget", None)
    table = widget.findChild(RecordTable) if isinstance(widget, QWidget) else None
    if table is None or not table.model() or not table.model().rowCount():
        return
    table.selectRow(min(row, table.model().rowCount() - 1))
    enter = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(table, enter)


def _pages() -> Iterator[tuple[str, QWidget]]:
    users = [SampleUser(one.role, one.login, one.password) for one in sample_users.staff()]
    yield "first-run", FirstRunPage(users)
    yield "sign-in", SignInPage("", users)
    yield "lock", LockPage(sample_users.staff()[0].name)
