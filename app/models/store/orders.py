"""Orders in the store: their row, what can be searched, what they add to the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from app.models.store.codes import (
    CHANNELS,
    FULFILMENTS,
    KINDS,
    REVIEWS,
    SETTLEMENTS,
    STATUSES,
)
from app.models.store.rollups import Deltas
from app.models.store.shelf import Shelf, detail_of
from app.models.store.standing import milliseconds, milliseconds_or_none, status_of
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind
from payments.contract.wire.records import Order


class OrderRow(NamedTuple):
    """An order's line in a list. Instants are epoch milliseconds.

    ``status`` is an ``OrderStatus`` value, ``row`` the order's number in the store.
    """

    row: int
    id: str
    version: int
    placed_at: int
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
    refundable_until: int | None


_CODED: Final = tuple(
    (OrderRow._fields.index(column), codes.word)
    for column, codes in (
        ("status", STATUSES),
        ("channel", CHANNELS),
        ("kind", KINDS),
        ("review", REVIEWS),
        ("fulfilment", FULFILMENTS),
        ("settlement", SETTLEMENTS),
    )
)


def order_row(values: Sequence[Any]) -> OrderRow:
    """A line from the table's columns, which hold numbers for the words that repeat."""
    line = list(values)
    for position, word in _CODED:
        line[position] = word(line[position])
    return OrderRow._make(line)


def _values(order: Order) -> tuple[Any, ...]:
    return (
        order.id,
        order.version,
        milliseconds(order.placed_at),
        STATUSES.of(status_of(order)),
        CHANNELS.of(order.channel),
        KINDS.of(order.kind),
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
        REVIEWS.of(order.review),
        FULFILMENTS.of(order.fulfilment),
        SETTLEMENTS.of(order.settlement),
        milliseconds_or_none(order.paid_at),
        milliseconds_or_none(order.refundable_until),
    )


def _words(order: Order) -> tuple[str, ...]:
    return order.id, order.payer, order.title


ORDERS = Shelf(
    kind=Kind.ORDER,
    table="orders",
    decoder=msgspec.json.Decoder(Order),
    columns=OrderRow._fields,
    values=_values,
    searched=("number", "payer", "title"),
    words=_words,
    tally=Deltas.order,
)


def detail(db: Transaction, order_id: str) -> Order | None:
    """The whole order as the server sent it, or None when it is not in the store."""
    return detail_of(db, ORDERS, order_id)
