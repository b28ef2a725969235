from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from payments import VERSION
from payments.api import openapi
from payments.api.app import ROUTES
from payments.api.examples import EXAMPLES
from payments.contract.problems import STATUS

DOCUMENT = msgspec.json.decode(openapi.document(ROUTES, VERSION))


def test_the_version_is_that_of_the_project():
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION


def test_the_document_names_every_route_once():
    operations = [
        one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()
    ]
    assert sorted(operations) == sorted(route.name for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_refusal_of_a_route_is_documented_with_an_example(route):
    responses = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
    for code in route.problems:
        content = responses[str(STATUS[code])]["content"]["application/problem+json"]
        assert content["examples"][code.value]["value"]["code"] == code


@pytest.mark.parametrize("route", [r for r in ROUTES if r.body], ids=lambda route: route.name)
def test_examples_are_what_the_route_takes(route):
    if route.body.__name__ in EXAMPLES:
        msgspec.json.decode(msgspec.json.encode(EXAMPLES[route.body.__name__]), type=route.body)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_application_serves_its_document(api):
    answer = api.get("/openapi.json")
    assert answer.json() == DOCUMENT
