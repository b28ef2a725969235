"""Every test of the console speaks English and needs no screen."""

from __future__ import annotations

import os

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

from app import words


@pytest.fixture(autouse=True)
def _english():
    before = words.language()
    words.use(words.Language.ENGLISH)
    yield
    words.use(before)
