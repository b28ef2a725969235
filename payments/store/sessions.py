"""Sessions: a pair of tokens, of which only digests are stored, and the family they belong to.

Renewing a session replaces its pair by the next of the same family; ending one ends its family.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, delete, select, update

from payments.contract.roles import Role
from payments.store.prepared import Prepared
from payments.store.records import Records
from payments.store.tables import SESSIONS, USERS
from payments.store.work import Actor, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """One pair of tokens. ``replaced_ms``: renewed; ``revoked_ms``: ended."""

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
    """Who holds an access token, and until when it counts."""

    actor: Actor
    session_id: str
    expires_ms: int


_SESSIONS: Final = Records(SESSIONS, StoredSession)
_S: Final = SESSIONS.c
_BY_ACCESS: Final = Prepared(_SESSIONS.select().where(_S.access_hash == bindparam("hash")))
_OF_REFRESH: Final = _SESSIONS.select().where(_S.refresh_hash == bindparam("hash"))
_BY_REFRESH_LOCKED: Final = Prepared(_OF_REFRESH.with_for_update())
_SIGNED_IN: Final = (
    select(
        USERS.c.id, USERS.c.name, USERS.c.role, USERS.c.instructor_id, _S.id, _S.access_expires_ms
    )
    .join_from(SESSIONS, USERS, and_(_S.merchant == USERS.c.merchant, _S.user_id == USERS.c.id))
    .where(
        _S.merchant == bindparam("merchant"),
        _S.access_hash == bindparam("hash"),
        _S.access_expires_ms > bindparam("now"),
        _S.revoked_ms.is_(None),
        _S.replaced_ms.is_(None),
        USERS.c.disabled.is_not(True),
    )
)
_END: Final = (
    update(SESSIONS)
    .where(_S.merchant == bindparam("of"), _S.revoked_ms.is_(None))
    .values(revoked_ms=bindparam("now"))
)
_END_FAMILY: Final = _END.where(_S.family == bindparam("at_family"))
_END_USER: Final = _END.where(_S.user_id == bindparam("at_user"))
_REPLACE: Final = (
    update(SESSIONS)
    .where(_S.merchant == bindparam("of"), _S.id == bindparam("at_id"))
    .values(replaced_ms=bindparam("now"))
)
_DROP_OLD: Final = delete(SESSIONS).where(
    _S.merchant == bindparam("of"), _S.refresh_expires_ms <= bindparam("now")
)


def add(work: Work, session: StoredSession) -> None:
    """Add a session, and clear away those that have run out."""
    work.connection.execute(_DROP_OLD, {"of": work.merchant, "now": work.now_ms})
    _SESSIONS.add(work, session)


def signed_in(work: Work, access_hash: str) -> SignedIn | None:
    """Who holds this access token; None when it counts for nobody."""
    bound = {"merchant": work.merchant, "hash": access_hash, "now": work.now_ms}
    row = work.connection.execute(_SIGNED_IN, bound).first()
    if row is None:
        return None
    user_id, name, role, instructor_id, session_id, expires_ms = row
    return SignedIn(Actor(user_id, name, Role(role), instructor_id), session_id, expires_ms)


def by_access(work: Work, access_hash: str) -> StoredSession | None:
    """The session of an access token."""
    return next(iter(_SESSIONS.all(work, _BY_ACCESS, {"hash": access_hash})), None)


def by_refresh(work: Work, refresh_hash: str) -> StoredSession | None:
    """The session of a refresh token, locked: a token used twice at once counts once."""
    return next(iter(_SESSIONS.all(work, _BY_REFRESH_LOCKED, {"hash": refresh_hash})), None)


def mark_replaced(work: Work, session: StoredSession) -> None:
    """The session has been renewed: its tokens count no more."""
    bound = {"of": work.merchant, "at_id": session.id, "now": work.now_ms}
    work.connection.execute(_REPLACE, bound)


def end_family(work: Work, family: str) -> None:
    """End a session and everything it was renewed from or into."""
    bound = {"of": work.merchant, "at_family": family, "now": work.now_ms}
    work.connection.execute(_END_FAMILY, bound)


def end_all_of(work: Work, user_id: str) -> None:
    """End all sessions of a user."""
    bound = {"of": work.merchant, "at_user": user_id, "now": work.now_ms}
    work.connection.execute(_END_USER, bound)
