"""What the past tells about an order: its payer, its device, and how alike cases ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, case, func, or_, select

from payments.contract.lifecycles import AttemptState, CaseState, Disposition
from payments.store.prepared import Prepared
from payments.store.records import ORDERS
from payments.store.stored import StoredOrder
from payments.store.tables import ATTEMPTS, RISK_CASES
from payments.store.tables import ORDERS as ORDERS_TABLE
from payments.store.work import Work

RECENT_MS: Final = 3_600_000
TODAY_MS: Final = 24 * RECENT_MS
# How much history a payer's habits are drawn from, and how much a reviewer is shown.
_HABIT: Final = 200
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Around:
    """Counts around an order, without it. ``payer_usual`` is minor units of its currency."""

    payer_paid_orders: int = 0
    payer_usual: int | None = None
    payer_orders_recently: int = 0
    payer_countries: frozenset[str] = frozenset()
    same_product_today: int = 0
    failed_attempts_today: int = 0
    device_payers: int = 0
    device_orders_recently: int = 0


@dataclass(frozen=True, slots=True)
class PayerTotals:
    """How many orders a payer has placed, and paid in the currency asked about (minor units)."""

    orders: int
    paid: int


_O: Final = ORDERS_TABLE.c
_A: Final = ATTEMPTS.c
_C: Final = RISK_CASES.c
_MERCHANT: Final[BindParameter[str]] = bindparam("merchant")
_OTHERS: Final = and_(_O.merchant == _MERCHANT, _O.id != bindparam("id"))
_OF_PAYER: Final = and_(_OTHERS, _O.payer_id == bindparam("payer_id"))
_HABITS: Final = (
    select(_O.placed_ms, _O.paid, _O.currency, _O.country, _O.product_id)
    .where(_OF_PAYER)
    .order_by(_O.placed_ms.desc())
    .limit(_HABIT)
)
_DEVICE: Final = select(_O.placed_ms, _O.payer_id).where(
    _OTHERS,
    _O.device_id != "",
    _O.device_id == bindparam("device_id"),
    _O.placed_ms >= bindparam("since"),
)
_FAILED: Final = (
    select(func.count())
    .select_from(ATTEMPTS)
    .join(ORDERS_TABLE, and_(_O.merchant == _A.merchant, _O.id == _A.order_id))
    .where(
        _O.merchant == _MERCHANT,
        _O.payer_id == bindparam("payer_id"),
        _O.placed_ms >= bindparam("since"),
        _A.state == AttemptState.FAILED.value,
    )
)
_TOTALS: Final = select(
    func.count(),
    func.coalesce(func.sum(case((_O.currency == bindparam("currency"), _O.paid), else_=0)), 0),
).where(_OF_PAYER)
_HISTORY: Final = Prepared(
    ORDERS.select()
    .where(_O.id != bindparam("id"), _O.payer_id == bindparam("payer_id"))
    .order_by(_O.placed_ms.desc())
    .limit(_SHOWN)
)
_LINKED: Final = Prepared(
    ORDERS.select()
    .where(
        _O.id != bindparam("id"),
        _O.payer_id != bindparam("payer_id"),
        or_(
            and_(_O.device_id != "", _O.device_id == bindparam("device_id")),
            and_(_O.address != "", _O.address == bindparam("address")),
        ),
    )
    .order_by(_O.placed_ms.desc())
    .limit(_SHOWN)
)
_ALIKE: Final = (
    select(
        func.count(),
        func.coalesce(
            func.sum(case((_C.disposition == Disposition.REFUND_AS_FRAUD.value, 1), else_=0)), 0
        ),
    )
    .select_from(RISK_CASES)
    .join(ORDERS_TABLE, and_(_O.merchant == _C.merchant, _O.id == _C.order_id))
    .where(
        _C.merchant == _MERCHANT,
        _C.order_id != bindparam("id"),
        _C.state.in_([CaseState.DECIDED.value, CaseState.CLOSED.value]),
        _O.product_id == bindparam("product_id"),
    )
)


def around(work: Work, order: StoredOrder) -> Around:
    """Velocity and habits around an order at the work's instant."""
    bound = {**_bound(work, order), "since": work.now_ms - TODAY_MS}
    habits = work.connection.execute(_HABITS, bound).all()
    paid = [row for row in habits if row.paid]
    usual = [row.paid for row in paid if row.currency == order.currency]
    devices = work.connection.execute(_DEVICE, bound).all() if order.device_id else []
    failed = work.connection.execute(_FAILED, bound).scalar_one()
    recent_ms = work.now_ms - RECENT_MS
    return Around(
        payer_paid_orders=len(paid),
        payer_usual=sum(usual) // len(usual) if usual else None,
        payer_orders_recently=sum(row.placed_ms >= recent_ms for row in habits),
        payer_countries=frozenset(row.country for row in paid if row.country),
        same_product_today=sum(
            row.product_id == order.product_id and row.placed_ms >= bound["since"] for row in paid
        ),
        failed_attempts_today=failed,
        device_payers=len({row.payer_id for row in devices} - {order.payer_id}),
        device_orders_recently=sum(row.placed_ms >= recent_ms for row in devices),
    )


def payer_totals(work: Work, order: StoredOrder) -> PayerTotals:
    """The payer's other orders, and what they paid in the order's currency."""
    orders, paid = work.connection.execute(_TOTALS, _bound(work, order)).one()
    return PayerTotals(orders, int(paid))


def orders_of_payer(work: Work, order: StoredOrder) -> Sequence[StoredOrder]:
    """The payer's other orders, newest first."""
    return ORDERS.all(work, _HISTORY, _bound(work, order))


def linked_orders(work: Work, order: StoredOrder) -> Sequence[StoredOrder]:
    """Orders of other payers from the same device or address, newest first."""
    return ORDERS.all(work, _LINKED, _bound(work, order))


def closed_cases(work: Work, order: StoredOrder) -> tuple[int, int]:
    """How many cases over the same product have been decided, and how many of them were fraud."""
    alike, fraud = work.connection.execute(_ALIKE, _bound(work, order)).one()
    return alike, int(fraud)


def _bound(work: Work, order: StoredOrder) -> dict[str, Any]:
    return {
        "merchant": work.merchant,
        "id": order.id,
        "payer_id": order.payer_id,
        "device_id": order.device_id,
        "address": order.address,
        "currency": order.currency,
        "product_id": order.product_id,
    }
