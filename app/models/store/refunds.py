"""Refunds in the store: their row, what can be searched, what they add to the figures."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from app.models.store.rollups import Deltas
from app.models.store.shelf import Shelf, detail_of
from app.models.store.standing import milliseconds, milliseconds_or_none, plain
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind
from payments.contract.wire.records import Refund


class RefundRow(NamedTuple):
    """A refund's line in a list; ``state`` is a ``RefundState`` value. Units as in ``OrderRow``."""

    row: int
    id: str
    version: int
    requested_at: int
    state: str
    channel: str
    kind: str
    currency: str
    amount: int
    order_id: str
    title: str
    product_id: str
    payer_id: str
    payer: str
    reason: str
    requested_by: str
    requested_by_id: str
    decided_by: str
    decided_at: int | None
    finished_at: int | None
    needs_second_person: int
    automatic: int
    failure: str


def _values(refund: Refund) -> tuple[Any, ...]:
    return (
        refund.id,
        refund.version,
        milliseconds(refund.requested_at),
        plain(refund.state),
        plain(refund.channel),
        plain(refund.kind),
        refund.currency,
        refund.amount,
        refund.order_id,
        refund.title,
        refund.product_id,
        refund.payer_id,
        refund.payer,
        refund.reason,
        refund.requested_by,
        refund.requested_by_id,
        refund.decided_by,
        milliseconds_or_none(refund.decided_at),
        milliseconds_or_none(refund.finished_at),
        int(refund.needs_second_person),
        int(refund.automatic),
        refund.failure,
    )


def _words(refund: Refund) -> tuple[str, ...]:
    return f"{refund.id} | {refund.order_id}", refund.payer, refund.title


REFUNDS = Shelf(
    kind=Kind.REFUND,
    table="refunds",
    decoder=msgspec.json.Decoder(Refund),
    columns=RefundRow._fields,
    values=_values,
    searched=("number", "payer", "title"),
    words=_words,
    tally=Deltas.refund,
)


def detail(db: Transaction, refund_id: str) -> Refund | None:
    """The whole refund as the server sent it, or None when it is not in the store."""
    return detail_of(db, REFUNDS, refund_id)


def of_order(db: Transaction, order_id: str) -> list[RefundRow]:
    """The refunds of one order, oldest first."""
    rows = db.all(
        f"SELECT {', '.join(RefundRow._fields)} FROM refunds"
        " WHERE order_id = ? AND order_id <> '' ORDER BY requested_at, id",
        (order_id,),
    )
    return [RefundRow(*row) for row in rows]
