"""The customers panel over a real store, and services over TLS on loopback."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import msgspec
import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.models.store.database import Store
from app.services.background import Background
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn
from app.services.sync.apply import apply_page
from app.services.sync.engine import Engine
from app.views.customers.panel import CustomersPanel
from app.views.frame.commands import Command, CommandBook
from app.views.frame.context import Context
from app.views.widgets.toast import ToastArea
from payments.certificates import Authority
from payments.contract.roles import GRANTS, Role
from payments.contract.wire.requests import Me, Session
from tests.app.services.loopback import LoopbackServer
from tests.builders.console import a_refund, an_order, numbered, pages

AGENT = Me(
    "agent",
    "agent",
    "陈晨",
    Role.SUPPORT,
    "m",
    "知行",
    "Asia/Shanghai",
    "CNY",
    tuple(sorted(GRANTS[Role.SUPPORT])),
    True,
    0,
    "90",
)


LATER = datetime(2099, 1, 1, tzinfo=UTC)


class Keeper:
    """Tokens in memory."""

    def __init__(self):
        self.kept = msgspec.json.encode(Session("access", "refresh", LATER, LATER, AGENT))

    def load(self):
        return self.kept

    def save(self, kept):
        self.kept = kept

    def forget(self):
        self.kept = None


def records_of(payer_id, name, count, first=0):
    orders = [
        an_order(number, payer_id=payer_id, payer=name, payer_phone="138****5678", currency="CNY")
        for number in range(first, first + count)
    ]
    return [*orders, a_refund(first, of=orders[0])]


def fill(store, records):
    for page in pages(numbered(records), size=100):
        apply_page(store, page)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority.in_folder(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority, monkeypatch):
    monkeypatch.setattr("app.services.payments_api.client._PAUSES_S", (0, 0))
    before = set(threading.enumerate())
    running = LoopbackServer(authority)
    yield running
    running.stop()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "console.store", bytes(range(32)))
    yield opened
    opened.close()


@pytest.fixture
def asked():
    return []


@pytest.fixture
def context(qtbot, server, store, preferences, asked):
    window = QWidget()
    window.resize(1440, 900)
    QVBoxLayout(window)
    qtbot.addWidget(window)
    background = Background(window)
    book = CommandBook(window)

    def noting(name):
        return lambda it: asked.append((name, it))

    for name in ("orders.open", "refunds.open", "refunds.new"):
        book.add(Command(name, "frame.panel.orders"), noting(name), window)
    api = PaymentsApi(Client(server.url, server.ca_file), SignedIn(Keeper(), lambda: None))
    yield Context(
        store=store,
        background=background,
        engine=Engine(store, api, parent=window),
        api=api,
        me=AGENT,
        book=book,
        preferences=preferences,
        toasts=ToastArea(window),
    )
    api.interrupt()
    background.close()
    api.close()


@pytest.fixture
def panel(qtbot, context):
    made = CustomersPanel(context)
    window = context.toasts.parent()
    window.layout().addWidget(made.widget)
    context.book.allow(context.me.permissions)
    with qtbot.waitExposed(window):
        window.show()
    return made
