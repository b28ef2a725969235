"""Sign in, stay signed in, sign out; the second factor and its recovery codes.

A password is checked outside the transaction, at most two at a time, because one costs 20 ms and
19 MiB. What it proves is judged inside, on the locked user. Failures are counted there and must
survive the refusal, so those flows *return* a refusal instead of raising it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import GRANTS
from payments.contract.wire.requests import (
    Me,
    RecoveryCodes,
    SecondFactorSetup,
    Session,
    SignIn,
)
from payments.flows import credentials
from payments.flows.credentials import SecondFactor
from payments.sealing import Seal
from payments.store import audit, merchants, security_events, sessions, users
from payments.store.database import Database
from payments.store.instants import instant, milliseconds
from payments.store.sessions import SignedIn, StoredSession
from payments.store.users import StoredUser
from payments.store.work import Actor, Work

ACCESS_LASTS: Final = timedelta(minutes=15)
REFRESH_LASTS: Final = timedelta(days=30)
FAILURES_BEFORE_LOCK: Final = 5
LOCK_LASTS: Final = timedelta(minutes=15)
_PASSWORDS_AT_A_TIME: Final = 2
_STRANGERS_REMEMBERED: Final = 10_000

T = TypeVar("T")


class RefusedForNowError(RefusedError):
    """A refusal that ends by itself: the same request may succeed after ``retry_after_s``."""

    def __init__(self, code: Code, retry_after_s: int) -> None:
        super().__init__(code)
        self.retry_after_s = retry_after_s


class Presented(msgspec.Struct, frozen=True):
    """What somebody presented at the door, with the password already compared."""

    request: SignIn
    compared_with: str | None
    matches: bool


class SignInDesk:
    """Where sessions begin, are renewed and end."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal
        self._places = asyncio.Semaphore(_PASSWORDS_AT_A_TIME)
        self._strangers: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    async def signed_in(self, access_token: str) -> SignedIn | None:
        """Who holds this access token; None when it counts for nobody."""
        return await self._database.read(sessions.signed_in, credentials.digest(access_token))

    async def me(self, actor: Actor) -> Me:
        """The signed-in user with the merchant's settings. Raises SESSION_ENDED."""
        return await self._database.read(_me_of, actor.user_id, self._seal)

    async def sign_in(self, request: SignIn) -> Session:
        """A new session. Raises WRONG_CREDENTIALS, SECOND_FACTOR_REQUIRED, LOCKED_OUT."""
        user = await self._database.read(users.by_login, request.login)
        if user is None:
            self._refuse_stranger(request.login)
        elif refusal := _locked(user, instant(self._database.now_ms())):
            raise refusal
        stored = user.password_hash if user else None
        async with self._places:
            matches = await asyncio.to_thread(
                credentials.password_matches, stored, request.password
            )
        presented = Presented(request, stored, matches)
        return _granted(await self._database.run(_enter, presented, self._seal))

    async def refresh(self, refresh_token: str) -> Session:
        """A new pair of tokens. Raises SESSION_ENDED; a token used twice ends its whole family."""
        return _granted(
            await self._database.run(_renew, credentials.digest(refresh_token), self._seal)
        )

    async def sign_out(self, access_token: str) -> None:
        """End this session, on this device."""
        await self._database.run(_end_session, credentials.digest(access_token))

    async def sign_out_everywhere(self, actor: Actor) -> None:
        """End every session of a user."""
        await self._database.run(_end_all_sessions, actor=actor)

    def _refuse_stranger(self, login: str) -> None:
        """Count unknown logins like known ones, so that a lock-out tells nobody who exists."""
        now = instant(self._database.now_ms())
        failures, since = self._strangers.pop(login, (0, now))
        if now - since >= LOCK_LASTS:
            failures, since = 0, now
        self._strangers[login] = (failures + 1, since)
        if len(self._strangers) > _STRANGERS_REMEMBERED:
            self._strangers.popitem(last=False)
        if failures >= FAILURES_BEFORE_LOCK:
            raise RefusedForNowError(Code.LOCKED_OUT, _seconds(since + LOCK_LASTS - now))


def _me(work: Work, user: StoredUser, seal: Seal) -> Me:
    merchant = merchants.get(work)
    return Me(
        user_id=user.id,
        login=user.login,
        name=user.name,
        role=user.role,
        merchant=work.merchant,
        merchant_name=merchant.name,
        zone=merchant.zone,
        base_currency=merchant.base_currency,
        permissions=tuple(sorted(GRANTS[user.role])),
        second_factor=_has_factor(user, seal),
        refund_limit=merchant.settings.refund_limit,
        risk_threshold=merchant.settings.risk_threshold,
        instructor_id=user.instructor_id,
    )


def _me_of(work: Work, user_id: str, seal: Seal) -> Me:
    user = users.by_id(work, user_id)
    if user is None:
        raise RefusedError(Code.SESSION_ENDED)
    return _me(work, user, seal)


def _granted(result: T | RefusedError) -> T:
    if isinstance(result, RefusedError):
        raise result
    return result


def _seconds(span: timedelta) -> int:
    return max(1, -int(-span.total_seconds() // 1))


def _locked(user: StoredUser, now: datetime) -> RefusedForNowError | None:
    if user.locked_until_ms is None or instant(user.locked_until_ms) <= now:
        return None
    return RefusedForNowError(Code.LOCKED_OUT, _seconds(instant(user.locked_until_ms) - now))


def _enter(work: Work, presented: Presented, seal: Seal) -> Session | RefusedError:
    user = users.locked_by_login(work, presented.request.login)
    # A password changed since it was compared proves nothing any more.
    if user is None or user.password_hash != presented.compared_with:
        return RefusedError(Code.WRONG_CREDENTIALS)
    if refusal := _locked(user, work.now):
        return refusal
    if not presented.matches or user.disabled:
        return _failed(work, user)
    if _has_factor(user, seal):
        if not presented.request.code:
            return RefusedError(Code.SECOND_FACTOR_REQUIRED)
        proved = _proved(work, user, presented.request.code, seal)
        if proved is None:
            return _failed(work, user)
        user = proved
    user = replace(user, failed=0, locked_until_ms=None)
    users.save(work, user)
    audit.note(work, "session.begin", user.id, {"device": presented.request.device})
    return _session(work, user, work.new_id(), presented.request.device, seal)


def _failed(work: Work, user: StoredUser) -> RefusedError:
    failed = user.failed + 1
    locked_until_ms = (
        milliseconds(work.now + LOCK_LASTS) if failed >= FAILURES_BEFORE_LOCK else None
    )
    users.save(work, replace(user, failed=failed, locked_until_ms=locked_until_ms))
    if locked_until_ms is not None:
        audit.note(work, "session.lock_out", user.id, {"failures": failed})
    return RefusedError(Code.WRONG_CREDENTIALS)


def _purpose(user: StoredUser) -> str:
    return f"second factor of {user.id}"


def _factor(user: StoredUser, seal: Seal) -> SecondFactor:
    text = seal.open(user.second_factor, _purpose(user))
    return msgspec.json.decode(text, type=SecondFactor)


def _has_factor(user: StoredUser, seal: Seal) -> bool:
    return user.second_factor != "" and _factor(user, seal).confirmed


def _with_factor(user: StoredUser, factor: SecondFactor, seal: Seal) -> StoredUser:
    text = msgspec.json.encode(factor).decode()
    return replace(user, second_factor=seal.seal(text, _purpose(user)))


def _proved(work: Work, user: StoredUser, code: str, seal: Seal) -> StoredUser | None:
    """The user with the code used up, or None when it proves nothing."""
    factor = _factor(user, seal)
    step = credentials.accepted_step(factor, code, work.now)
    if step is not None:
        return _with_factor(user, msgspec.structs.replace(factor, last_step=step), seal)
    if users.use_recovery_code(work, user.id, credentials.recovery_digest(code)):
        audit.note(work, "session.recovery_code", user.id)
        return user
    return None


def _session(work: Work, user: StoredUser, family: str, device: str, seal: Seal) -> Session:
    access, refresh = credentials.new_token(), credentials.new_token()
    access_expires, refresh_expires = work.now + ACCESS_LASTS, work.now + REFRESH_LASTS
    sessions.add(
        work,
        StoredSession(
            id=work.new_id(),
            access_hash=credentials.digest(access),
            refresh_hash=credentials.digest(refresh),
            family=family,
            user_id=user.id,
            device=device,
            created_ms=work.now_ms,
            access_expires_ms=milliseconds(access_expires),
            refresh_expires_ms=milliseconds(refresh_expires),
        ),
    )
    return Session(access, refresh, access_expires, refresh_expires, _me(work, user, seal))


def _renew(work: Work, refresh_hash: str, seal: Seal) -> Session | RefusedError:
    session = sessions.by_refresh(work, refresh_hash)
    if session is None or session.revoked_ms is not None:
        return RefusedError(Code.SESSION_ENDED)
    if session.replaced_ms is not None:
        # Somebody has a token that was replaced: whoever holds the newer one may be the thief.
        sessions.end_family(work, session.family)
        security_events.add(work, "refresh_token_reused", "", session.user_id, {})
        audit.note(work, "session.token_reused", session.user_id, {"device": session.device})
        return RefusedError(Code.SESSION_ENDED)
    user = users.by_id(work, session.user_id)
    if user is None or user.disabled or session.refresh_expires_ms <= work.now_ms:
        return RefusedError(Code.SESSION_ENDED)
    sessions.mark_replaced(work, session)
    return _session(work, user, session.family, session.device, seal)


def _end_session(work: Work, access_hash: str) -> None:
    session = sessions.by_access(work, access_hash)
    if session is not None:
        sessions.end_family(work, session.family)


def _acting(work: Work) -> StoredUser:
    user = users.locked(work, work.actor.user_id) if work.actor else None
    if user is None:
        raise RefusedError(Code.SESSION_ENDED)
    return user


def _end_all_sessions(work: Work) -> None:
    user = _acting(work)
    sessions.end_all_of(work, user.id)
    audit.note(work, "session.end_all", user.id)


def set_up_second_factor(work: Work, seal: Seal) -> SecondFactorSetup:
    """A new secret for the work's actor, which counts once its first code is confirmed.

    Raises STEP_REFUSED when there is a confirmed one: an administrator resets it.
    """
    user = _acting(work)
    if _has_factor(user, seal):
        raise RefusedError(Code.STEP_REFUSED, "there is a second factor already")
    factor = credentials.new_second_factor()
    users.save(work, _with_factor(user, factor, seal))
    return SecondFactorSetup(factor.secret, credentials.enrolment_uri(factor, user.login))


def confirm_second_factor(work: Work, code: str, seal: Seal) -> RecoveryCodes:
    """Make the new second factor count. Raises WRONG_CREDENTIALS, STEP_REFUSED."""
    user = _acting(work)
    if not user.second_factor or _has_factor(user, seal):
        raise RefusedError(Code.STEP_REFUSED, "no second factor waits for its first code")
    factor = _factor(user, seal)
    step = credentials.accepted_step(factor, code, work.now)
    if step is None:
        raise RefusedError(Code.WRONG_CREDENTIALS)
    confirmed = SecondFactor(factor.secret, confirmed=True, last_step=step)
    users.save(work, _with_factor(user, confirmed, seal))
    codes = credentials.new_recovery_codes()
    users.replace_recovery_codes(work, user.id, map(credentials.recovery_digest, codes))
    audit.note(work, "second_factor.confirm", user.id)
    return RecoveryCodes(codes)
