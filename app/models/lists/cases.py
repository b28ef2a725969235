"""The list of risk cases."""

from __future__ import annotations

from types import MappingProxyType

from app.models.lists.filters import Filter
from app.models.lists.query import CaseQuery, Totals
from app.models.lists.source import Searched, Source, full_text
from app.models.lists.table import RecordTable
from app.models.store import meta
from app.models.store.cases import CaseRow
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind


def _restrict(db: Transaction, query: CaseQuery) -> Filter:
    condition = Filter()
    condition.among("state", query.states)
    condition.among("channel", query.channels)
    condition.equals("currency", query.currency)
    condition.equals("order_id", query.order_id)
    condition.equals("payer_id", query.payer_id)
    condition.equals("assignee_id", query.assignee_id)
    condition.between("amount", query.smallest, query.largest)
    condition.days("opened_at", query.first_day, query.last_day, meta.calendar(db))
    return condition


def _search(_: Transaction, text: str) -> Searched:
    return full_text("cases", text)


def _count_quickly(_: Transaction, __: CaseQuery) -> Totals | None:
    return None


CASE_SOURCE: Source[CaseRow, CaseQuery] = Source(
    kind=Kind.RISK_CASE,
    table="cases",
    line=CaseRow._make,
    columns=CaseRow._fields,
    sorts=MappingProxyType(
        {
            "at_risk": "at_risk, opened_at",
            "score": "score_rank, opened_at",
            "opened_at": "opened_at",
            "review_by": "review_by",
            "id": "id",
            "order_id": "order_id",
            "state": "state, at_risk",
            "channel": "channel, at_risk",
            "amount": "amount, opened_at",
            "payer": "payer, opened_at",
            "title": "title, opened_at",
            "assignee": "assignee, at_risk",
            "decided_at": "decided_at",
        }
    ),
    restrict=_restrict,
    search=_search,
    count_quickly=_count_quickly,
    sums=("amount", "0"),
)


class CaseTable(RecordTable[CaseRow, CaseQuery]):
    """The risk cases of a ``CaseQuery``; see ``RecordTable``."""

    source = CASE_SOURCE
    everything = CaseQuery()
