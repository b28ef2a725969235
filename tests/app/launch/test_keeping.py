"""What a sign-in leaves behind: a check of the password, and nothing that could be read."""

from __future__ import annotations

import secrets

import pytest

from app.launch.keeping import MemoryKeeper, is_password, keep_password
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
