"""What happened around an order: of its payer, its device, its address, and cases like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, distinct, func, or_, select

from payments.contract.lifecycles import AttemptState, CaseState, Disposition
from payments.store.records import ORDERS as ORDER_RECORDS
from payments.store.stored import StoredOrder
from payments.store.tables import ATTEMPTS, ORDERS, RISK_CASES
from payments.store.work import Work

_O: Final = ORDERS.c
_RECENT_MS: Final = 3_600_000
_DAY_MS: Final = 86_400_000
# Evidence is for reading: the newest few say what there is to say.
_MOST: Final = 10

_OTHERS: Final = and_(_O.merchant == bindparam("merchant"), _O.id != bindparam("order_id"))
_PAID: Final = _O.paid > 0
_OF_PAYER: Final = and_(_OTHERS, _O.payer_id == bindparam("payer_id"))
_OF_DEVICE: Final = and_(_OTHERS, _O.device_id == bindparam("device_id"))
_IN_CURRENCY: Final = and_(_PAID, _O.currency == bindparam("currency"))


def _count(condition: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's expressions
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_PAYER: Final = select(
    _count(_PAID),
    func.avg(case((_IN_CURRENCY, _O.amount))),
    _count(_O.placed_ms >= bindparam("recent_ms")),
    _count(
        and_(
            _PAID,
            _O.placed_ms >= bindparam("today_ms"),
            _O.product_id == bindparam("product_id"),
        )
    ),
).where(_OF_PAYER)
_COUNTRIES: Final = select(distinct(_O.country)).where(_OF_PAYER, _PAID, _O.country != "")
_FAILED: Final = (
    select(func.count())
    .select_from(ATTEMPTS)
    .join(
        ORDERS, and_(_O.merchant == ATTEMPTS.c.merchant, _O.id == ATTEMPTS.c.order_id)
    )
    .where(
        _O.merchant == bindparam("merchant"),
        _O.payer_id == bindparam("payer_id"),
        _O.placed_ms >= bindparam("today_ms"),
        ATTEMPTS.c.state == AttemptState.FAILED.value,
    )
)
_DEVICE: Final = select(
    func.count(distinct(_O.payer_id)), _count(_O.placed_ms >= bindparam("recent_ms"))
).where(_OF_DEVICE)
_HISTORY: Final = (
    ORDER_RECORDS.select().where(_OF_PAYER).order_by(_O.placed_ms.desc()).limit(_MOST)
)
_LINKED: Final = (
    ORDER_RECORDS.select()
    .where(
        _OTHERS,
        _O.payer_id != bindparam("payer_id"),
        or_(
            and_(_O.device_id == bindparam("device_id"), _O.device_id != ""),
            and_(_O.address == bindparam("address"), _O.address != ""),
        ),
    )
    .order_by(_O.placed_ms.desc())
    .limit(_MOST)
)
_TOTALS: Final = select(
    func.count(), func.coalesce(func.sum(case((_IN_CURRENCY, _O.paid), else_=0)), 0)
).where(_OF_PAYER)
_CASES: Final = (
    select(
        func.count(),
        _count(RISK_CASES.c.disposition == Disposition.REFUND_AS_FRAUD.value),
    )
    .select_from(RISK_CASES)
    .join(
        ORDERS, and_(_O.merchant == RISK_CASES.c.merchant, _O.id == RISK_CASES.c.order_id)
    )
    .where(
        _OTHERS,
        _O.product_id == bindparam("product_id"),
        RISK_CASES.c.state == CaseState.CLOSED.value,
    )
)


@dataclass(frozen=True, slots=True)
class Around:
    """Counts around an order, itself left out. ``payer_usual`` is minor units of its currency."""

    payer_paid_orders: int
    payer_usual: int | None
    payer_orders_recently: int
    same_product_today: int
    payer_countries: frozenset[str]
    failed_attempts_today: int
    device_payers: int
    device_orders_recently: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What a payer has ordered before, and paid in minor units of the order's currency."""

    orders: int
    paid: int


def around(work: Work, order: StoredOrder) -> Around:
    """The counts that the features of risk are made of."""
    bound = _bound(work, order)
    paid, usual, recently, same = work.connection.execute(_PAYER, bound).one()
    countries: frozenset[str] = frozenset()
    if order.country and paid:
        countries = frozenset(work.connection.execute(_COUNTRIES, bound).scalars())
    failed = work.connection.execute(_FAILED, bound).scalar_one()
    payers, of_device = (0, 0)
    if order.device_id:
        payers, of_device = work.connection.execute(_DEVICE, bound).one()
    return Around(
        payer_paid_orders=int(paid),
        payer_usual=None if usual is None else int(usual),
        payer_orders_recently=int(recently),
        same_product_today=int(same),
        payer_countries=countries,
        failed_attempts_today=int(failed),
        device_payers=int(payers),
        device_orders_recently=int(of_device),
    )


def payer_totals(work: Work, order: StoredOrder) -> Totals:
    """What the payer has ordered and paid besides this order."""
    orders, paid = work.connection.execute(_TOTALS, _bound(work, order)).one()
    return Totals(int(orders), int(paid))


def orders_of_payer(work: Work, order: StoredOrder) -> list[StoredOrder]:
    """The payer's other orders, newest first, a few."""
    return ORDER_RECORDS.all(work, _HISTORY, _bound(work, order))


def linked_orders(work: Work, order: StoredOrder) -> list[StoredOrder]:
    """Orders of other payers from the same device or address, newest first, a few."""
    return ORDER_RECORDS.all(work, _LINKED, _bound(work, order))


def closed_cases(work: Work, order: StoredOrder) -> tuple[int, int]:
    """Closed cases over the same product, and how many of them were fraud."""
    alike, fraud = work.connection.execute(_CASES, _bound(work, order)).one()
    return int(alike), int(fraud)


def _bound(work: Work, order: StoredOrder) -> dict[str, Any]:
    return {
        "merchant": work.merchant,
        "order_id": order.id,
        "payer_id": order.payer_id,
        "device_id": order.device_id,
        "address": order.address,
        "currency": order.currency,
        "product_id": order.product_id,
        "recent_ms": work.now_ms - _RECENT_MS,
        "today_ms": work.now_ms - _DAY_MS,
    }
