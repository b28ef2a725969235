"""Starts the console: builds everything once, in order; the only place that knows all of it."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDeadlineTimer, QLockFile, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app import words
from app.launch import places
from app.launch.places import LAST_PLACE, NOWHERE, PlaceChoice
from app.launch.stage import Stage
from app.services.preferences import Preferences
from app.views.frame.opening import OpeningPage
from app.views.theme.theme import Appearance, Density, theme
from app.words import Language

if TYPE_CHECKING:
    from app.launch.entrance import Entrance

_PAINTED_WITHIN_MS: Final = 200


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of ``main.py``."""

    sample: bool = False
    connect: str | None = None
    ca: Path | None = None
    data: Path | None = None
    language: str | None = None
    theme: str | None = None
    offline: bool = False
    live: bool = False
    screens: Path | None = None


def start(options: Options) -> int:
    """Run the console until its window is closed; answers the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Suanpan")
    if options.screens is not None:
        from app.launch import screens  # noqa: PLC0415 - only this way of starting needs it

        return screens.picture_all(application, options.screens)
    data = places.data_folder(options.data)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        sys.stderr.write(f"Suanpan cannot keep its data in {data}: {error.strerror}.\n")
        return 2
    guard = QLockFile(str(data / "console.lock"))
    # However long the console is open; of a process that has ended it is not in the way.
    guard.setStaleLockTime(0)
    is_open = not guard.tryLock(0) and guard.error() is QLockFile.LockError.LockFailedError
    preferences = Preferences(data / "preferences.json")
    _dress(preferences, options)
    if is_open:
        return _already_open()
    stage = Stage(preferences)
    stage.show_page(OpeningPage("frame.opening.remote"))
    _paint(application, stage)
    return _open(application, stage, data, preferences, options)


def _paint(application: QApplication, stage: Stage) -> None:
    """Show the window and let it be painted; a screen that does not answer is not waited for."""
    stage.window.show()
    patience = QDeadlineTimer(_PAINTED_WITHIN_MS)
    handle = stage.window.windowHandle()
    while not (handle.isExposed() or patience.hasExpired()):
        application.processEvents()
    application.processEvents()


def _open(
    application: QApplication, stage: Stage, data: Path, preferences: Preferences, options: Options
) -> int:
    # Network, store and keychain take longest to load: the window is there before they are.
    from app.launch.entrance import Entrance  # noqa: PLC0415
    from app.launch.panels import make_panels  # noqa: PLC0415
    from app.services.background import Background  # noqa: PLC0415

    entrance = Entrance(
        data,
        preferences,
        Background(),
        make_panels,
        offline=options.offline,
        live=options.live,
        stage=stage,
    )
    application.aboutToQuit.connect(entrance.close)
    _begin(entrance, data, preferences, options)
    return application.exec()


def _already_open() -> int:
    """Two consoles would share one session and one copy: send the person to the one that is open."""
    what, then = words.problem("trouble.already_open")
    sys.stderr.write(f"{what} {then}\n")
    box = QMessageBox(QMessageBox.Icon.Information, words.say("frame.name"), what)
    box.setInformativeText(then)
    box.exec()
    return 3


def _dress(preferences: Preferences, options: Options) -> None:
    """Language and look: of this run where the command line says so, else as they were."""
    appearance = Appearance(options.theme) if options.theme else None
    theme().install(appearance or preferences.value("appearance", Appearance, Appearance.SYSTEM))
    theme().choose_density(preferences.value("density", Density, Density.COMFORTABLE))
    language = Language(options.language) if options.language else None
    words.use(language or preferences.value("language", Language, Language.CHINESE))


def _begin(entrance: Entrance, data: Path, preferences: Preferences, options: Options) -> None:
    if options.sample:
        entrance.enter_sample()
        return
    if options.connect:
        entrance.enter(places.remote(data, options.connect, options.ca))
        return
    kept = preferences.value(LAST_PLACE, PlaceChoice, NOWHERE)
    if kept == NOWHERE:
        entrance.show_first_run()
    else:
        entrance.enter(places.remembered(data, kept))
