"""What a sign-in leaves behind: a check of the password, and nothing that could be read."""

from __future__ import annotations

import secrets

import pytest

from app.launch.keeping import (
    MemoryKeeper,
    is_locked,
    is_password,
    keep_locked,
    keep_password,
)
from app.models.store.database import Store


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "console.store", secrets.token_bytes(32))
    yield opened
    opened.close()


def test_the_lock_opens_for_the_password_of_the_last_sign_in_only(store):
    assert not is_password(store, "abacus")
    keep_password(store, "abacus")
    assert is_password(store, "abacus")
    assert not is_password(store, "Abacus")
    keep_password(store, "other")
    assert not is_password(store, "abacus")


def test_tokens_of_an_unknown_user_stay_in_memory():
    keeper = MemoryKeeper()
    keeper.save(b"tokens")
    assert keeper.load() == b"tokens"
    keeper.forget()
    assert keeper.load() is None


def test_ending_the_program_does_not_open_the_lock_but_signing_in_does(store):
    assert not is_locked(store)
    keep_locked(store, locked=True)
    assert is_locked(store)
    keep_password(store, "abacus")
    assert not is_locked(store)
