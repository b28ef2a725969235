"""Whether a request may have been sent, and when a provider is left alone."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from payments.certificates import Authority
from payments.channels.transport import STEPS, Breaker, Circuit, Happening, NoAnswerError, Transport

ANSWER = b"HTTP/1.1 200 OK\r\nX-Name: Value\r\nContent-Length: 2\r\n\r\nhi"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def provider(authority: Authority, answer: bytes, until: threading.Event) -> Iterator[str]:
    """A TLS server that answers one request with these bytes; without any it waits for ``until``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate_file, authority.key_file)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(answer)
            if not answer:
                until.wait(10)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        until.set()
        thread.join()
        listening.close()


@pytest.fixture
def sent_to(authority: Authority) -> Iterator[Callable[..., Transport]]:
    made: list[Transport] = []

    def make(url: str, **options: float) -> Transport:
        made.append(Transport(base_url=url, ca_file=str(authority.ca_file), **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for transport in made:
        transport.close()


def test_an_answer_has_lower_case_headers_and_untouched_bytes(authority, sent_to) -> None:
    with provider(authority, ANSWER, threading.Event()) as url:
        answer = sent_to(url).send("GET", "/", headers={})
    assert (answer.status, answer.headers["x-name"], answer.body) == (200, "Value", b"hi")


def test_a_redirect_is_an_answer_and_not_followed(authority, sent_to) -> None:
    with provider(authority, REDIRECT, threading.Event()) as url:
        assert sent_to(url).send("GET", "/", headers={}).status == 302


@pytest.mark.parametrize("broken", [ANSWER[:-1], ANSWER[:9]])
def test_an_answer_cut_off_may_have_been_sent(authority, sent_to, broken: bytes) -> None:
    with (
        provider(authority, broken, threading.Event()) as url,
        pytest.raises(NoAnswerError) as error,
    ):
        sent_to(url).send("POST", "/", headers={}, content=b"x")
    assert error.value.sent


def test_no_answer_in_time_may_have_been_sent(authority, sent_to) -> None:
    with (
        provider(authority, b"", threading.Event()) as url,
        pytest.raises(NoAnswerError) as error,
    ):
        sent_to(url, read_s=0.05).send("POST", "/", headers={}, content=b"x")
    assert error.value.sent


def test_a_refused_connection_was_certainly_not_sent(sent_to) -> None:
    with pytest.raises(NoAnswerError) as error:
        sent_to("https://127.0.0.1:9").send("GET", "/", headers={})
    assert not error.value.sent


def test_five_failures_leave_the_provider_alone_and_are_not_sent(sent_to) -> None:
    transport = sent_to("https://127.0.0.1:9")
    for _ in range(5):
        assert transport.breaker.healthy
        with pytest.raises(NoAnswerError):
            transport.send("GET", "/", headers={})
    assert not transport.breaker.healthy
    with pytest.raises(NoAnswerError, match="open") as error:
        transport.send("GET", "/", headers={})
    assert not error.value.sent


def test_a_5xx_is_an_answer_and_a_failure_of_the_provider(authority, sent_to) -> None:
    with provider(authority, BUSY, threading.Event()) as url:
        transport = sent_to(url)
        assert transport.send("GET", "/", headers={}).status == 503
    assert transport.breaker._failures == 1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_rest_one_request_at_a_time_tries_again() -> None:
    clock = Clock()
    breaker = Breaker(tolerated=2, rest_s=30, monotonic=clock)
    seen = []
    for answered in (False, False):
        assert breaker.enter()
        breaker.report(answered=answered)
    seen.append(breaker.circuit)
    assert not breaker.enter()
    for answered in (False, True):
        clock.now += 30.0
        seen.append(breaker.circuit)
        assert breaker.enter()
        assert not breaker.enter()
        breaker.report(answered=answered)
        seen.append(breaker.circuit)
    opened, trying = Circuit.OPEN, Circuit.HALF_OPEN
    assert seen == [opened, trying, opened, trying, Circuit.CLOSED]
    assert breaker.enter()
    assert breaker.enter()


def test_an_answer_between_failures_starts_the_count_anew() -> None:
    breaker = Breaker(tolerated=2)
    for answered in (False, True, False):
        breaker.enter()
        breaker.report(answered=answered)
    assert breaker.healthy


@pytest.mark.parametrize(("now", "happening"), list(itertools.product(Circuit, Happening)))
def test_every_step_of_the_circuit(now: Circuit, happening: Happening) -> None:
    after = STEPS.get((now, happening), now)
    if happening is Happening.ANSWERED:
        assert after is not Circuit.HALF_OPEN
    if now is Circuit.OPEN:
        assert after is (Circuit.HALF_OPEN if happening is Happening.RESTED else Circuit.OPEN)
