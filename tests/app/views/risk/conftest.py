"""The risk panel in a window, over a real store with a small queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.store.database import Store
from app.services.background import Background
from app.services.sync.apply import apply_page
from app.services.sync.engine import Engine
from app.views.frame.commands import Command, CommandBook
from app.views.frame.context import Context
from app.views.risk.panel import RiskPanel
from app.views.widgets.toast import ToastArea
from payments.contract.lifecycles import CaseState, Disposition
from payments.contract.roles import GRANTS, Permission, Role
from payments.contract.wire.records import Evidence, Related, Risk, RiskPart
from payments.contract.wire.requests import Me
from tests.builders.console import a_case, an_order, numbered, pages

# The queue is ordered by the store's own clock.
NOW = datetime.now(UTC)
ME = "reviewer"


def a_held_case(number, *, left=60, score="400", **changed):
    """A case of which so many minutes are left."""
    risk = Risk(
        score,
        "0.4",
        "1000.00",
        "90",
        (RiskPart("new_payer", "0.05", {"minutes": 3}), RiskPart("known_fraud", "0.35")),
    )
    order = an_order(number, currency="CNY", payer="王*明")
    evidence = Evidence(
        payer_orders=2,
        payer_paid=3000,
        history=(Related("SPH1", NOW, "写作入门", "CNY", 9900, "paid"),),
        linked=(Related("SPL1", NOW, "摄影进阶", "CNY", 5000, "refunded", "device", "dev-9f3e"),),
        similar_cases=12,
        similar_fraud=11,
    )
    case = a_case(number, of=order, id=f"C{number}", amount=498_000, risk=risk, evidence=evidence)
    when = {"opened_at": NOW - timedelta(hours=1), "review_by": NOW + timedelta(minutes=left)}
    return msgspec.structs.replace(case, **{**when, **changed})


def the_queue():
    return [
        a_held_case(1, left=120),
        a_held_case(2, left=5),
        a_held_case(3, left=600, score="9000"),
        a_held_case(4, state=CaseState.IN_REVIEW, assignee_id=ME, assignee="李静", left=300),
        a_held_case(5, state=CaseState.IN_REVIEW, assignee_id="other", assignee="张伟", left=900),
        a_held_case(6, state=CaseState.ESCALATED, note="金额大"),
        a_held_case(
            7,
            state=CaseState.CLOSED,
            disposition=Disposition.REFUND_AS_FRAUD,
            decider="张伟",
            decided_at=NOW,
            reason="stolen_payment",
        ),
    ]


class NotAsked:
    """Sync is not started in these tests: nothing may go over the network."""

    session = None


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "console.store", bytes(range(32)))
    for page in pages(numbered(the_queue()), size=100):
        apply_page(opened, page)
    yield opened
    opened.close()


@pytest.fixture
def permissions():
    return GRANTS[Role.RISK_REVIEWER]


@pytest.fixture
def opened_orders():
    return []


@pytest.fixture
def window(qtbot):
    made = QWidget()
    made.resize(1440, 900)
    QVBoxLayout(made).setContentsMargins(0, 0, 0, 0)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def context(store, window, preferences, permissions, opened_orders):
    background = Background(window)
    book = CommandBook(window)
    orders = Command("orders.open", "frame.panel.orders", needs=Permission.ORDERS_READ)
    book.add(orders, opened_orders.append, window)
    me = Me(
        ME,
        "li",
        "李静",
        Role.RISK_REVIEWER,
        "m",
        "知行",
        "Asia/Shanghai",
        "CNY",
        tuple(sorted(permissions)),
        True,
        0,
        "90",
    )
    made = Context(
        store=store,
        background=background,
        engine=Engine(store, NotAsked(), parent=window),
        api=NotAsked(),
        me=me,
        book=book,
        preferences=preferences,
        toasts=ToastArea(window),
    )
    yield made
    background.close()


@pytest.fixture
def panel(qtbot, window, context):
    made = RiskPanel(context)
    window.layout().addWidget(made.widget)
    context.book.allow(context.me.permissions)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    made.refresh()
    if Permission.RISK_READ in context.me.permissions:
        qtbot.waitUntil(lambda: made.queue.model.rowCount() > 0)
        qtbot.waitUntil(lambda: made.decision.file is not None)
    return made
