"""Signing in, renewing once for everybody, and the end of a session."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import msgspec
import pytest

from app.models.store.database import Store
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.problems import BadAnswerError, NoAnswerError, ProblemError
from app.services.payments_api.session import SignedIn, StoreTokens
from payments.contract.problems import Code
from payments.contract.roles import Role
from payments.contract.wire.requests import Me, Refresh, Session, SignIn
from tests.app.services.loopback import Got, answering, refusing

NEW = "/v1/sessions"
REFRESH = "/v1/sessions/refresh"
ME = Me(
    user_id="u1",
    login="lin",
    name="林",
    role=Role.FINANCE,
    merchant="main",
    merchant_name="示例",
    zone="Asia/Shanghai",
    base_currency="CNY",
    permissions=(),
    second_factor=True,
    refund_limit=50_000,
    risk_threshold="90",
)
SIGN_IN = SignIn("lin", "secret", code="123456", device="desk")


def session_of(number: int) -> Session:
    until = datetime(2030, 1, 1, tzinfo=UTC)
    return Session(f"access-{number}", f"refresh-{number}", until, until, ME)


class Keeper:
    def __init__(self, kept: bytes | None = None) -> None:
        self.kept = kept

    def load(self) -> bytes | None:
        return self.kept

    def save(self, kept: bytes) -> None:
        self.kept = kept

    def forget(self) -> None:
        self.kept = None


class Service:
    """Sessions as the services keep them: only the newest pair of tokens is good."""

    def __init__(self) -> None:
        self.number = 1
        self.ended = False

    def __call__(self, got: Got):
        if got.path == REFRESH:
            asked = msgspec.json.decode(got.body, type=Refresh)
            if self.ended or asked.refresh_token != f"refresh-{self.number}":
                return refusing(Code.SESSION_ENDED)
            self.number += 1
            return answering(session_of(self.number))
        if got.path == NEW and got.method == "POST":
            return answering(session_of(self.number), 201)
        if self.ended or got.token != f"access-{self.number}":
            return refusing(Code.NOT_SIGNED_IN)
        return answering(ME)


@pytest.fixture
def ends():
    return []


@pytest.fixture
def keeper():
    return Keeper()


@pytest.fixture
def api(server, keeper, ends) -> Iterator[PaymentsApi]:
    server.service = Service()
    made = PaymentsApi(Client(server.url, server.ca_file), SignedIn(keeper, lambda: ends.append(1)))
    yield made
    made.interrupt()
    made.close()


def test_signing_in_keeps_the_tokens_and_tells_who_it_is(api, keeper):
    assert api.sign_in(SIGN_IN) == ME
    assert api.session.me == ME
    assert msgspec.json.decode(keeper.kept, type=Session) == session_of(1)
    assert api.me() == ME


def test_a_restarted_console_is_still_signed_in(server, api, keeper):
    api.sign_in(SIGN_IN)
    again = PaymentsApi(Client(server.url, server.ca_file), SignedIn(keeper, lambda: None))
    assert again.session.me == ME
    assert again.me() == ME
    again.close()


@pytest.mark.parametrize("kept", [b"", b"{}", b"\xff", b'{"access_token": 1}'])
def test_tokens_that_cannot_be_read_mean_signed_out(kept):
    assert SignedIn(Keeper(kept), lambda: None).me is None


def test_the_second_factor_is_asked_for(server, api, keeper):
    server.script(NEW, refusing(Code.SECOND_FACTOR_REQUIRED))
    with pytest.raises(ProblemError) as refused:
        api.sign_in(SignIn("lin", "secret"))
    assert refused.value.code is Code.SECOND_FACTOR_REQUIRED
    assert keeper.kept is None


def test_a_sign_in_without_an_answer_is_not_repeated(server, api):
    server.script(NEW, None)
    with pytest.raises(NoAnswerError):
        api.sign_in(SIGN_IN)
    assert server.paths() == [NEW]


def test_nothing_is_asked_before_signing_in(server, api):
    with pytest.raises(ProblemError) as refused:
        api.me()
    assert refused.value.code is Code.NOT_SIGNED_IN
    assert server.got == []


def test_an_expired_token_is_renewed_and_the_call_goes_through(server, api, keeper):
    api.sign_in(SIGN_IN)
    server.script("/v1/me", refusing(Code.NOT_SIGNED_IN))
    assert api.me() == ME
    assert server.paths() == [NEW, "/v1/me", REFRESH, "/v1/me"]
    assert msgspec.json.decode(keeper.kept, type=Session) == session_of(2)


def test_the_store_keeps_the_tokens_until_they_are_forgotten(tmp_path):
    for _ in range(2):
        store = Store.open(tmp_path / "store.db", b"k" * 32)
        keeper = StoreTokens(store)
        assert keeper.load() in {None, b'{"token":"\xe6\x9e\x97"}'}
        keeper.save(b'{"token":"\xe6\x9e\x97"}')
        store.close()
    store = Store.open(tmp_path / "store.db", b"k" * 32)
    keeper = StoreTokens(store)
    assert keeper.load() == b'{"token":"\xe6\x9e\x97"}'
    keeper.forget()
    assert keeper.load() is None
    store.close()
    assert b"token" not in (tmp_path / "store.db").read_bytes()


def test_eight_threads_renew_once(server, api):
    api.sign_in(SIGN_IN)
    stale = api.session.access_token()
    start = Barrier(8)

    def renew(_number: int):
        start.wait()
        return api.session.renewed(api._client, stale)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(renew, range(8))) == {"access-2"}
    assert server.paths().count(REFRESH) == 1


def test_an_ended_session_is_told_once_to_however_many_threads(server, api, keeper, ends):
    api.sign_in(SIGN_IN)
    server.service.ended = True
    start = Barrier(8)

    def ask(_number: int) -> Code:
        start.wait()
        with pytest.raises(ProblemError) as refused:
            api.me()
        return refused.value.code

    with ThreadPoolExecutor(8) as threads:
        codes = set(threads.map(ask, range(8)))
    assert codes <= {Code.SESSION_ENDED, Code.NOT_SIGNED_IN}
    assert ends == [1]
    assert keeper.kept is None
    assert api.session.me is None


def test_a_renewal_without_an_answer_keeps_what_there_is(server, api, keeper, ends):
    api.sign_in(SIGN_IN)
    server.script("/v1/me", refusing(Code.NOT_SIGNED_IN))
    server.script(REFRESH, None)
    with pytest.raises(NoAnswerError):
        api.me()
    assert ends == []
    assert msgspec.json.decode(keeper.kept, type=Session) == session_of(1)
    assert api.me() == ME


@pytest.mark.parametrize("token", ["", "two\r\nlines", "算盘"])
def test_a_token_that_would_break_a_header_is_not_believed(server, api, keeper, token):
    until = datetime(2030, 1, 1, tzinfo=UTC)
    server.script(NEW, answering(Session(token, "refresh", until, until, ME)))
    with pytest.raises(BadAnswerError):
        api.sign_in(SIGN_IN)
    assert keeper.kept is None


def test_signing_out_forgets_here_even_when_nobody_answers(server, api, keeper):
    api.sign_in(SIGN_IN)
    server.script("/v1/sessions/current", None, None, None)
    with pytest.raises(NoAnswerError):
        api.sign_out()
    assert keeper.kept is None
    assert api.session.me is None


def test_signing_out_everywhere_ends_all_sessions(server, api):
    api.sign_in(SIGN_IN)
    server.script(NEW, answering(None, 204))
    api.sign_out(everywhere=True)
    assert (server.got[-1].method, server.got[-1].path) == ("DELETE", NEW)


def test_an_id_cannot_lead_to_another_path(server, api):
    api.sign_in(SIGN_IN)
    with pytest.raises(BadAnswerError):
        api.postings("../me")
    assert server.paths()[-1] == "/v1/orders/..%2Fme/postings"
