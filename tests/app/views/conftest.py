"""Views are tested in their real look; a test fails that leaves widgets or threads or warnings."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType
from PySide6.QtWidgets import QApplication

from app.services.preferences import Preferences
from app.views.theme.theme import Appearance, Density, theme

# What the platform without a screen cannot do is no fault of ours.
HARMLESS = re.compile(r"This plugin does not support")
NOW = datetime(2026, 11, 20, 6, 31, 7, tzinfo=UTC)


@pytest.fixture(scope="session")
def _look(qapp):
    assert qapp is QApplication.instance()
    theme().install(Appearance.LIGHT)


@pytest.fixture(autouse=True)
def _in_its_look(_look, qtlog):
    theme().choose(Appearance.LIGHT)
    theme().choose_density(Density.COMFORTABLE)
    widgets = set(map(id, QApplication.topLevelWidgets()))
    threads = set(threading.enumerate())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [one for one in QApplication.topLevelWidgets() if id(one) not in widgets]
    assert not left, "widgets outlive their test"
    assert not set(threading.enumerate()) - threads, "threads outlive their test"
    said = [
        record.message
        for record in qtlog.records
        if record.type != QtMsgType.QtDebugMsg and not HARMLESS.search(record.message)
    ]
    assert not said, "Qt warned"


@pytest.fixture
def preferences(tmp_path):
    return Preferences(tmp_path / "preferences.json")


@pytest.fixture
def now():
    return NOW
