"""A store, services and a signed-in user for the tests of sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.models.store.database import Store
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn
from tests.app.services.loopback import LoopbackServer
from tests.app.services.services import SESSION, Services


class Keeper:
    def __init__(self) -> None:
        self.kept: bytes | None = msgspec.json.encode(SESSION)

    def load(self) -> bytes | None:
        return self.kept

    def save(self, kept: bytes) -> None:
        self.kept = kept

    def forget(self) -> None:
        self.kept = None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db", b"k" * 32)
    yield opened
    opened.close()


@pytest.fixture
def services(server: LoopbackServer) -> Iterator[Services]:
    made = Services()
    server.service = made
    yield made
    made.close()


@pytest.fixture
def api(server: LoopbackServer) -> Iterator[PaymentsApi]:
    signed_in = SignedIn(Keeper(), lambda: None)
    made = PaymentsApi(Client(server.url, server.ca_file), signed_in)
    yield made
    made.interrupt()
    made.close()
