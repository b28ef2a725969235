"""Users as sign-in needs them: their row, their and their recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, delete, insert, select, update

from payments.contract.roles import Role
from payments.store.tables import RECOVERY_CODES, USERS
from payments.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredUser:
    """A user. ``second_factor`` is sealed, empty when there is none."""

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


_COLUMNS: Final = tuple(column for column in USERS.columns if column.name != "merchant")
_ONE: Final = and_(USERS.c.merchant == bindparam("of_merchant"), USERS.c.id == bindparam("of_user"))
_BY_ID: Final = select(*_COLUMNS).where(_ONE)
_BY_LOGIN: Final = select(*_COLUMNS).where(
    USERS.c.merchant == bindparam("of_merchant"), USERS.c.login == bindparam("of_login")
)


def by_login(work: Work, login: str) -> StoredUser | None:
    """The user with this login, as read."""
    return _user(work.connection.execute(_BY_LOGIN, _login(work, login)).first())


def locked_by_login(work: Work, login: str) -> StoredUser | None:
    """The user with this login, locked until the work ends."""
    return _user(work.connection.execute(_BY_LOGIN.with_for_update(), _login(work, login)).first())


def by_id(work: Work, user_id: str) -> StoredUser | None:
    """The user with this id, as read."""
    return _user(work.connection.execute(_BY_ID, _id(work, user_id)).first())


def locked(work: Work, user_id: str) -> StoredUser | None:
    """The user with this id, locked until the work ends."""
    return _user(work.connection.execute(_BY_ID.with_for_update(), _id(work, user_id)).first())


def any_user(work: Work) -> bool:
    """Whether the merchant has any user yet."""
    found = select(USERS.c.id).where(USERS.c.merchant == work.merchant).limit(1)
    return work.connection.execute(found).first() is not None


def add(work: Work, user: StoredUser) -> None:
    """Add a user; the login must be free."""
    work.connection.execute(insert(USERS), {"merchant": work.merchant, **_columns(user)})


def save(work: Work, user: StoredUser) -> None:
    """Write a user as it stands now."""
    work.connection.execute(update(USERS).where(_ONE).values(_columns(user)), _id(work, user.id))


def replace_recovery_codes(work: Work, user_id: str, digests: Iterable[str]) -> None:
    """Make these the recovery codes of a user; earlier ones count no more."""
    mine = and_(RECOVERY_CODES.c.merchant == work.merchant, RECOVERY_CODES.c.user_id == user_id)
    work.connection.execute(delete(RECOVERY_CODES).where(mine))
    rows = [
        {"merchant": work.merchant, "user_id": user_id, "code_hash": digest} for digest in digests
    ]
    if rows:
        work.connection.execute(insert(RECOVERY_CODES), rows)


def use_recovery_code(work: Work, user_id: str, digest: str) -> bool:
    """Use a recovery code up; whether there was one."""
    gone = work.connection.execute(
        delete(RECOVERY_CODES).where(
            RECOVERY_CODES.c.merchant == work.merchant,
            RECOVERY_CODES.c.user_id == user_id,
            RECOVERY_CODES.c.code_hash == digest,
        )
    )
    return gone.rowcount == 1


def _login(work: Work, login: str) -> dict[str, str]:
    return {"of_merchant": work.merchant, "of_login": login}


def _id(work: Work, user_id: str) -> dict[str, str]:
    return {"of_merchant": work.merchant, "of_user": user_id}


def _columns(user: StoredUser) -> dict[str, Any]:
    return asdict(user)


def _user(row: Row[Any] | None) -> StoredUser | None:
    if row is None:
        return None
    user = StoredUser(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented name of the mapping
    return replace(user, role=Role(user.role))
