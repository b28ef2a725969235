"""Records to store, with only what a test cares about said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from payments.contract.lifecycles import OrderState, RefundState
from payments.contract.wire.feed import FeedPage
from payments.contract.wire.records import ProductKind
from payments.store import feed
from payments.store.database import Database
from payments.store.feed import Viewer
from payments.store.records import ORDERS, PRODUCTS, REFUNDS
from payments.store.stored import StoredOrder, StoredProduct, StoredRefund
from payments.store.work import Work

ORDER = StoredOrder(
    id="o",
    placed_ms=1_772_424_000_000,
    kind=ProductKind.COURSE,
    product_id="course",
    title="算法入门",
    instructor_id="wang",
    instructor="王老师",
    payer_id="payer",
    payer="李*",
    currency="CNY",
    price=10_000,
    amount=10_000,
    commission_rate="0.7",
    state=OrderState.AWAITING_PAYMENT,
)
PRODUCT = StoredProduct(
    id="course",
    kind=ProductKind.COURSE,
    title="算法入门",
    currency="CNY",
    price=10_000,
    instructor_id="wang",
    instructor="王老师",
    commission_rate="0.7",
    tax_rate="0",
    refund_days=7,
)
REFUND = StoredRefund(
    id="r",
    order_id="o",
    requested_ms=1_772_424_000_000,
    currency="CNY",
    amount=100,
    state=RefundState.REQUESTED,
    reason="technical",
    instructor_id="wang",
    payer_id="payer",
)


class Desk:
    """Adds and changes records, one transaction each, and syncs as a console does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.run = database.run_sync
        self.read = database.read_sync

    def order(self, order_id: str = "o", **changes: Any) -> StoredOrder:
        return self.run(ORDERS.add, replace(ORDER, id=order_id, **changes))

    def product(self, product_id: str = "course", **changes: Any) -> StoredProduct:
        return self.run(PRODUCTS.add, replace(PRODUCT, id=product_id, **changes))

    def refund(self, refund_id: str = "r", **changes: Any) -> StoredRefund:
        return self.run(REFUNDS.add, replace(REFUND, id=refund_id, **changes))

    def change_order(self, order_id: str, **changes: Any) -> None:
        self.run(lambda work: ORDERS.save(work, replace(ORDERS.locked(work, order_id), **changes)))

    def change_product(self, product_id: str, **changes: Any) -> None:
        self.run(
            lambda work: PRODUCTS.save(work, replace(PRODUCTS.locked(work, product_id), **changes))
        )

    def put_order(self, order_id: str, *, at_risk: bool) -> None:
        """Add the order, or change it: what is at risk once stays so."""
        known = self.read(ORDERS.get, order_id)
        if known is None:
            self.order(order_id, at_risk=at_risk)
        else:
            self.change_order(order_id, at_risk=at_risk or known.at_risk, paid=known.paid + 1)

    def put_product(self, product_id: str, instructor_id: str) -> None:
        if self.read(PRODUCTS.get, product_id) is None:
            self.product(product_id, instructor_id=instructor_id)
        else:
            self.change_product(product_id, instructor_id=instructor_id)

    @staticmethod
    def add_order(work: Work, order_id: str) -> None:
        ORDERS.add(work, replace(ORDER, id=order_id))

    @staticmethod
    def pay_one(work: Work, order_id: str) -> None:
        order = ORDERS.locked(work, order_id)
        ORDERS.save(work, replace(order, paid=order.paid + 1))

    def console(self, viewer: Viewer, limit: int = 100) -> Console:
        return Console(self, viewer, limit)

    def synced(self, viewer: Viewer, limit: int = 100) -> Console:
        console = self.console(viewer, limit)
        console.sync()
        return console


class Console:
    """Holds what the feed has brought, applied in order as ``wire.feed`` says."""

    def __init__(self, desk: Desk, viewer: Viewer, limit: int) -> None:
        self.desk, self.viewer, self.limit = desk, viewer, limit
        self.scope, self.cursor = "", 0
        self.held: dict[tuple[str, str], dict[str, Any]] = {}
        self.restarts = 0

    def sync(self) -> None:
        self.desk.database.complete(self.step())

    async def step(self) -> None:
        """Read pages until there is no more for now."""
        more = True
        while more:
            page = await self.desk.database.read(
                feed.page, self.viewer, self.scope, self.cursor, self.limit
            )
            self._apply(page)
            more = page.more

    def _apply(self, page: FeedPage) -> None:
        if page.restart:
            self.restarts += 1
            self.held.clear()
            self.cursor = 0
        assert page.after == self.cursor
        for change in page.changes:
            assert self.cursor < change.seq <= page.upto
            body = msgspec.json.decode(bytes(change.body))
            key = (change.kind.value, change.id)
            if body is None:
                self.held.pop(key, None)
            else:
                assert body["version"] == change.seq
                self.held[key] = body
        self.scope, self.cursor = page.scope, page.upto

    @property
    def ids(self) -> set[str]:
        return {record_id for _, record_id in self.held}

    def agrees(self) -> bool:
        """Whether the feed's own check says that this console holds what it must."""
        check = self.desk.read(feed.check, self.viewer)
        assert check.scope == self.scope
        assert check.at == self.cursor
        for kind, count in check.counts.items():
            versions = [it["version"] for (of, _), it in self.held.items() if of == kind]
            if (len(versions), sum(versions)) != (count, check.version_sums[kind]):
                return False
        return True


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def an_order() -> Callable[..., StoredOrder]:
    return lambda **changes: replace(ORDER, **changes)


@pytest.fixture
def a_product() -> Callable[..., StoredProduct]:
    return lambda **changes: replace(PRODUCT, **changes)


@pytest.fixture
def a_refund() -> Callable[..., StoredRefund]:
    return lambda **changes: replace(REFUND, **changes)
