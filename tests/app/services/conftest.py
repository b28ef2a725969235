"""A server over real TLS on loopback for every test of the console's services that needs one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from payments.certificates import Authority
from tests.app.services.loopback import LoopbackServer


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority.in_folder(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[LoopbackServer]:
    running = LoopbackServer(authority)
    yield running
    running.stop()


@pytest.fixture
def another_ca(tmp_path: Path) -> Path:
    return Authority.in_folder(tmp_path / "another").ca_file


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr("app.services.payments_api.client._PAUSES_S", (0, 0))
