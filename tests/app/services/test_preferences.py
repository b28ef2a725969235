"""Preferences survive a restart, and a damaged file costs no more than the preferences."""

from __future__ import annotations

import pytest

from app.services.files import replacing
from app.services.preferences import Preferences


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings" / "preferences.json"


def test_values_survive_a_restart(path):
    before = Preferences(path)
    before.put("window.geometry", b"\x00\xff")
    before.put("orders.columns", ["id", "amount"])
    before.put("language", "zh-CN")
    before.save()
    after = Preferences(path)
    assert after.value("window.geometry", bytes, b"") == b"\x00\xff"
    assert after.value("orders.columns", list[str], []) == ["id", "amount"]
    assert after.value("language", str, "en") == "zh-CN"


def test_a_removed_value_is_the_default_again(path):
    preferences = Preferences(path)
    preferences.put("theme", "dark")
    preferences.remove("theme")
    preferences.remove("theme")
    assert preferences.value("theme", str, "system") == "system"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b'{"language":', b"[" * 10**5])
def test_a_damaged_file_means_the_defaults(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    preferences = Preferences(path)
    assert preferences.value("language", str, "en") == "en"
    preferences.put("language", "zh-CN")
    preferences.save()
    assert Preferences(path).value("language", str, "en") == "zh-CN"


def test_a_value_of_another_kind_means_the_default(path):
    preferences = Preferences(path)
    preferences.put("language", ["zh-CN"])
    assert preferences.value("language", str, "en") == "en"


def test_what_did_not_change_is_not_written(path):
    preferences = Preferences(path)
    preferences.save()
    assert not path.exists()


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(path):
    path.parent.mkdir()
    path.write_bytes(b"old")

    def interrupted() -> None:
        with replacing(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]
