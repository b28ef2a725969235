"""One set of simulated providers for all journeys; services and data of its own for each."""

from __future__ import annotations

import os

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest

from payments.channels.simulation.host import Simulators
from tests.journeys.business import Business, prepare
from tests.journeys.cable import Cable
from tests.journeys.consoles import DeskConsole


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
