"""The list of orders."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any, Final

from app.models.lists.filters import Filter
from app.models.lists.query import OrderQuery, Totals
from app.models.lists.source import Searched, Source, full_text, totals_of
from app.models.lists.table import RecordTable
from app.models.store import meta
from app.models.store.calendar import whole_months
from app.models.store.codes import CHANNELS, KINDS, STATUSES
from app.models.store.orders import OrderRow, order_row
from app.models.store.search import expression
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind

# Longer than any business: whole months only, so that the days need not be looked at.
_ALWAYS: Final = (date(1970, 1, 1).toordinal(), date(2999, 12, 31).toordinal())


def _chips(query: OrderQuery) -> Filter:
    condition = Filter()
    condition.among("status", [STATUSES.of(status) for status in query.statuses])
    # With a status, never by the index of a channel or a kind: those hold a large part of all
    # orders each, while the statuses people look for hold few. The plus rules these indexes out.
    unless = "+" if query.statuses else ""
    condition.among(f"{unless}channel", [CHANNELS.of(channel) for channel in query.channels])
    condition.among(f"{unless}kind", [KINDS.of(kind) for kind in query.kinds])
    condition.equals("currency", query.currency)
    return condition


def _restrict(db: Transaction, query: OrderQuery) -> Filter:
    condition = _chips(query)
    condition.equals("product_id", query.product_id)
    condition.equals("payer_id", query.payer_id)
    condition.between("amount", query.smallest, query.largest)
    condition.days("placed_at", query.first_day, query.last_day, meta.calendar(db))
    return condition


def _search(db: Transaction, text: str) -> Searched:
    """Orders that match themselves, or whose product does by its English title.

    The English title is the catalogue's, not the order's: only the product's own record has it.
    """
    own = full_text("orders", text)
    found = (f"{{title_en}} : ({expression(text)})",)
    products = (
        "SELECT id FROM products WHERE row IN"
        " (SELECT rowid FROM products_search WHERE products_search MATCH ?)"
    )
    if db.value(f"SELECT NOT EXISTS ({products})", found):
        return own
    return Searched(
        f"{own.rows} UNION ALL SELECT row FROM orders WHERE product_id IN ({products})",
        (*own.values, *found),
    )


def _count_quickly(db: Transaction, query: OrderQuery) -> Totals | None:
    """Totals from the counts by day and month, which know no single amounts, products or payers."""
    bounds = (query.smallest, query.largest)
    if query.product_id or query.payer_id or any(bound is not None for bound in bounds):
        return None
    months, edges = whole_months(
        _ALWAYS[0] if query.first_day is None else query.first_day.toordinal(),
        _ALWAYS[1] if query.last_day is None else query.last_day.toordinal(),
    )
    parts, values = [], list[Any]()
    for table, period, spans in (("month_counts", "month", months), ("day_counts", "day", edges)):
        for span in spans:
            condition = _chips(query).and_also(f"{period} BETWEEN ? AND ?", span)
            parts.append(f"SELECT currency, orders, amount, refunded FROM {table}{condition.where}")
            values += condition.values
    rows = db.all(
        "SELECT currency, sum(orders), sum(amount), sum(refunded)"
        f" FROM ({' UNION ALL '.join(parts)}) GROUP BY currency ORDER BY currency",
        values,
    )
    return totals_of(rows)


ORDER_SOURCE: Source[OrderRow, OrderQuery] = Source(
    kind=Kind.ORDER,
    table="orders",
    line=order_row,
    columns=OrderRow._fields,
    sorts=MappingProxyType(
        {
            "placed_at": "placed_at",
            "id": "id",
            "status": "status, placed_at",
            "channel": "channel, placed_at",
            "kind": "kind, placed_at",
            "amount": "amount, placed_at",
            "payer": "payer, placed_at",
            "title": "title, placed_at",
            "paid_at": "paid_at",
            "refunded": "refunded, placed_at",
            "quantity": "quantity, placed_at",
            "instructor": "instructor, placed_at",
        }
    ),
    restrict=_restrict,
    search=_search,
    count_quickly=_count_quickly,
    sums=("amount", "refunded"),
)


class OrderTable(RecordTable[OrderRow, OrderQuery]):
    """The orders of an ``OrderQuery``; see ``RecordTable``."""

    source = ORDER_SOURCE
    everything = OrderQuery()
