"""Where each business keeps its data, and what is remembered of it."""

from __future__ import annotations

from pathlib import Path

from app.launch import places, sample_users
from app.launch.places import NOWHERE, PlaceKind
from app.services.preferences import Preferences
from payments.contract.roles import Role


def test_each_place_has_a_folder_and_a_key_of_its_own(tmp_path):
    found = [
        places.sample(tmp_path),
        places.own(tmp_path),
        places.remote(tmp_path, "https://a.example", None),
        places.remote(tmp_path, "https://b.example", None),
    ]
    assert len({place.folder for place in found}) == len(found)
    assert len({place.account for place in found}) == len(found)


def test_a_slash_at_the_end_is_the_same_place(tmp_path):
    one = places.remote(tmp_path, "https://a.example", None)
    assert places.remote(tmp_path, "https://a.example/", None) == one


def test_users_of_one_place_do_not_share_a_store(tmp_path):
    place = places.own(tmp_path)
    assert place.store_file("li") != place.store_file("wang")
    assert "li" not in place.store_file("li").parts


def test_a_place_is_remembered_without_anything_personal(tmp_path):
    preferences = Preferences(tmp_path / "preferences.json")
    place = places.remote(tmp_path, "https://a.example", Path("ca.pem"))
    preferences.put("place.last", place.choice(Path("ca.pem"), "u-1"))
    preferences.save()
    again = Preferences(tmp_path / "preferences.json")
    kept = again.value("place.last", places.PlaceChoice, NOWHERE)
    assert places.remembered(tmp_path, kept) == place
    assert kept.user_id == "u-1"


def test_the_sample_has_a_user_of_each_role_of_people():
    assert {one.role for one in sample_users.staff()} == set(Role) - {Role.PLATFORM}
    assert places.sample(Path("x")).kind is PlaceKind.SAMPLE
