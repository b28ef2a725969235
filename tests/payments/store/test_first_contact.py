"""Databases as they are found: not there, not ours, empty and wanted by several processes at once."""

from __future__ import annotations

import asyncio

import pytest

from payments.store import ledger, merchants
from payments.store.database import Database, DatabaseBusyError
from payments.store.migrations import migrate


def test_several_processes_bring_an_empty_database_up_at_once(postgresql_server):
    postgresql_server.say("CREATE DATABASE started_together")

    async def start_together() -> None:
        several = [Database.open(postgresql_server.url("started_together")) for _ in range(4)]
        try:
            await asyncio.gather(*(one.run(migrate) for one in several))
            await asyncio.gather(*(one.run(merchants.found, "Suanpan") for one in several))
            assert (await several[0].read(ledger.check)).chain_intact
        finally:
            await asyncio.gather(*(one.close() for one in several))

    asyncio.run(start_together())


def test_a_database_that_is_not_there_is_said_to_be_unusable(postgresql_server, tmp_path):
    garbled = tmp_path / "garbled.db"
    garbled.write_bytes(b"certainly no database" * 100)
    for url in (postgresql_server.url("no_such_database"), f"sqlite:///{garbled}"):
        with Database.open(url) as database, pytest.raises(DatabaseBusyError) as told:
            database.run_sync(migrate)
        assert "\n" not in str(told.value)
        assert "http" not in str(told.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:secret@host:port/x", "sqlite:///", "sqlite:///:memory:", "mysql://u@h/x", "x"],
)
def test_what_is_no_address_of_a_database_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match="not a database that Suanpan runs on") as refusal:
        Database.open(url)
    assert "secret" not in str(refusal.value)
