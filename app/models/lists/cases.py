"""The list of risk cases."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from app.models.lists.filters import Filter
from app.models.lists.query import CaseQuery, Totals
from app.models.lists.source import Searched, Source, full_text
from app.models.lists.table import RecordTable
from app.models.store import meta
from app.models.store.cases import CaseRow
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind

# Decided on this computer, and the record does not show it yet.
_DECIDED_HERE: Final = (
    "EXISTS (SELECT 1 FROM pending_actions AS mine WHERE mine.target = cases.id"
    " AND mine.kind = 'case.decide' AND (mine.state IN ('queued', 'sending')"
    " OR mine.state = 'done' AND mine.base_version >= cases.version))"
)
# Score (the expected loss in the base currency) for each millisecond left, at least a minute.
# Without ", ", which separates the columns of a sort.
_URGENCY: Final = "score_rank*1.0/max(60000,review_by-strftime('%s','now')*1000)"


def _restrict(db: Transaction, query: CaseQuery) -> Filter:
    condition = Filter()
    _restrict_states(condition, query)
    condition.among("channel", query.channels)
    condition.equals("currency", query.currency)
    condition.equals("order_id", query.order_id)
    condition.equals("payer_id", query.payer_id)
    condition.equals("assignee_id", query.assignee_id)
    condition.between("amount", query.smallest, query.largest)
    condition.days("opened_at", query.first_day, query.last_day, meta.calendar(db))
    return condition


def _restrict_states(condition: Filter, query: CaseQuery) -> None:
    if not query.decided_here:
        condition.among("state", query.states)
    if query.decided_here is False:
        condition.add(f"NOT {_DECIDED_HERE}")
    if query.decided_here:
        marks = ", ".join("?" * len(query.states))
        condition.add(f"(state IN ({marks}) OR {_DECIDED_HERE})", query.states)


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
            "urgency": f"{_URGENCY}, score_rank",
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
            # What was decided here and is not answered yet is the latest.
            "decided_last": "coalesce(decided_at,9e15)",
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
