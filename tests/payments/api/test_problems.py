"""Whatever goes wrong leaves as a problem document with a code."""

from __future__ import annotations

import msgspec
import pytest

from payments.contract.problems import STATUS, Problem
from payments.contract.roles import Role

# What refuses these requests stands before any database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def problem_of(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert STATUS[problem.code] == answer.status_code == problem.status
    assert problem.request_id == answer.headers["x-request-id"]
    return problem


def test_no_such_path(api):
    assert problem_of(api.get("/v1/nothing")).code == "not_found"


def test_wrong_method_names_the_right_ones(api):
    answer = api.request("PATCH", "/v1/orders")
    assert problem_of(answer).code == "method_not_allowed"
    assert {"GET", "POST"} <= {name.strip() for name in answer.headers["allow"].split(",")}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"find": "\xed\xa0\x80"}', b"nul"])
def test_a_body_that_is_no_json(api, body):
    support = api.as_role(Role.SUPPORT)
    answer = support.post(
        "/v1/customer", content=body, headers={"content-type": "application/json"}
    )
    assert problem_of(answer).code == "bad_request"


def test_another_media_type(api):
    support = api.as_role(Role.SUPPORT)
    answer = support.post("/v1/customer", content=b"find=x", headers={"content-type": "text/plain"})
    assert problem_of(answer).code == "unsupported_media_type"


def test_a_body_that_is_too_large(api):
    support = api.as_role(Role.SUPPORT)
    answer = support.post("/v1/customer", {"find": "x" * 300_000})
    assert problem_of(answer).code == "too_large"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"find": 5}, "/find"),
        ({"find": ""}, "/find"),
        ({"find": "a\x00b"}, "/find"),
        ({"find": "a", "more": 1}, ""),
    ],
)
def test_a_refused_field_is_pointed_at(api, body, pointer):
    problem = problem_of(api.as_role(Role.SUPPORT).post("/v1/customer", body))
    assert problem.code == "invalid_field"
    assert [error.pointer for error in problem.errors] == [pointer]


def test_numbers_are_not_read_from_text_in_a_body(api):
    body = {"order_id": "x", "amount": "5", "currency": "CNY", "reason": "other"}
    problem = problem_of(api.as_role(Role.FINANCE).post("/v1/refunds", body))
    assert problem.errors[0].pointer == "/amount"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=1&limit=2", "more=1", "after=99999999999999999999"]
)
def test_a_query_outside_its_schema(api, query):
    problem = problem_of(api.as_role(Role.FINANCE).get(f"/v1/feed?{query}"))
    assert problem.code == "invalid_field"


@pytest.mark.parametrize("cursor", ["abc", "1" * 19, "-1"])
def test_a_cursor_that_was_never_given_out(api, cursor):
    problem = problem_of(api.as_role(Role.FINANCE).get(f"/v1/orders?cursor={cursor}"))
    assert problem.code == "invalid_field"


@pytest.mark.parametrize("key", [None, "", "a b", "x" * 65, "é".encode()])
def test_a_write_needs_an_idempotency_key(api, key):
    headers = {"idempotency-key": key}
    answer = api.as_role(Role.SUPPORT).post("/v1/customer", {"find": "x"}, headers=headers)
    wanted = "bad_request" if key else "idempotency_key_missing"
    assert problem_of(answer).code == wanted


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "version_missing"),
        ("1", "bad_request"),
        ("*", "bad_request"),
        ('W/"1"', "bad_request"),
    ],
)
def test_a_decision_needs_the_version_it_was_made_on(api, header, code):
    reviewer = api.as_role(Role.RISK_REVIEWER)
    answer = reviewer.post("/v1/risk-cases/none/claim", headers={"if-match": header})
    assert problem_of(answer).code == code


@pytest.mark.parametrize("part", ["a%2Fb", "a%00", "%F0%9F%92%A9", "x" * 65, "a.b"])
def test_a_malformed_id_is_a_record_that_does_not_exist(api, part):
    answer = api.as_role(Role.FINANCE).get(f"/v1/orders/{part}")
    assert problem_of(answer).code == "not_found"


def test_what_nobody_expected_is_answered_without_a_detail(api, monkeypatch):
    async def broken(*_arguments, **_named):
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(api.database.engine, "read", broken)
    answer = api.get("/health")
    assert problem_of(answer).code == "internal"
    assert "hunter2" not in answer.text
