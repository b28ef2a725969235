"""One set of simulated providers for all journeys; services and data of its own for each."""

from __future__ import annotations

import os

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from app import words
from app.launch import console as console_module
from app.services.sync.engine import Engine
from app.views.theme.theme import Appearance, theme
from payments.channels.simulation.host import Simulators
from tests.journeys.business import Business, prepare
from tests.journeys.cable import Cable
from tests.journeys.consoles import DeskConsole
from tests.journeys.desktop import Desktop


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a business that has sold nothing yet, to copy."""
    folder = tmp_path_factory.mktemp("founded")
    prepare(folder)
    return folder


@pytest.fixture(scope="session")
def simulators(tmp_path_factory: pytest.TempPathFactory, founded: Path) -> Iterator[Simulators]:
    """The providers; a minute of theirs is an eighth of a second."""
    folder = tmp_path_factory.mktemp("simulated")
    with Simulators.start(
        folder, notify_ca=founded / "tls" / "ca.pem", time_scale=500
    ) as simulators:
        yield simulators


@pytest.fixture(scope="session")
def _open_business(
    tmp_path_factory: pytest.TempPathFactory, founded: Path, simulators: Simulators
) -> Iterator[Business]:
    made = Business(tmp_path_factory.mktemp("business"), founded, simulators)
    made.services.start()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def business(_open_business: Business) -> Iterator[Business]:
    """A business whose services run; at the end of every journey its books are right.

    All journeys are made at one business, with orders and payers of their own.
    """
    yield _open_business
    _open_business.books()


@pytest.fixture
def cable(business: Business) -> Iterator[Cable]:
    """What a console of this test reaches the services by."""
    made = Cable(business.services.port)
    yield made
    made.close()


@pytest.fixture
def console_of(qtbot, tmp_path: Path, business: Business, cable: Cable):
    """Opens the console of a login, without a window, at the near end of the cable."""
    opened: list[DeskConsole] = []

    def console_of(login: str) -> DeskConsole:
        store = tmp_path / f"{len(opened)}.store"
        opened.append(DeskConsole(qtbot, store, cable.url, business.services.ca, login))
        return opened[-1]

    yield console_of
    for one in opened:
        one.close()


class Drawer(KeyringBackend):
    """A keychain of this test alone."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._kept[service, username]


@pytest.fixture
def window_of(qtbot, tmp_path: Path, business: Business, cable: Cable, monkeypatch):
    """Opens the whole console, signed in as a login at its page, at the near end of the cable.

    What is decided goes out at once: nobody waits for the seconds in which it may be taken back.
    """
    before, language = keyring.get_keyring(), words.language()
    keyring.set_keyring(Drawer())
    words.use(words.Language.ENGLISH)
    theme().install(Appearance.LIGHT)
    monkeypatch.setattr(console_module, "Engine", partial(Engine, undo_s=0))
    opened: list[Desktop] = []

    def window_of(login: str) -> Desktop:
        data = tmp_path / f"console-{login}"
        opened.append(Desktop(qtbot, data, cable.url, business.services.ca))
        opened[-1].signs_in(login)
        return opened[-1]

    yield window_of
    for one in opened:
        one.close()
    words.use(language)
    keyring.set_keyring(before)
