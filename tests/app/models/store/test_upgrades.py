from __future__ import annotations

from pathlib import Path

import pytest

from app.models.store import meta, pending, schema, upgrades
from app.models.store.database import Store
from app.models.store.upgrades import UPGRADES, NewerStoreError

KEY = bytes(32)
STORED = sorted((Path(__file__).parent / "stored_versions").glob("*.sql"))


def test_there_is_a_stored_store_of_every_version():
    assert [file.stem for file in STORED] == [f"version_{n}" for n in range(1, len(UPGRADES) + 1)]


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_a_store_of_an_older_version_is_brought_up_to_date_with_all_it_held(tmp_path, file):
    old = Store(tmp_path / "s", KEY)
    with old.writing() as db:
        for statement in file.read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                db.execute(statement)
    old.close()
    store = Store.open(tmp_path / "s", KEY)
    with store.reading() as db:
        assert db.value("PRAGMA user_version") == len(UPGRADES)
        assert meta.get(db, meta.USER) == "finance-1"
        assert [action.idempotency_key for action in pending.actions(db)] == ["key-1"]
        tables = {name for (name,) in db.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        indexes = {name for (name,) in db.all("SELECT name FROM sqlite_master WHERE type='index'")}
    assert {"orders", "refunds", "cases", "products", "saved_views"} <= tables
    assert set(schema.INDEXES) <= indexes
    store.close()


def test_a_store_of_a_newer_console_is_left_alone(tmp_path):
    store = Store.open(tmp_path / "s", KEY)
    with store.writing() as db:
        db.execute("PRAGMA user_version = 99")
    store.close()
    with pytest.raises(NewerStoreError):
        Store.open(tmp_path / "s", KEY)


def test_an_upgrade_that_fails_leaves_the_old_version(store):
    def fails(db):
        db.execute("CREATE TABLE half_done (x)")
        raise RuntimeError

    with pytest.raises(RuntimeError), store.writing() as db:
        upgrades.upgrade(db, (*UPGRADES, fails))
    with store.reading() as db:
        assert db.value("PRAGMA user_version") == len(UPGRADES)
        assert not db.all("SELECT 1 FROM sqlite_master WHERE name = 'half_done'")


def test_upgrades_run_in_order_and_once(store):
    ran = []
    more = (*UPGRADES, lambda _: ran.append("second"), lambda _: ran.append("third"))
    with store.writing() as db:
        upgrades.upgrade(db, more)
        upgrades.upgrade(db, more)
    assert ran == ["second", "third"]
