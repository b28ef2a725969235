"""The refunds panel in a console of its own."""

from __future__ import annotations

import pytest

from app.views.refunds.panel import RefundsPanel
from payments.contract.roles import Role
from tests.builders.panels import NOW, opened_console


@pytest.fixture
def role():
    return Role.ADMIN


@pytest.fixture
def console(qtbot, tmp_path, role):
    with opened_console(qtbot, tmp_path, role) as opened:
        opened.listen("orders.open")
        yield opened


@pytest.fixture
def file(tmp_path):
    return tmp_path / "refunds.csv"


@pytest.fixture
def panel(console, file):
    made = RefundsPanel(console.context, now=lambda: NOW, choose=lambda *_: file)
    console.show(made)
    return made
