"""What the top bar says while the services of this machine are being started."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.launch.console import Console
from app.services.embedded import SampleProgress
from app.services.sync.engine import Phase
from app.services.sync.engine import SyncState as EngineState
from app.views.frame.sync_state import Live, Offline, Syncing

OFFLINE = EngineState(Phase.OFFLINE, since=datetime(2026, 11, 21, tzinfo=UTC))


class Shown:
    """A window that keeps what it is to show."""

    def __init__(self):
        self.said = None

    def set_sync(self, state):
        self.said = state


@pytest.fixture
def said():
    window = Shown()
    console = Console.__new__(Console)
    console.window, console._building, console._starting = window, None, True

    def after(state):
        console._state_changed(state)
        return window.said

    after.console = console
    return after


def test_services_that_are_being_started_are_not_offline_until_they_have_answered_once(said):
    assert said(EngineState(Phase.SYNCING)) == Syncing(0, 0)
    assert said(OFFLINE) == Syncing(0, 0)
    assert isinstance(said(EngineState(Phase.LIVE)), Live)
    assert said(OFFLINE) == Offline(OFFLINE.since)


def test_a_sample_that_is_being_built_shows_how_far_it_is(said):
    said.console._building = SampleProgress(400, 20_000)
    assert said(EngineState(Phase.LIVE)) == Syncing(400, 20_000)
