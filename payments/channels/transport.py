"""How every channel reaches its provider: HTTPS with time limits and a circuit breaker.

The one question that matters for money is asked in one place: may the provider have seen the
request? ``NoAnswerError.sent`` is False only when that is impossible.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import httpx
import msgspec

_SERVER_ERRORS: Final = 500
_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class Answer(msgspec.Struct, frozen=True):
    """What a provider answered: lower-case header names, the body's bytes untouched."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswerError(Exception):
    """No answer came. ``sent`` is False only if the request certainly never reached the provider."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class Circuit(StrEnum):
    """Whether requests flow: closed yes, open no, half open one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Happening(StrEnum):
    """What moves a circuit."""

    ANSWERED = "answered"
    FAILED = "failed"
    FAILED_TOO_OFTEN = "failed_too_often"
    RESTED = "rested"


# What is not in the table changes nothing.
STEPS: Final[Mapping[tuple[Circuit, Happening], Circuit]] = MappingProxyType(
    {
        (Circuit.CLOSED, Happening.FAILED_TOO_OFTEN): Circuit.OPEN,
        (Circuit.OPEN, Happening.RESTED): Circuit.HALF_OPEN,
        (Circuit.HALF_OPEN, Happening.ANSWERED): Circuit.CLOSED,
        (Circuit.HALF_OPEN, Happening.FAILED): Circuit.OPEN,
        (Circuit.HALF_OPEN, Happening.FAILED_TOO_OFTEN): Circuit.OPEN,
    }
)


class Breaker:
    """Stops asking a provider that does not answer, and tries it again after a rest.

    ``tolerated`` failures in a row (no answer, or a 5xx) open the circuit for ``rest_s`` seconds;
    then one request is let through to see.
    """

    def __init__(
        self,
        *,
        tolerated: int = 5,
        rest_s: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tolerated = tolerated
        self._rest_s = rest_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._circuit = Circuit.CLOSED
        self._failures = 0
        self._opened_at = 0.0
        self._trying = False

    @property
    def circuit(self) -> Circuit:
        """The state of the circuit now."""
        with self._lock:
            return self._now()

    @property
    def healthy(self) -> bool:
        """Whether new payments may be routed to this provider."""
        return self.circuit is not Circuit.OPEN

    def enter(self) -> bool:
        """Whether a request may go now; each True is followed by one ``report``."""
        with self._lock:
            circuit = self._now()
            if circuit is Circuit.OPEN or (circuit is Circuit.HALF_OPEN and self._trying):
                return False
            self._trying = circuit is Circuit.HALF_OPEN
            return True

    def report(self, *, answered: bool) -> None:
        """Say how the request that was let through went."""
        with self._lock:
            self._failures = 0 if answered else self._failures + 1
            if answered:
                self._take(Happening.ANSWERED)
            elif self._failures >= self._tolerated:
                self._take(Happening.FAILED_TOO_OFTEN)
            else:
                self._take(Happening.FAILED)

    def _now(self) -> Circuit:
        if self._circuit is Circuit.OPEN and self._monotonic() - self._opened_at >= self._rest_s:
            self._take(Happening.RESTED)
        return self._circuit

    def _take(self, happening: Happening) -> None:
        circuit = STEPS.get((self._circuit, happening), self._circuit)
        if circuit is self._circuit:
            return
        self._circuit = circuit
        self._trying = False
        if circuit is Circuit.OPEN:
            self._opened_at = self._monotonic()


class Transport:
    """One kept-alive HTTPS client to one provider; safe to share between threads.

    ``ca_file`` None trusts the operating system's authorities, otherwise that file alone.
    Redirects are not followed and no proxy of the environment is used: a signed request goes to
    the configured host or nowhere.
    """

    def __init__(
        self,
        *,
        base_url: str,
        ca_file: str | None,
        connect_s: float = 3.0,
        read_s: float = 15.0,
        breaker: Breaker | None = None,
    ) -> None:
        self.breaker = breaker or Breaker()
        self._client = httpx.Client(
            base_url=base_url,
            verify=ssl.create_default_context(cafile=ca_file),
            timeout=httpx.Timeout(read_s, connect=connect_s),
            trust_env=False,
        )

    def send(
        self,
        method: str,
        path_or_url: str,
        *,
        headers: Mapping[str, str],
        content: bytes = b"",
    ) -> Answer:
        """Send and wait. Raises NoAnswerError; a 5xx is an answer."""
        if not self.breaker.enter():
            raise NoAnswerError("the circuit to this provider is open", sent=False)
        answered = False
        try:
            response = self._client.request(
                method, path_or_url, headers=dict(headers), content=content
            )
            answered = response.status_code < _SERVER_ERRORS
        except _NEVER_SENT as error:
            raise NoAnswerError(repr(error), sent=False) from error
        except httpx.RequestError as error:
            raise NoAnswerError(repr(error), sent=True) from error
        finally:
            self.breaker.report(answered=answered)
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, lower, response.content)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
