"""Every error a person can meet, as the key of its words: what happened and what to do next.

``say(f"{key}.what")`` and ``say(f"{key}.next")`` are the sentences. Errors of the services carry
their key; the store below knows no words, so its errors are named here.
"""

from __future__ import annotations

from typing import Final

from app.models.store.database import (
    DamagedStoreError,
    StoreUnavailableError,
    WrongKeyError,
)
from app.models.store.upgrades import NewerStoreError

UNEXPECTED: Final = "trouble.unexpected"
_OTHERS: Final[dict[type[BaseException], str]] = {
    WrongKeyError: "trouble.wrong_key",
    DamagedStoreError: "trouble.store_damaged",
    StoreUnavailableError: "trouble.store_unavailable",
    NewerStoreError: "trouble.store_newer",
    OSError: "trouble.file",
}


def words_key(error: BaseException) -> str:
    """The key of the words for an error; for one that nobody foresaw, those that say so."""
    own: object = getattr(error, "words_key", None)
    if isinstance(own, str):
        return own
    return next((key for kind, key in _OTHERS.items() if isinstance(error, kind)), UNEXPECTED)
