"""A store of its own for each test."""

from __future__ import annotations

import pytest

from app.models.store.database import Store

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "console.store", KEY)
    yield opened
    opened.close()
