"""Orders in the store: their row, what can be searched, what they add to the figures."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.models.store.calendar import Calendar
from app.models.store.database import Transaction
from app.models.store.rollups import Deltas
from app.models.store.shelf import Shelf, detail_of, milliseconds
from payments.contract.lifecycles import AttemptState, OrderStatus, order_status
from payments.contract.roles import Kind
from payments.contract.wire.records import Order


class OrderRow(NamedTuple):
    """An order's line in a list. Instants are epoch milliseconds, ``placed_day`` a business day as
    ``date.toordinal``; ``status`` is an ``OrderStatus`` value, ``row`` the number in the store."""

    row: int
    id: str
    version: int
    placed_at: int
    placed_day: int
    status: str
    channel: str
    kind: str
    currency: str
    amount: int
    paid: int
    refunded: int
    refunding: int
    quantity: int
    title: str
    product_id: str
    payer_id: str
    payer: str
    payer_phone: str
    instructor: str
    review: str
    fulfilment: str
    settlement: str
    paid_at: int | None
    paid_day: int | None
    refundable_until: int | None


def status_of(order: Order) -> OrderStatus:
    """The status a person sees, from the order's axes and its latest attempt."""
    last = order.attempts[-1].state if order.attempts else None
    return order_status(
        order.state,
        order.review,
        paid=order.paid,
        refunded=order.refunded,
        last_attempt_failed=last is AttemptState.FAILED,
    )


def _values(order: Order, calendar: Calendar) -> tuple[Any, ...]:
    placed_at = milliseconds(order.placed_at)
    paid_at = milliseconds(order.paid_at)
    return (
        order.id,
        order.version,
        placed_at,
        calendar.day(placed_at),
        status_of(order).value,
        order.channel.value if order.channel else "",
        order.kind.value,
        order.currency,
        order.amount,
        order.paid,
        order.refunded,
        order.refunding,
        order.quantity,
        order.title,
        order.product_id,
        order.payer_id,
        order.payer,
        order.payer_phone,
        order.instructor,
        order.review.value,
        order.fulfilment.value,
        order.settlement.value,
        paid_at,
        None if paid_at is None else calendar.day(paid_at),
        milliseconds(order.refundable_until),
    )


def _words(order: Order) -> tuple[str, ...]:
    return order.id, order.payer, order.title


ORDERS = Shelf(Kind.ORDER, "orders", Order, OrderRow._fields, _values, _words, Deltas.order)


def detail(db: Transaction, order_id: str) -> Order | None:
    """The whole order as the server sent it, or None when it is not in the store."""
    return detail_of(db, ORDERS, order_id)
