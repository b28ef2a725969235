"""What the customers panel reads from the store: whose records it holds now."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.lists.orders import ORDER_SOURCE
from app.models.lists.query import OrderQuery
from app.models.lists.source import first
from app.models.store.database import Store
from payments.contract.wire.requests import Customer


@dataclass(frozen=True, slots=True)
class Held:
    """The customer in the store, None while there is none, and how many orders are here."""

    customer: Customer | None
    orders: int


def held(store: Store) -> Held:
    """Support's store holds the records of one customer only: the one of its newest order."""
    with store.reading() as db:
        page = first(db, ORDER_SOURCE, OrderQuery())
    if not page.rows:
        return Held(None, 0)
    newest = page.rows[0]
    count = page.totals.count if page.totals else len(page.rows)
    return Held(Customer(newest.payer_id, newest.payer, newest.payer_phone, count), count)
