"""Sessions: pairs of tokens, stored as hashes only; pairs that replaced one another are a family."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from payments.contract.roles import Role
from payments.store.tables import SESSIONS, USERS
from payments.store.work import Actor, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One pair of tokens. ``replaced_ms`` is when the refresh token was used."""

    id: str
    access_hash: str
    refresh_hash: str
    family: str
    user_id: str
    device: str
    created_ms: int
    access_expires_ms: int
    refresh_expires_ms: int
    replaced_ms: int | None = None
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who holds an access token, and until when."""

    actor: Actor
    access_expires_ms: int


_COLUMNS: Final = tuple(column for column in SESSIONS.columns if column.name != "merchant")


def add(work: Work, session: StoredSession) -> None:
    """Add a pair of tokens."""
    work.connection.execute(insert(SESSIONS), {"merchant": work.merchant, **asdict(session)})


def signed_in(work: Work, access_hash: str) -> SignedIn | None:
    """Who holds this access token; None when it is unknown, revoked or over."""
    users = and_(USERS.c.merchant == SESSIONS.c.merchant, USERS.c.id == SESSIONS.c.user_id)
    found = (
        select(USERS.c.id, USERS.c.name, USERS.c.role, USERS.c.instructor_id)
        .add_columns(SESSIONS.c.access_expires_ms)
        .join_from(SESSIONS, USERS, users)
        .where(
            SESSIONS.c.merchant == work.merchant,
            SESSIONS.c.access_hash == access_hash,
            SESSIONS.c.revoked_ms.is_(None),
            SESSIONS.c.access_expires_ms > work.now_ms,
            USERS.c.disabled.is_(False),
        )
    )
    row = work.connection.execute(found).first()
    if row is None:
        return None
    user_id, name, role, instructor_id, expires_ms = row
    return SignedIn(Actor(user_id, name, Role(role), instructor_id), expires_ms)


def by_access(work: Work, access_hash: str) -> StoredSession | None:
    """The session of an access token, whatever its state."""
    return _one(work, SESSIONS.c.access_hash == access_hash)


def by_refresh(work: Work, refresh_hash: str) -> StoredSession | None:
    """The session of a refresh token, whatever its state, locked until the work ends."""
    return _one(work, SESSIONS.c.refresh_hash == refresh_hash)


def mark_replaced(work: Work, session: StoredSession) -> None:
    """Note that the refresh token was used.

    Its access token lasts its minutes: a request under way with it must not fail because another
    thread has renewed the session.
    """
    _mark(work, SESSIONS.c.id == session.id, "replaced_ms")


def end_family(work: Work, family: str) -> None:
    """End every pair of a family."""
    _mark(work, SESSIONS.c.family == family, "revoked_ms")


def end_all_of(work: Work, user_id: str) -> None:
    """End every session of a user."""
    _mark(work, SESSIONS.c.user_id == user_id, "revoked_ms")


def forget_expired(work: Work) -> None:
    """Delete pairs whose refresh token is over: using one proves nothing any more."""
    work.connection.execute(
        delete(SESSIONS).where(
            SESSIONS.c.merchant == work.merchant, SESSIONS.c.refresh_expires_ms < work.now_ms
        )
    )


def _one(work: Work, condition: ColumnElement[bool]) -> StoredSession | None:
    found = select(*_COLUMNS).where(SESSIONS.c.merchant == work.merchant, condition)
    row = work.connection.execute(found.with_for_update()).first()
    return None if row is None else StoredSession(**row._mapping)  # noqa: SLF001 - documented name


def _mark(work: Work, condition: ColumnElement[bool], column: str) -> None:
    mine: dict[str, Any] = {column: work.now_ms}
    work.connection.execute(
        update(SESSIONS)
        .where(SESSIONS.c.merchant == work.merchant, condition, SESSIONS.c[column].is_(None))
        .values(mine)
    )
