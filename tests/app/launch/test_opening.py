"""What cannot be read is put aside whole, and nothing that was put aside is ever replaced."""

from __future__ import annotations

import secrets

import pytest

from app.launch import places
from app.launch.opening import Remembered, put_aside
from app.launch.places import PlaceChoice, PlaceKind
from app.models.store.database import Store, WrongKeyError


def test_a_store_is_put_aside_with_its_log(tmp_path):
    file = tmp_path / "console.store"
    for content in ("first", "second"):
        for ending in ("", "-wal", "-shm"):
            file.with_name(file.name + ending).write_text(content)
        put_aside(file)
    kept = {one.name: one.read_text() for one in tmp_path.iterdir()}
    assert kept == {
        f"console.store.unreadable-{number}{ending}": content
        for number, content in ((1, "first"), (2, "second"))
        for ending in ("", "-wal", "-shm")
    }


def test_a_store_of_a_lost_key_makes_room_for_a_new_one(tmp_path):
    place = places.remote(tmp_path, "https://a.example", None)
    file = place.store_file("u-1")
    file.parent.mkdir(parents=True)
    Store.open(file, secrets.token_bytes(32)).close()
    kept = PlaceChoice(PlaceKind.REMOTE, place.url, "", "u-1")
    with pytest.raises(WrongKeyError):
        Remembered(place, kept, secrets.token_bytes(32)).open()
    assert not place.stores
    assert list(file.parent.glob("*.unreadable-1"))
