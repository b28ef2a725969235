"""A signed-in person's dashboard over a store with a few weeks of known business."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app import words
from app.models.store import meta
from app.models.store.database import Store
from app.services.background import Background
from app.services.preferences import Preferences
from app.services.sync.apply import apply_page
from app.services.sync.engine import Phase, SyncState
from app.views.dashboard.panel import DashboardPanel
from app.views.frame.commands import Command, CommandBook
from app.views.frame.context import Context
from app.views.widgets.toast import ToastArea
from app.words import Language
from payments.contract.lifecycles import AttemptState, OrderState, RefundState, Review
from payments.contract.roles import GRANTS, Permission, Role
from payments.contract.wire.records import Attempt, ChannelName, Method
from payments.contract.wire.requests import Me
from tests.builders.console import a_product, a_refund, an_order, numbered, pages

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 14, 31, 9, tzinfo=SHANGHAI)
TODAY = date(2026, 11, 20)


def at(day, hour=12):
    """An hour of a business day, counted back from today."""
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=SHANGHAI)
    return (noon - timedelta(days=day)).astimezone(UTC)


def sale(number, day, *, price=10_000, channel=ChannelName.ALIPAY, paid=True, **more):
    placed = at(day, more.pop("hour", 12))
    state = AttemptState.SUCCEEDED if paid else AttemptState.FAILED
    attempt = Attempt(
        id=f"A{number}",
        channel=channel,
        method=Method.ALIPAY_QR,
        state=state,
        amount=price,
        started_at=placed,
        ended_at=placed,
    )
    values = {
        "placed_at": placed,
        "paid_at": placed if paid else None,
        "price": price,
        "amount": price,
        "paid": price if paid else 0,
        "refunded": 0,
        "currency": "CNY",
        "product_id": "P00000",
        "channel": channel,
        "state": OrderState.PAID if paid else OrderState.AWAITING_PAYMENT,
        "review": Review.NONE,
        "attempts": (attempt,),
    }
    return an_order(number, **(values | more))


def refund(number, day, amount, *, of=None, state=RefundState.SUCCEEDED):
    return a_refund(number, of=of, amount=amount, state=state, finished_at=at(day))


def business():
    """Last 7 days: 4 sales of ¥100, 1 of ¥200 held, 1 failed, ¥50 refunded. The 7 before: 2 of ¥100."""
    sales = [sale(number, number) for number in range(4)]
    held = sale(4, 2, price=20_000, channel=ChannelName.WECHAT_PAY, review=Review.PENDING)
    failed = sale(5, 1, paid=False, channel=ChannelName.WECHAT_PAY)
    before = [sale(6, 8), sale(7, 13)]
    dollars = sale(8, 0, currency="USD", price=999, product_id="P00001")
    return [
        a_product(0, title="数据分析", title_en="Data Analysis"),
        a_product(1, title="写作", title_en="Writing"),
        *sales,
        held,
        failed,
        *before,
        dollars,
        refund(1, 1, 5_000, of=sales[3]),
        refund(2, 0, 7_700, of=sales[2], state=RefundState.PENDING_APPROVAL),
    ]


def fill(store, records, after=0):
    for page in pages(numbered(records, after + 1), size=5_000, after=after):
        apply_page(store, page)


@pytest.fixture(autouse=True)
def _english():
    words.use(Language.ENGLISH)
    yield
    words.use(Language.CHINESE)


@pytest.fixture
def store(tmp_path):
    store = Store.open(tmp_path / "store", bytes(32))
    with store.writing() as db:
        meta.put(db, meta.ZONE, "Asia/Shanghai")
    yield store
    store.close()


@pytest.fixture
def filled(store):
    fill(store, business())
    with store.writing() as db:
        meta.note_sync(db, NOW)
    return store


class Engine(QObject):
    changed = Signal(object)
    actions_changed = Signal(object)
    state_changed = Signal(object)

    def __init__(self, phase=Phase.LIVE):
        super().__init__()
        self.state = SyncState(phase)

    def wake(self):
        pass


def me(role):
    return Me(
        user_id="u1",
        login="li",
        name="李娜",
        role=role,
        merchant="main",
        merchant_name="示例学堂",
        zone="Asia/Shanghai",
        base_currency="CNY",
        permissions=tuple(GRANTS[role]),
        second_factor=True,
        refund_limit=50_000,
        risk_threshold="90",
    )


@dataclass
class Desk:
    """The panel in a window, and everything that it asked of others."""

    panel: Any
    context: Any
    window: QWidget
    asked: list[str] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)
    target: Path | None = None
    suggested: list[Path] = field(default_factory=list)
    opened: list[object] = field(default_factory=list)
    now: datetime = NOW

    def texts(self):
        return [tile._headline.value for tile in self.panel._tiles]


@pytest.fixture
def open_desk(qtbot, tmp_path):
    made = []

    def open_(store, role=Role.FINANCE, *, phase=Phase.LIVE):
        window = QWidget()
        window.resize(1440, 860)
        book = CommandBook(window)
        background = Background()
        services: dict[str, Any] = {"engine": Engine(phase), "api": None}
        context = Context(
            store=store,
            background=background,
            me=me(role),
            book=book,
            preferences=Preferences(tmp_path / "preferences.json"),
            toasts=ToastArea(window),
            **services,
        )
        desk = Desk(None, context, window)

        def choose(_parent, suggested, kinds):
            desk.suggested.append(suggested)
            desk.asked.append(kinds)
            return desk.target

        panel = DashboardPanel(context, now=lambda: desk.now, choose=choose, show=desk.shown.append)
        desk.panel = panel
        waiting = Command(
            "refunds.open_waiting",
            "frame.panel.refunds",
            needs=Permission.REFUNDS_APPROVE,
            listed=False,
        )
        book.add(waiting, desk.opened.append, window)
        book.allow(context.me.permissions)
        panel.widget.setParent(window)
        panel.widget.resize(window.size())
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        made.append(background)
        panel.refresh()
        return desk

    yield open_
    for background in made:
        background.close()


@pytest.fixture
def desk(open_desk, filled, qtbot):
    desk = open_desk(filled)
    desk.panel._filters.period.choose("days_7")
    settle(qtbot, desk)
    return desk


def settle(qtbot, desk):
    """Wait until everything asked is answered and drawn."""
    panel = desk.panel

    def quiet():
        assert panel._work is None
        assert not panel._coming
        assert panel._answer is None or panel._answer.now is None or panel._charts_ready

    qtbot.waitUntil(quiet, timeout=20_000)
