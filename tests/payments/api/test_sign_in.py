from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from payments.assembly import add_user
from payments.contract.roles import Role
from payments.flows import credentials
from payments.store import security_events

PASSWORD = "correct horse battery"
PASSWORD_HASH = credentials.password_hash(PASSWORD)


@pytest.fixture
def lin(api):
    api.database.run_sync(add_user, "lin", "Lin", Role.FINANCE, "", PASSWORD_HASH)
    return api


def sign_in(api, password=PASSWORD, **more):
    return api.post("/v1/sessions", {"login": "lin", "password": password, **more})


def test_a_session_opens_what_its_role_may_see(lin):
    session = sign_in(lin).json()
    me = lin.with_token(session["access_token"]).get("/v1/me").json()
    assert me == session["me"]
    assert (me["login"], me["role"], me["zone"]) == ("lin", "finance", "Asia/Shanghai")
    assert "ledger.read" in me["permissions"]


@pytest.mark.parametrize(
    "body", [{"login": "lin", "password": "wrong"}, {"login": "nobody", "password": PASSWORD}]
)
def test_wrong_password_and_unknown_login_are_told_apart_by_nobody(lin, body):
    answer = lin.post("/v1/sessions", body)
    assert answer.status_code == 401
    assert answer.json()["code"] == "wrong_credentials"


@pytest.mark.parametrize("login", ["lin", "nobody"])
def test_five_failures_lock_out_even_the_right_password(lin, clock, login):
    for _ in range(5):
        assert lin.post("/v1/sessions", {"login": login, "password": "x"}).status_code == 401
    answer = lin.post("/v1/sessions", {"login": login, "password": PASSWORD})
    assert answer.json()["code"] == "locked_out"
    assert 0 < int(answer.headers["retry-after"]) <= 900
    clock.forward(timedelta(minutes=15))
    again = lin.post("/v1/sessions", {"login": login, "password": PASSWORD})
    assert again.status_code == (201 if login == "lin" else 401)


def test_the_second_factor_is_asked_for_once_it_is_confirmed(lin, clock):
    signed_in = lin.with_token(sign_in(lin).json()["access_token"])
    secret = signed_in.post("/v1/me/second-factor").json()["secret"]
    assert signed_in.get("/v1/me").json()["second_factor"] is False
    code = pyotp.TOTP(secret).at(clock.now - timedelta(seconds=30))
    codes = signed_in.post("/v1/me/second-factor/confirm", {"code": code}).json()["codes"]
    assert signed_in.get("/v1/me").json()["second_factor"] is True

    assert sign_in(lin).json()["code"] == "second_factor_required"
    assert sign_in(lin, code="000000").json()["code"] == "wrong_credentials"
    now = pyotp.TOTP(secret).at(clock.now)
    assert sign_in(lin, code=now).status_code == 201
    assert sign_in(lin, code=now).json()["code"] == "wrong_credentials"
    assert sign_in(lin, code=codes[0]).status_code == 201
    assert sign_in(lin, code=codes[0]).json()["code"] == "wrong_credentials"
    assert sign_in(lin, code=codes[1].lower()).status_code == 201
    assert signed_in.post("/v1/me/second-factor").json()["code"] == "step_refused"


def test_a_second_factor_needs_a_right_first_code(lin):
    signed_in = lin.with_token(sign_in(lin).json()["access_token"])
    assert signed_in.post("/v1/me/second-factor/confirm", {"code": "1"}).status_code == 409
    signed_in.post("/v1/me/second-factor")
    answer = signed_in.post("/v1/me/second-factor/confirm", {"code": "000000"})
    assert answer.json()["code"] == "wrong_credentials"
    assert sign_in(lin).status_code == 201


def test_a_refresh_token_is_used_once_and_twice_ends_the_family(lin):
    first = sign_in(lin).json()
    other = sign_in(lin).json()
    second = lin.post("/v1/sessions/refresh", {"refresh_token": first["refresh_token"]}).json()
    assert lin.with_token(second["access_token"]).get("/v1/me").status_code == 200
    again = lin.post("/v1/sessions/refresh", {"refresh_token": first["refresh_token"]})
    assert again.json()["code"] == "session_ended"
    counted = lin.database.read_sync(security_events.counted)
    assert counted == {"refresh_token_reused": 1}
    after = lin.post("/v1/sessions/refresh", {"refresh_token": second["refresh_token"]})
    assert after.json()["code"] == "session_ended"
    assert lin.with_token(other["access_token"]).get("/v1/me").status_code == 200


def test_signing_out_ends_this_session_only(lin):
    here, there = (lin.with_token(sign_in(lin).json()["access_token"]) for _ in range(2))
    assert here.get("/v1/me").status_code == 200
    assert here.request("DELETE", "/v1/sessions/current").status_code == 204
    assert here.get("/v1/me").json()["code"] == "session_ended"
    assert there.get("/v1/me").status_code == 200


def test_signing_out_everywhere_ends_every_session(lin):
    sessions = [sign_in(lin).json() for _ in range(2)]
    here, there = (lin.with_token(session["access_token"]) for session in sessions)
    assert there.get("/v1/me").status_code == 200
    assert here.request("DELETE", "/v1/sessions").status_code == 204
    assert there.get("/v1/me").json()["code"] == "session_ended"
    renewed = lin.post("/v1/sessions/refresh", {"refresh_token": sessions[1]["refresh_token"]})
    assert renewed.json()["code"] == "session_ended"


def test_knocking_too_often_from_one_address_is_slowed_down(lin):
    answers = [lin.post("/v1/sessions/refresh", {"refresh_token": "x"}) for _ in range(40)]
    assert answers[0].json()["code"] == "session_ended"
    assert answers[-1].json()["code"] == "too_many_requests"
    assert answers[-1].headers["retry-after"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Basic bGluOng=", "Token x"])
def test_nobody_gets_in_without_a_bearer_token(api, header):
    answer = api.get("/v1/me", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"] == "Bearer"
