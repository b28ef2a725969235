"""Many finished records at once, for the sample business and for history from other systems.

A batch is written with few statements, feed and ledger included. It holds the heads of both while
it is written: keep batches to a few thousand records where others are at work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from payments.contract.lifecycles import HoldState
from payments.contract.roles import Kind
from payments.store import feed, ledger
from payments.store.projections import (
    Projection,
    project_case,
    project_order,
    project_product,
    project_refund,
)
from payments.store.records import (
    ATTEMPTS,
    CASES,
    HOLDS,
    ORDERS,
    PAYERS,
    PRODUCTS,
    REFUNDS,
    Records,
)
from payments.store.stored import (
    StoredAttempt,
    StoredCase,
    StoredHold,
    StoredOrder,
    StoredPayer,
    StoredProduct,
    StoredRefund,
)
from payments.store.upserts import Upsert
from payments.store.work import Posted, Work

Row = TypeVar("Row")

_PAYER: Final = Upsert(PAYERS.table, ("merchant", "id"))


@dataclass(slots=True)
class Batch:
    """New records that belong together; payers and products that exist are left as they are.

    ``transactions`` are appended to the ledger in their order.
    """

    products: list[StoredProduct] = field(default_factory=list)
    payers: list[StoredPayer] = field(default_factory=list)
    orders: list[StoredOrder] = field(default_factory=list)
    attempts: list[StoredAttempt] = field(default_factory=list)
    refunds: list[StoredRefund] = field(default_factory=list)
    cases: list[StoredCase] = field(default_factory=list)
    holds: list[StoredHold] = field(default_factory=list)
    transactions: list[Posted] = field(default_factory=list)


def add(work: Work, batch: Batch) -> None:
    """Write a batch. Raises RowExistsError when a record exists, UnbalancedError; nothing then."""
    products = [row for row in batch.products if PRODUCTS.get(work, row.id) is None]
    _insert(work, PRODUCTS, products)
    _insert(work, PAYERS, batch.payers, _PAYER)
    _insert(work, ORDERS, batch.orders)
    _insert(work, ATTEMPTS, batch.attempts)
    _insert(work, REFUNDS, batch.refunds)
    _insert(work, CASES, batch.cases)
    _insert(work, HOLDS, batch.holds)
    ledger.append(work, batch.transactions)
    _show(work, batch, products)


def _insert(
    work: Work, records: Records[Row], rows: Sequence[Row], upsert: Upsert | None = None
) -> None:
    if rows:
        statement = upsert.on(work.connection) if upsert else records.table.insert()
        columns = [{"merchant": work.merchant, **records.codec.columns(row)} for row in rows]
        work.connection.execute(statement, columns)


def _show(work: Work, batch: Batch, products: Sequence[StoredProduct]) -> None:
    count = len(products) + len(batch.orders) + len(batch.refunds) + len(batch.cases)
    if not count:
        return
    first = feed.take(work, count) + 1
    rows: list[dict[str, Any]] = [
        feed.row_of(work, kind, record_id, first + place, shown)
        for place, (kind, record_id, shown) in enumerate(_projected(batch, products, first))
    ]
    feed.show(work, rows)


def _projected(
    batch: Batch, products: Sequence[StoredProduct], first: int
) -> Iterator[tuple[Kind, str, Projection]]:
    attempts: dict[str, list[StoredAttempt]] = defaultdict(list)
    for attempt in batch.attempts:
        attempts[attempt.order_id].append(attempt)
    holds = {hold.subject: hold for hold in batch.holds if hold.state is HoldState.ACTIVE}
    version = first
    for product in products:
        yield Kind.PRODUCT, product.id, project_product(product, version)
        version += 1
    for order in batch.orders:
        shown = project_order(order, attempts[order.id], holds.get(order.id), version)
        yield Kind.ORDER, order.id, shown
        version += 1
    for refund in batch.refunds:
        yield Kind.REFUND, refund.id, project_refund(refund, version)
        version += 1
    for case in batch.cases:
        yield Kind.RISK_CASE, case.id, project_case(case, version)
        version += 1
