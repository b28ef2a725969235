from __future__ import annotations

import threading

import pytest
from sqlcipher3 import dbapi2

from app.models.store import meta
from app.models.store.database import (
    DamagedStoreError,
    Store,
    StoreUnavailableError,
    WrongKeyError,
)
from app.services.sync.apply import apply_page
from tests.builders.console import an_order, change_of, pages

KEY = bytes(range(32))


def test_what_was_written_is_there_after_opening_again(tmp_path):
    path = tmp_path / "s"
    store = Store.open(path, KEY)
    with store.writing() as db:
        meta.put(db, meta.USER, "李")
    store.close()
    again = Store.open(path, KEY)
    with again.reading() as db:
        assert meta.get(db, meta.USER) == "李"
    again.close()


def test_another_key_is_refused_quietly_and_changes_nothing(tmp_path, capfd):
    path = tmp_path / "s"
    Store.open(path, KEY).close()
    before = path.read_bytes()
    with pytest.raises(WrongKeyError):
        Store.open(path, bytes(32))
    assert path.read_bytes() == before
    assert capfd.readouterr().err == ""
    Store.open(path, KEY).close()


def test_a_key_of_another_length_is_no_key(tmp_path):
    with pytest.raises(ValueError, match="32 bytes"):
        Store.open(tmp_path / "s", b"short")


def test_a_damaged_page_is_noticed_when_it_is_read(tmp_path):
    path = tmp_path / "s"
    store = Store.open(path, KEY)
    for page in pages([change_of(an_order(number)) for number in range(300)], size=300):
        apply_page(store, page)
    store.close()
    content = bytearray(path.read_bytes())
    for start in range(16_384 * 2, len(content), 16_384):
        content[start + 5000] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DamagedStoreError):
        with_everything_read(path)


def test_a_folder_that_is_not_there_is_no_wrong_key(tmp_path):
    with pytest.raises(StoreUnavailableError):
        Store.open(tmp_path / "nowhere" / "s", KEY)


def test_a_full_disk_is_told_and_nothing_is_half_written(store):
    with store.reading() as db:
        pages_now = db.value("PRAGMA page_count")

    def fill():
        with store.writing() as db:
            meta.put(db, meta.USER, "half")
            db.execute(f"PRAGMA max_page_count = {int(pages_now)}")
            db.execute("CREATE TABLE filler AS SELECT zeroblob(1000000) AS blank")

    with pytest.raises(StoreUnavailableError):
        fill()
    with store.reading() as db:
        assert meta.get(db, meta.USER) == ""


def with_everything_read(path):
    store = Store.open(path, KEY)
    try:
        with store.reading() as db:
            db.all("SELECT * FROM orders JOIN orders_bodies USING (row)")
    finally:
        store.close()


def test_the_file_holds_no_plain_text(tmp_path, store):
    order = an_order(7, payer="王*明", title="机密课程 Confidential")
    apply_page(store, next(pages([change_of(order)], size=10)))
    with store.writing() as db:
        meta.put(db, "refresh_token", "very-secret-token")
    store.close()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (
        "Confidential",
        "机密课程",
        "王*明",
        order.id,
        "very-secret-token",
        "CREATE TABLE",
    ):
        assert secret.encode() not in written
    assert not written.startswith(b"SQLite format 3")


def test_a_failed_writing_block_leaves_nothing(store):
    def half():
        with store.writing() as db:
            meta.put(db, meta.USER, "half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.reading() as db:
        assert meta.get(db, meta.USER) == ""


def test_a_reader_keeps_its_snapshot_while_another_writes(store):
    with store.reading() as db:
        assert meta.get(db, meta.USER) == ""
        with store.writing() as writer:
            meta.put(writer, meta.USER, "later")
        assert meta.get(db, meta.USER) == ""
    with store.reading() as db:
        assert meta.get(db, meta.USER) == "later"


def test_writers_of_many_threads_take_turns(store):
    def add_up():
        for _ in range(20):
            with store.writing() as db:
                meta.put(db, "count", str(int(meta.get(db, "count", "0")) + 1))

    threads = [threading.Thread(target=add_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as db:
        assert meta.get(db, "count") == "80"


def test_pages_of_the_file_are_16_kib_and_authenticated(store):
    raw = dbapi2.connect(str(store.path))
    raw.execute(f"PRAGMA key=\"x'{KEY.hex()}'\"")
    raw.execute("PRAGMA cipher_page_size=16384")
    raw.execute("PRAGMA cipher_hmac_algorithm=HMAC_SHA256")
    assert raw.execute("PRAGMA page_size").fetchone() == ("16384",)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert raw.execute("PRAGMA cipher_integrity_check").fetchall() == []
    raw.close()
