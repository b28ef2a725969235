"""What a sign-in leaves behind: tokens in memory until its user is known, a check of the password.

Also whether the console is locked: ending the program does not open the lock.
"""

from __future__ import annotations

import argon2
from argon2.exceptions import VerificationError

from app.models.store import meta
from app.models.store.database import Store

_LOCK = "lock"
_LOCKED = "locked"


class MemoryKeeper:
    """Tokens of a sign-in whose user is not known yet."""

    def __init__(self) -> None:
        self.kept: bytes | None = None

    def load(self) -> bytes | None:
        """What was kept last, or nothing."""
        return self.kept

    def save(self, kept: bytes) -> None:
        """Keep this."""
        self.kept = kept

    def forget(self) -> None:
        """Keep nothing any more."""
        self.kept = None


def keep_password(store: Store, password: str) -> None:
    """Remember how to check the password at the lock page, with or without a network; unlock."""
    hashed = argon2.PasswordHasher().hash(password)
    with store.writing() as db:
        meta.put(db, _LOCK, hashed)
        meta.put(db, _LOCKED, "")


def keep_locked(store: Store, *, locked: bool) -> None:
    """Remember whether the password is due before anything is shown."""
    with store.writing() as db:
        meta.put(db, _LOCKED, "yes" if locked else "")


def is_locked(store: Store) -> bool:
    """Whether the console was locked when the program ended."""
    with store.reading() as db:
        return bool(meta.get(db, _LOCKED))


def is_password(store: Store, password: str) -> bool:
    """Whether this is the password of the last sign-in."""
    with store.reading() as db:
        hashed = meta.get(db, _LOCK)
    try:
        return bool(hashed) and argon2.PasswordHasher().verify(hashed, password)
    except VerificationError:
        return False
