"""HTTPS to the payment services: trust, time limits, repetition, and what is believed of an answer.

A ``Call`` says what is asked. What is safe to repeat (reading, or a write with an idempotency key) is
repeated a few times with the same key when no answer comes or the services say that the trouble
passes. Redirects are not followed, environment proxies and netrc are not read: the address and the
authority a person agreed to are the only ones talked to.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Any, Final, TypeVar
from weakref import WeakSet

import httpx
import msgspec

from app.services.payments_api.problems import (
    PASSING,
    ApiError,
    BadAnswerError,
    NoAnswerError,
    ProblemError,
    UntrustedError,
)
from payments.contract.problems import Code, FieldProblem

T = TypeVar("T")

_CONNECT_S: Final = 5.0
_ANSWER_S: Final = 15.0
_WHOLE_ANSWER_S: Final = 120.0
_LARGEST_ANSWER: Final = 64 * 1024 * 1024
# Pauses before the second and third try.
_PAUSES_S: Final = (0.2, 0.8)
_REPEATABLE: Final = frozenset({"GET", "PUT", "DELETE"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``version`` becomes If-Match; ``wait_s`` is how long the services may hold it."""

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: msgspec.Struct | None = None
    key: str = ""
    version: int | None = None
    wait_s: float = 0

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the effect of sending it once."""
        return bool(self.key) or self.method in _REPEATABLE

    def headers(self, token: str) -> dict[str, str]:
        """The headers of this request for a bearer of ``token`` (none when empty)."""
        headers = {"Accept": "application/json"}
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if self.key:
            headers["Idempotency-Key"] = self.key
        if self.version is not None:
            headers["If-Match"] = f'"{self.version}"'
        return headers


class _AnyProblem(msgspec.Struct, frozen=True):
    """A problem as an older or newer service may send it."""

    code: str
    errors: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content_type: str
    body: bytes


class Client:
    """A few kept connections to one server. Threads may share it."""

    def __init__(
        self, base_url: str, ca_file: Path | None = None, *, largest_answer: int = _LARGEST_ANSWER
    ) -> None:
        """``ca_file`` is the only authority believed; without it, the system's are.

        Raises ValueError for an address that is not https, OSError for an unreadable authority.
        """
        if httpx.URL(base_url).scheme != "https":
            raise ValueError(base_url)
        self._base_url = base_url
        self._ca_file = ca_file
        self._largest_answer = largest_answer
        self._stopped = Event()
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._sockets_lock = Lock()
        self._http = httpx.Client(
            base_url=base_url,
            verify=ssl.create_default_context(cafile=ca_file),
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=8, keepalive_expiry=30),
        )

    def another(self) -> Client:
        """A client of the same server with connections (and an end) of its own."""
        return Client(self._base_url, self._ca_file, largest_answer=self._largest_answer)

    def send(self, call: Call, answer: type[T], token: str = "") -> T:
        """Send a call, repeatedly where that is safe, and read its answer.

        Raises ProblemError, NoAnswerError, UntrustedError or BadAnswerError.
        """
        for pause in _PAUSES_S:
            try:
                return self._once(call, answer, token)
            except ApiError as error:
                if not (call.repeatable and _passes(error)) or self._stopped.wait(pause):
                    raise
        return self._once(call, answer, token)

    def interrupt(self) -> None:
        """End every call under way, from any thread; they and all later ones get no answer."""
        self._stopped.set()
        with self._sockets_lock:
            for connected in self._sockets:
                _hang_up(connected)

    def close(self) -> None:
        """Give the connections back; called when no thread has a call under way."""
        self._stopped.set()
        self._http.close()

    def _once(self, call: Call, answer: type[T], token: str) -> T:
        if self._stopped.is_set():
            raise NoAnswerError("closed")
        try:
            got = self._exchange(call, token)
        except httpx.TransportError as error:
            raise _no_answer(error) from error
        except httpx.DecodingError as error:
            raise BadAnswerError("content encoding") from error
        return _read(got, answer)

    def _exchange(self, call: Call, token: str) -> _Answer:
        ends_at = monotonic() + _WHOLE_ANSWER_S
        body = bytearray()
        with self._http.stream(
            call.method,
            call.path,
            params=dict(call.query),
            content=None if call.body is None else msgspec.json.encode(call.body),
            headers=call.headers(token),
            timeout=httpx.Timeout(_ANSWER_S + call.wait_s, connect=_CONNECT_S),
            extensions={"trace": self._connected},
        ) as response:
            for part in response.iter_bytes():
                body += part
                if len(body) > self._largest_answer:
                    raise BadAnswerError("too large")
                if monotonic() > ends_at:
                    raise NoAnswerError("too slow")
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return _Answer(response.status_code, kind, bytes(body))

    def _connected(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember each new connection, so that ``interrupt`` can end a long wait on it."""
        if event != "connection.start_tls.complete":
            return
        connected = info["return_value"].get_extra_info("socket")
        with self._sockets_lock:
            self._sockets.add(connected)
            if self._stopped.is_set():
                _hang_up(connected)


def _hang_up(connected: socket.socket) -> None:
    """Wake up whoever reads from this connection; the reader closes it."""
    try:
        # The plain method: the one of an SSL socket would change it under its reader.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
    except OSError:
        return  # it was closed meanwhile, which is what was wanted


def _passes(error: ApiError) -> bool:
    if isinstance(error, ProblemError):
        return error.code in PASSING
    return isinstance(error, NoAnswerError) and not isinstance(error, UntrustedError)


def _no_answer(error: httpx.TransportError) -> NoAnswerError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UntrustedError(cause.verify_message)
        cause = cause.__cause__ or cause.__context__
    return NoAnswerError(type(error).__name__)


@cache
def _decoder(answer: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(answer)


def _decoded(body: bytes, answer: type[T]) -> T:
    """Raises BadAnswerError for everything that is not exactly what was promised."""
    kind: Any = answer
    try:
        decoded: T = _decoder(kind).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadAnswerError(answer.__name__) from error
    return decoded


def _read(got: _Answer, answer: type[T]) -> T:
    if got.status == httpx.codes.NO_CONTENT and answer is type(None):
        return answer()
    if httpx.codes.is_success(got.status):
        if got.content_type != "application/json":
            raise BadAnswerError(got.content_type)
        return _decoded(got.body, answer)
    if got.content_type == "application/problem+json":
        problem = _decoded(got.body, _AnyProblem)
        raise ProblemError(_code(problem.code), problem.errors)
    if httpx.codes.is_server_error(got.status):
        raise ProblemError(Code.UNAVAILABLE)  # from something in between, such as a proxy
    raise BadAnswerError(got.status)


def _code(code: str) -> Code:
    """A refusal that this version of the console does not know is still a refusal."""
    try:
        return Code(code)
    except ValueError:
        return Code.BAD_REQUEST
