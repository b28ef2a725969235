"""The people and programs that sign in, and their recovery codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete

from payments.contract.roles import Role
from payments.store.prepared import Prepared
from payments.store.records import Records
from payments.store.tables import RECOVERY_CODES, USERS
from payments.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUser:
    """A user. ``second_factor`` is sealed, empty without one; ``failed`` counts failures in a row."""

    id: str
    login: str
    name: str
    role: Role
    instructor_id: str = ""
    password_hash: str
    second_factor: str = ""
    failed: int = 0
    locked_until_ms: int | None = None
    disabled: bool = False


_USERS: Final = Records(USERS, StoredUser)
_BY_LOGIN: Final = Prepared(_USERS.select().where(USERS.c.login == bindparam("login")))
_ALL: Final = Prepared(_USERS.select().order_by(USERS.c.login))
_OF_USER: Final = (
    RECOVERY_CODES.c.merchant == bindparam("of"),
    RECOVERY_CODES.c.user_id == bindparam("at_user"),
)
_DROP_CODES: Final = delete(RECOVERY_CODES).where(*_OF_USER)
_USE_CODE: Final = _DROP_CODES.where(RECOVERY_CODES.c.code_hash == bindparam("at_code"))
_ADD_CODES: Final = RECOVERY_CODES.insert()


def by_id(work: Work, user_id: str) -> StoredUser | None:
    """The user of an id."""
    return _USERS.get(work, user_id)


def by_login(work: Work, login: str) -> StoredUser | None:
    """The user of a login."""
    return next(iter(_USERS.all(work, _BY_LOGIN, {"login": login})), None)


def locked(work: Work, user_id: str) -> StoredUser | None:
    """The user of an id, locked until the work ends."""
    return _USERS.find_locked(work, user_id)


def locked_by_login(work: Work, login: str) -> StoredUser | None:
    """The user of a login, locked until the work ends."""
    found = by_login(work, login)
    return locked(work, found.id) if found else None


def every(work: Work) -> Sequence[StoredUser]:
    """All users, by login."""
    return _USERS.all(work, _ALL, {})


def add(work: Work, user: StoredUser) -> None:
    """Add a user."""
    _USERS.add(work, user)


def save(work: Work, user: StoredUser) -> None:
    """Write what has changed since the user was locked."""
    _USERS.save(work, user)


def use_recovery_code(work: Work, user_id: str, code_hash: str) -> bool:
    """Use up a recovery code; False when there is no such code left."""
    bound = {"of": work.merchant, "at_user": user_id, "at_code": code_hash}
    return work.connection.execute(_USE_CODE, bound).rowcount == 1


def replace_recovery_codes(work: Work, user_id: str, code_hashes: Iterable[str]) -> None:
    """Make these the user's recovery codes, and no others."""
    work.connection.execute(_DROP_CODES, {"of": work.merchant, "at_user": user_id})
    rows = [
        {"merchant": work.merchant, "user_id": user_id, "code_hash": one} for one in code_hashes
    ]
    if rows:
        work.connection.execute(_ADD_CODES, rows)
