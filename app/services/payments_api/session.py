"""Who is signed in: the tokens, kept by an injected keeper, renewed once however many threads ask.

The refresh token works once. So a renewal happens under a lock, is never repeated by itself when its
answer is lost after sending, and the new tokens are kept before they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final, Protocol

import msgspec

from app.models.store import meta
from app.models.store.database import Store
from app.services.payments_api.client import Call, Client
from app.services.payments_api.problems import NOT_SIGNED_IN, BadAnswerError, ProblemError
from payments.contract.problems import Code
from payments.contract.wire.requests import Me, Refresh, Session, SignIn

_KEPT: Final = "session"
# Answers to a renewal after which only a person can sign in again.
_OVER: Final = NOT_SIGNED_IN | {Code.WRONG_CREDENTIALS, Code.NOT_ALLOWED}


class TokenKeeper(Protocol):
    """Where tokens outlive the program: inside the encrypted store, never in a plain file."""

    def load(self) -> bytes | None:
        """What was kept last, or nothing."""

    def save(self, kept: bytes) -> None:
        """Keep this, replacing what was kept before."""

    def forget(self) -> None:
        """Keep nothing any more."""


class StoreTokens:
    """Keeps tokens in the encrypted store of the user they belong to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load(self) -> bytes | None:
        """What was kept last, or nothing."""
        with self._store.reading() as db:
            return meta.get(db, _KEPT).encode() or None

    def save(self, kept: bytes) -> None:
        """Keep this, replacing what was kept before."""
        with self._store.writing() as db:
            meta.put(db, _KEPT, kept.decode())

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._store.writing() as db:
            meta.put(db, _KEPT, "")


class SignedIn:
    """The session of this console. Threads share it."""

    def __init__(self, keeper: TokenKeeper, ended: Callable[[], None]) -> None:
        """``ended`` is called once, in any thread, when the services have ended the session."""
        self._keeper = keeper
        self._ended = ended
        self._lock = Lock()
        self._session = _kept(keeper)

    @property
    def me(self) -> Me | None:
        """The user as of the last sign-in or renewal, also offline; None when signed out."""
        session = self._session
        return session.me if session is not None else None

    def sign_in(self, client: Client, sign_in: SignIn) -> Me:
        """Begin a session.

        Raises ProblemError: ``wrong_credentials``, ``second_factor_required`` (ask for the code and
        call again with it) or ``locked_out``; and the other errors of ``Client.send``.
        """
        session = client.send(Call("POST", "/v1/sessions", body=sign_in), Session)
        with self._lock:
            self._keep(session)
        return session.me

    def sign_out(self, client: Client, *, everywhere: bool = False) -> None:
        """End this session, or all of this user, at the services and here.

        It ends here in any case. Raises the errors of ``Client.send`` when the services could not
        be told.
        """
        path = "/v1/sessions" if everywhere else "/v1/sessions/current"
        with self._lock:
            session = self._session
            self._forget()
        if session is not None:
            client.send(Call("DELETE", path), type(None), session.access_token)

    def access_token(self) -> str:
        """The token for the next call. Raises ProblemError ``not_signed_in``."""
        session = self._session
        if session is None:
            raise ProblemError(Code.NOT_SIGNED_IN)
        return session.access_token

    def renewed(self, client: Client, refused: str) -> str:
        """A token newer than the ``refused`` one, fetched unless another thread already has it.

        Raises ProblemError ``session_ended`` when only signing in again helps.
        """
        with self._lock:
            session = self._session
            if session is None:
                raise ProblemError(Code.SESSION_ENDED)
            if session.access_token == refused:
                self._keep(self._refresh(client, session))
            return self.access_token()

    def _refresh(self, client: Client, session: Session) -> Session:
        ask = Call("POST", "/v1/sessions/refresh", body=Refresh(session.refresh_token))
        try:
            return client.send(ask, Session)
        except ProblemError as problem:
            if problem.code not in _OVER:
                raise
        self._forget()
        self._ended()
        raise ProblemError(Code.SESSION_ENDED)

    def _keep(self, session: Session) -> None:
        for token in (session.access_token, session.refresh_token):
            if not (token and token.isascii() and token.isprintable()):
                raise BadAnswerError("token")
        self._keeper.save(msgspec.json.encode(session))
        self._session = session

    def _forget(self) -> None:
        self._session = None
        self._keeper.forget()


def _kept(keeper: TokenKeeper) -> Session | None:
    kept = keeper.load()
    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=Session)
    except msgspec.DecodeError:
        return None  # of a version with other tokens: signing in again replaces it
