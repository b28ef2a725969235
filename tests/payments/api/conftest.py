"""The real application over a real database, called without a socket."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from payments.api.app import create_app
from payments.assembly import add_user, found_merchant, services_of
from payments.channels.balance.adapter import BalanceChannel
from payments.contract.roles import Role
from payments.contract.wire.records import ChannelName
from payments.contract.wire.requests import Session
from payments.flows import credentials
from payments.flows.sign_in import _session
from payments.sealing import Seal
from payments.store import users
from payments.store.database import Database

PASSWORD = "correct horse battery"
PASSWORD_HASH = credentials.password_hash(PASSWORD)
INSTRUCTOR = "instructor-7"
SEAL = Seal(bytes(range(32)))


class Api:
    """Speaks to the application as one user, or as nobody."""

    def __init__(self, database: Database, app: Any, token: str = "") -> None:
        self.database = database
        self.app = app
        self.token = token
        self._keys = 0

    def as_role(self, role: Role, *, instructor: str = INSTRUCTOR, name: str = "") -> Api:
        """A new user of that role, signed in."""
        session = self.database.run_sync(_signed_in, role, instructor, name or role.value)
        return Api(self.database, self.app, session.access_token)

    def with_token(self, token: str) -> Api:
        return Api(self.database, self.app, token)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request; writes get a fresh Idempotency-Key unless one is given."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if method != "GET":
            self._keys += 1
            headers["idempotency-key"] = f"{id(self)}-{self._keys}"
        headers |= options.pop("headers", {})
        wanted = {name: value for name, value in headers.items() if value is not None}
        return self.database.complete(self._send(method, path, headers=wanted, **options))

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="https://test") as client:
            return await client.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("POST", path, json=json, **options)


def _signed_in(work: Any, role: Role, instructor: str, name: str) -> Session:
    login = f"{name}-{work.new_id()}"
    mine = instructor if role is Role.CREATOR else ""
    user_id = add_user(work, login, name, role, mine, PASSWORD_HASH)
    user = users.by_id(work, user_id)
    assert user is not None
    return _session(work, user, work.new_id(), "test", SEAL)


@pytest.fixture
def api(database: Database) -> Api:
    database.run_sync(found_merchant)
    channels = {ChannelName.BALANCE: BalanceChannel()}
    services = services_of(database, channels, SEAL, "https://127.0.0.1:1")
    return Api(database, create_app(services))
