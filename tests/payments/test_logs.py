from __future__ import annotations

import json
import logging
import sqlite3
from typing import Any

import pytest
import structlog

from payments import logs


@pytest.fixture(autouse=True)
def defaults():
    yield
    structlog.reset_defaults()
    logging.basicConfig(force=True)


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_fields_that_name_a_secret_are_emptied(capsys):
    logs.set_up()
    structlog.get_logger().info(
        "signed_in", login="lin", new_password="hunter22", access_token="abc", payer_phone="138"
    )
    (line,) = logged(capsys)
    assert line["login"] == "lin"
    assert {line["new_password"], line["access_token"], line["payer_phone"]} == {"(removed)"}


def test_a_failure_is_logged_by_type_and_place_without_its_message(capsys):
    logs.set_up()
    try:
        sqlite3.connect(":memory:").execute("SELECT '13800000000' FROM nowhere")
    except sqlite3.Error:
        structlog.get_logger().exception("failed")
        logging.getLogger("library").exception("failed in a library")
    for line in logged(capsys):
        assert line["failure"] == "OperationalError"
        assert "test_logs.py" in line["passed"][0]
        assert "nowhere" not in json.dumps(line)
