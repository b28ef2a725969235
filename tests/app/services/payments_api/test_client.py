"""What is sent, repeated and believed, against a real server over TLS."""

from __future__ import annotations

import gzip
from threading import Event, Thread

import pytest

from app.services.payments_api.client import Call, Client
from app.services.payments_api.problems import (
    ApiError,
    BadAnswerError,
    NoAnswerError,
    ProblemError,
    UntrustedError,
)
from payments.contract.problems import Code
from payments.contract.wire.requests import CaseNote, Health
from tests.app.services.loopback import Answering, answering, refusing

HEALTH = Health("ok", "1")
ASK = Call("GET", "/health")
WRITE = Call("POST", "/v1/refunds/r1/retry", body=CaseNote("again"), key="key-1", version=7)
WRITE_ONCE = Call("POST", "/v1/sessions", body=CaseNote("once"))


@pytest.fixture
def client(server):
    opened = Client(server.url, server.ca_file)
    yield opened
    opened.interrupt()
    opened.close()


def test_an_answer_is_read_into_the_contract(server, client):
    server.script("/health", answering(HEALTH))
    assert client.send(ASK, Health) == HEALTH


def test_a_write_carries_token_key_and_version(server, client):
    server.script(WRITE.path, answering(HEALTH))
    client.send(WRITE, Health, "token")
    got = server.got[0]
    assert got.token == "token"
    assert got.key == "key-1"
    assert got.headers["if-match"] == '"7"'
    assert got.body == b'{"note":"again"}'


def test_nothing_is_sent_without_a_token_or_key_that_was_not_given(server, client):
    server.script("/health", answering(HEALTH))
    client.send(ASK, Health)
    assert not {"authorization", "idempotency-key", "if-match"} & set(server.got[0].headers)


def test_a_server_of_another_authority_is_told_nothing(server, another_ca):
    stranger = Client(server.url, another_ca)
    with pytest.raises(UntrustedError):
        stranger.send(WRITE, Health, "token")
    stranger.close()
    assert server.got == []


def test_only_https_is_spoken(server):
    with pytest.raises(ValueError, match="http://"):
        Client(server.url.replace("https", "http"), server.ca_file)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server, client, status):
    server.script(WRITE.path, Answering(status=status, headers={"location": "/elsewhere"}))
    with pytest.raises(BadAnswerError):
        client.send(WRITE, Health)
    assert server.paths() == [WRITE.path]


@pytest.mark.parametrize("trouble", [None, refusing(Code.INTERNAL), refusing(Code.UNAVAILABLE)])
def test_passing_trouble_is_overcome_with_the_same_key(server, client, trouble):
    server.script(WRITE.path, trouble, trouble, answering(HEALTH))
    assert client.send(WRITE, Health) == HEALTH
    assert [got.key for got in server.got] == ["key-1"] * 3


def test_an_error_of_something_in_between_passes_too(server, client):
    page = Answering(b"<h1>Bad gateway</h1>", 502, kind="text/html")
    server.script("/health", page, answering(HEALTH))
    assert client.send(ASK, Health) == HEALTH


def test_trouble_that_stays_is_reported(server, client):
    server.script("/health", *[refusing(Code.UNAVAILABLE)] * 3)
    with pytest.raises(ProblemError) as refused:
        client.send(ASK, Health)
    assert refused.value.code is Code.UNAVAILABLE
    assert len(server.got) == 3


def test_what_has_no_key_is_sent_once(server, client):
    server.script(WRITE_ONCE.path, None, answering(HEALTH))
    with pytest.raises(NoAnswerError):
        client.send(WRITE_ONCE, Health)
    assert len(server.got) == 1


@pytest.mark.parametrize("code", [Code.CHANNEL_REFUSED, Code.LOCKED_OUT, Code.VERSION_CHANGED])
def test_a_refusal_is_not_repeated(server, client, code):
    server.script(WRITE.path, refusing(code))
    with pytest.raises(ProblemError) as refused:
        client.send(WRITE, Health)
    assert refused.value.code is code
    assert len(server.got) == 1


def test_a_refusal_of_a_newer_service_is_still_a_refusal(server, client):
    body = b'{"type":"x","title":"x","status":409,"code":"of_tomorrow","more":[1]}'
    server.script("/health", Answering(body, 409, kind="application/problem+json"))
    with pytest.raises(ProblemError) as refused:
        client.send(ASK, Health)
    assert refused.value.code is Code.BAD_REQUEST


def test_a_page_cut_in_the_middle_is_no_answer_and_is_asked_again(server, client):
    whole = answering(HEALTH)
    server.script("/health", Answering(whole.body, cut=5), whole)
    assert client.send(ASK, Health) == HEALTH


POISON = {
    "not json": Answering(b"\x00\xff"),
    "empty": Answering(b""),
    "another type": Answering(b'{"status": 1, "version": []}'),
    "missing field": Answering(b'{"status": "ok"}'),
    "bad utf-8": Answering(b'{"status": "\xff\xfe", "version": "1"}'),
    "lone surrogate": Answering(b'{"status": "\\ud800", "version": 1}'),
    "deep": Answering(b'{"extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a page instead of data": Answering(b"<html>", kind="text/html"),
    "no type": Answering(b'{"status":"ok","version":"1"}', kind=""),
    "wrong encoding": Answering(b"plain", headers={"content-encoding": "gzip"}),
    "refusal without a reason": Answering(b"{}", 404),
    "refusal that is none": Answering(b"[]", 409, kind="application/problem+json"),
    "nothing": Answering(b"", 204),
}


@pytest.mark.parametrize("name", POISON)
def test_an_answer_that_breaks_the_contract_is_not_believed(server, client, name):
    server.script("/health", POISON[name])
    with pytest.raises(BadAnswerError):
        client.send(ASK, Health)
    assert len(server.got) == 1


def test_an_endless_answer_is_given_up(server):
    small = Client(server.url, server.ca_file, largest_answer=1000)
    server.script(
        "/health",
        Answering(b" " * 1001),
        Answering(gzip.compress(b" " * 100_000), headers={"content-encoding": "gzip"}),
    )
    for _ in range(2):
        with pytest.raises(BadAnswerError, match="large"):
            small.send(ASK, Health)
    small.close()


def test_a_restarted_server_is_found_again(server, client):
    server.service = lambda _got: answering(HEALTH)
    client.send(ASK, Health)
    server.stop()
    server.start()
    assert client.send(ASK, Health) == HEALTH
    assert client.send(WRITE, Health) == HEALTH


def test_no_server_is_no_answer(server, client):
    server.stop()
    with pytest.raises(NoAnswerError):
        client.send(ASK, Health)
    server.start()


def test_a_long_wait_ends_when_it_is_interrupted(server, client):
    asked, release, outcome = Event(), Event(), []
    server.script("/health", answering(HEALTH))
    client.send(ASK, Health)

    def hold(_got):
        asked.set()
        release.wait(30)

    def wait() -> None:
        try:
            client.send(Call("GET", "/v1/feed", wait_s=25), Health)
        except ApiError as error:
            outcome.append(error)

    server.service = hold
    waiting = Thread(target=wait)
    waiting.start()
    assert asked.wait(10)
    client.interrupt()
    waiting.join(10)
    release.set()
    assert [type(error) for error in outcome] == [NoAnswerError]
    with pytest.raises(NoAnswerError):
        client.send(ASK, Health)


def test_another_client_goes_on_when_one_is_interrupted(server, client):
    other = client.another()
    other.interrupt()
    server.script("/health", answering(HEALTH))
    assert client.send(ASK, Health) == HEALTH
    other.close()


def test_the_proxy_of_the_environment_is_not_asked(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    direct = Client(server.url, server.ca_file)
    server.script("/health", answering(HEALTH))
    assert direct.send(ASK, Health) == HEALTH
    direct.close()
