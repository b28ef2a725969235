"""What a request leaves in the log: that it was made, and nothing of what it said."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from payments import logs
from payments.assembly import add_user
from payments.contract.roles import Role
from payments.flows import credentials

PASSWORD = "correct horse battery"
IDENTITY = {"payer_id": "student-1", "name": "王小明", "phone": "13812345678", "email": "w@x.cn"}
PRODUCT = {
    "id": "photography",
    "kind": "course",
    "title": "摄影入门",
    "currency": "CNY",
    "price": 10_000,
    "instructor_id": "instructor-7",
    "instructor": "陈老师",
}


@pytest.fixture(autouse=True)
def defaults():
    yield
    structlog.reset_defaults()
    logging.basicConfig(force=True)


def test_neither_a_secret_nor_an_identity_is_ever_logged(api, capsys, monkeypatch):
    logs.set_up()
    api.database.run_sync(
        add_user, "lin", "Lin", Role.ADMIN, "", credentials.password_hash(PASSWORD)
    )
    api.post("/v1/sessions", {"login": "lin", "password": f"{PASSWORD} wrong"})
    session = api.post("/v1/sessions", {"login": "lin", "password": PASSWORD}).json()
    admin = api.with_token(session["access_token"])
    secret = admin.post("/v1/me/second-factor").json()["secret"]
    admin.post("/v1/products", PRODUCT)
    admin.post("/v1/orders", {"product_id": "photography", "payer": IDENTITY})
    admin.post("/v1/orders", {"product_id": "photography", "payer": {**IDENTITY, "name": 5}})
    admin.post("/v1/payers/student-1/identity")
    admin.get("/v1/orders?cursor=13812345678x")
    api.post("/v1/sessions/refresh", {"refresh_token": session["refresh_token"]})

    async def broken(_query):
        raise RuntimeError(f"{IDENTITY} {PASSWORD}")

    monkeypatch.setattr(api.database.engine, "read", broken)
    assert admin.get("/v1/orders").status_code == 500

    logged = capsys.readouterr().err
    lines = [json.loads(line) for line in logged.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [line["status"] for line in requests].count(500) == 1
    assert {"/v1/orders", "/v1/payers/{payer_id}/identity"} <= {line["route"] for line in requests}
    assert all(line["request_id"] for line in requests)
    (failure,) = [line for line in lines if line["event"] == "request_failed"]
    assert failure["failure"] == "RuntimeError"
    hidden = [PASSWORD, secret, session["access_token"], session["refresh_token"]]
    for told in (*hidden, *IDENTITY.values()):
        assert told not in logged
