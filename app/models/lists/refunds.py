"""The list of refunds."""

from __future__ import annotations

from types import MappingProxyType

from app.models.lists.filters import Filter
from app.models.lists.query import RefundQuery, Totals
from app.models.lists.source import Searched, Source, full_text
from app.models.lists.table import RecordTable
from app.models.store import meta
from app.models.store.refunds import RefundRow
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind


def _restrict(db: Transaction, query: RefundQuery) -> Filter:
    condition = Filter()
    condition.among("state", query.states)
    condition.among("channel", query.channels)
    condition.among("kind", query.kinds)
    condition.equals("currency", query.currency)
    condition.equals("order_id", query.order_id)
    condition.equals("payer_id", query.payer_id)
    condition.between("amount", query.smallest, query.largest)
    condition.days("requested_at", query.first_day, query.last_day, meta.calendar(db))
    return condition


def _search(_: Transaction, text: str) -> Searched:
    return full_text("refunds", text)


def _count_quickly(_: Transaction, __: RefundQuery) -> Totals | None:
    return None


REFUND_SOURCE: Source[RefundRow, RefundQuery] = Source(
    kind=Kind.REFUND,
    table="refunds",
    line=RefundRow._make,
    columns=RefundRow._fields,
    sorts=MappingProxyType(
        {
            "requested_at": "requested_at",
            "id": "id",
            "state": "state, requested_at",
            "channel": "channel, requested_at",
            "amount": "amount, requested_at",
            "payer": "payer, requested_at",
            "title": "title, requested_at",
            "order_id": "order_id, requested_at",
            "reason": "reason, requested_at",
            "finished_at": "finished_at",
            "requested_by": "requested_by, requested_at",
        }
    ),
    restrict=_restrict,
    search=_search,
    count_quickly=_count_quickly,
    sums=("amount", "CASE state WHEN 'succeeded' THEN amount ELSE 0 END"),
)


class RefundTable(RecordTable[RefundRow, RefundQuery]):
    """The refunds of a ``RefundQuery``; see ``RecordTable``."""

    source = REFUND_SOURCE
    everything = RefundQuery()
