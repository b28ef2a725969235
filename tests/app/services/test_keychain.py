"""The key of the store is never in plain, and never silently another one."""

from __future__ import annotations

import keyring
import msgspec
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import InitError, PasswordDeleteError

from app.services.keychain import (
    KeychainRefusedError,
    KeyLostError,
    PassphraseNeededError,
    PassphraseTooShortError,
    StoreKey,
    WrongPassphraseError,
    sample_key,
)

PASSPHRASE = "一把很长很长的钥匙"


class Drawer(KeyringBackend):
    priority = 1
    kept: dict[tuple[str, str], str]

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Leaky(Drawer):
    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep nothing."""


class Closed(Drawer):
    def get_password(self, *_names: str) -> str | None:
        raise InitError


@pytest.fixture(autouse=True)
def _restore_keyring():
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def key(tmp_path):
    return StoreKey(tmp_path, "main")


@pytest.fixture
def drawer():
    backend = Drawer()
    backend.kept = {}
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def no_keychain():
    keyring.set_keyring(fail.Keyring())


@pytest.mark.usefixtures("drawer")
def test_a_keychain_keeps_the_key_and_nothing_lies_in_the_folder(key, tmp_path):
    made = key.open(store_exists=False)
    assert len(made) == 32
    assert key.open(store_exists=True) == made
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("drawer")
def test_two_stores_have_two_keys(tmp_path):
    one, two = StoreKey(tmp_path, "one"), StoreKey(tmp_path, "two")
    assert one.open(store_exists=False) != two.open(store_exists=False)


@pytest.mark.parametrize("kept", [None, "", "zz", "00"])
def test_a_lost_key_of_an_existing_store_is_not_replaced_silently(key, drawer, kept):
    if kept is not None:
        drawer.set_password("suanpan", "main", kept)
    before = dict(drawer.kept)
    with pytest.raises(KeyLostError):
        key.open(store_exists=True)
    assert drawer.kept == before


@pytest.mark.parametrize("backend", [Leaky, Closed])
def test_a_keychain_that_does_not_keep_is_found_out_at_once(key, backend):
    made = backend()
    made.kept = {}
    keyring.set_keyring(made)
    with pytest.raises(KeychainRefusedError):
        key.open(store_exists=False)


@pytest.mark.usefixtures("no_keychain")
def test_without_a_keychain_a_passphrase_seals_the_key(key, tmp_path):
    with pytest.raises(PassphraseNeededError) as needed:
        key.open(store_exists=False)
    assert needed.value.new
    made = key.choose(PASSPHRASE)
    with pytest.raises(PassphraseNeededError) as needed:
        key.open(store_exists=True)
    assert not needed.value.new
    assert key.unlock(PASSPHRASE) == made
    written = (tmp_path / "store.key.json").read_bytes()
    assert made not in written
    assert made.hex().encode() not in written


def test_a_wrong_passphrase_or_another_store_does_not_open_it(key, tmp_path):
    key.choose(PASSPHRASE)
    with pytest.raises(WrongPassphraseError):
        key.unlock(PASSPHRASE + "x")
    with pytest.raises(WrongPassphraseError):
        StoreKey(tmp_path, "other").unlock(PASSPHRASE)


def test_a_passphrase_typed_on_another_system_opens_it(key):
    made = key.choose("pass\u00e9phrase")
    assert key.unlock("passe\u0301phrase") == made


def test_a_short_passphrase_is_refused(key, tmp_path):
    with pytest.raises(PassphraseTooShortError):
        key.choose("1234567")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("change", [{"memory_kib": 2**31}, {"time": 10**6}, {"salt": 1}])
def test_a_forged_key_file_costs_neither_hours_nor_memory(key, tmp_path, change):
    key.choose(PASSPHRASE)
    file = tmp_path / "store.key.json"
    file.write_bytes(msgspec.json.encode(msgspec.json.decode(file.read_bytes()) | change))
    with pytest.raises(KeyLostError):
        key.unlock(PASSPHRASE)


def test_a_forgotten_key_is_nowhere(key, drawer, tmp_path):
    key.open(store_exists=False)
    key.choose(PASSPHRASE)
    key.forget()
    key.forget()
    assert drawer.kept == {}
    assert list(tmp_path.iterdir()) == []


def test_the_sample_asks_for_nothing_and_is_not_in_plain(tmp_path):
    folder, machine = tmp_path / "sample", tmp_path / "machine" / "secret"
    made = sample_key(folder, machine)
    assert sample_key(folder, machine) == made
    assert made not in machine.read_bytes() + (folder / "sample.key").read_bytes()


def test_a_damaged_sample_key_is_made_anew(tmp_path):
    machine = tmp_path / "secret"
    made = sample_key(tmp_path, machine)
    machine.write_bytes(b"short")
    assert sample_key(tmp_path, machine) != made
