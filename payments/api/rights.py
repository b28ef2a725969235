"""Who is asking, and may they: access tokens, permissions, and how often a stranger may knock."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Permission, Role, may
from payments.flows import credentials
from payments.flows.sign_in import RefusedForNowError, SignInDesk
from payments.store.sessions import SignedIn

# How long an access token's holder is remembered: a sign-out in another process counts after that.
_REMEMBERED_S: Final = 3.0
_REMEMBERED: Final = 10_000
# Sign-ins and renewals of one address: bursts of a shared office pass, guessing does not.
_KNOCKS: Final = 30
_KNOCKS_WITHIN_S: Final = 60.0
_SCHEME: Final = "bearer "

T = TypeVar("T")


class Door:
    """Lets in whoever holds an access token, and slows down whoever knocks too often."""

    def __init__(self, desk: SignInDesk, clock: Callable[[], float] = time.monotonic) -> None:
        self._desk = desk
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, SignedIn]] = OrderedDict()
        self._knocks: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def let_in(self, header: str) -> SignedIn:
        """Whoever holds the token of an Authorization header.

        Raises NOT_SIGNED_IN without a bearer token, SESSION_ENDED when it counts no more.
        """
        token = token_of(header)
        digest = credentials.digest(token)
        until, signed_in = self._known.get(digest, (0.0, None))
        if signed_in is not None and self._clock() < until:
            return signed_in
        signed_in = await self._desk.signed_in(token)
        if signed_in is None:
            self._known.pop(digest, None)
            raise RefusedError(Code.SESSION_ENDED)
        _keep(self._known, digest, (self._clock() + _REMEMBERED_S, signed_in))
        return signed_in

    def forget(self, user_id: str) -> None:
        """Ask the database again for every token of a user."""
        for digest, (_, signed_in) in list(self._known.items()):
            if signed_in.actor.user_id == user_id:
                del self._known[digest]

    def slow_down(self, address: str) -> None:
        """Count a knock. Raises TOO_MANY_REQUESTS above 30 a minute from one address."""
        now = self._clock()
        level, last = self._knocks.get(address, (0.0, now))
        level = max(0.0, level - (now - last) * _KNOCKS / _KNOCKS_WITHIN_S)
        if level + 1 > _KNOCKS:
            raise RefusedForNowError(Code.TOO_MANY_REQUESTS, retry_after_s=2)
        _keep(self._knocks, address, (level + 1, now))


def token_of(header: str) -> str:
    """The bearer token of an Authorization header. Raises NOT_SIGNED_IN when there is none."""
    token = header[len(_SCHEME) :].strip()
    if not header.lower().startswith(_SCHEME) or not token:
        raise RefusedError(Code.NOT_SIGNED_IN)
    return token


def check(role: Role, permission: Permission) -> None:
    """Raise NOT_ALLOWED when a role does not have a permission."""
    if not may(role, permission):
        raise RefusedError(Code.NOT_ALLOWED)


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
