"""Risk cases in the store: their row and what can be searched."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from app.models.store.rollups import Deltas
from app.models.store.shelf import Shelf, detail_of
from app.models.store.standing import milliseconds, milliseconds_or_none, plain
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind
from payments.contract.wire.records import RiskCase


class CaseRow(NamedTuple):
    """A risk case's line in a list; ``state`` is a ``CaseState`` value. Units as in ``OrderRow``.

    ``score``, ``coefficient`` and ``threshold`` are exact decimal text; ``score_rank`` is the score
    in ten-thousandths, to sort by.
    """

    row: int
    id: str
    version: int
    opened_at: int
    state: str
    channel: str
    currency: str
    amount: int
    at_risk: int
    score: str
    score_rank: int
    coefficient: str
    threshold: str
    order_id: str
    title: str
    quantity: int
    payer_id: str
    payer: str
    review_by: int
    assignee_id: str
    assignee: str
    disposition: str
    decided_at: int | None


def _values(case: RiskCase) -> tuple[Any, ...]:
    return (
        case.id,
        case.version,
        milliseconds(case.opened_at),
        plain(case.state),
        plain(case.channel),
        case.currency,
        case.amount,
        case.at_risk,
        case.risk.score,
        int(Decimal(case.risk.score).scaleb(4)),
        case.risk.coefficient,
        case.risk.threshold,
        case.order_id,
        case.title,
        case.quantity,
        case.payer_id,
        case.payer,
        milliseconds(case.review_by),
        case.assignee_id,
        case.assignee,
        plain(case.disposition),
        milliseconds_or_none(case.decided_at),
    )


def _words(case: RiskCase) -> tuple[str, ...]:
    return f"{case.id} | {case.order_id}", case.payer, case.title


CASES = Shelf(
    kind=Kind.RISK_CASE,
    table="cases",
    decoder=msgspec.json.Decoder(RiskCase),
    columns=CaseRow._fields,
    values=_values,
    searched=("number", "payer", "title"),
    words=_words,
    tally=Deltas.nothing,
)


def detail(db: Transaction, case_id: str) -> RiskCase | None:
    """The whole case as the server sent it, or None when it is not in the store."""
    return detail_of(db, CASES, case_id)


def of_order(db: Transaction, order_id: str) -> list[CaseRow]:
    """The cases over one order, oldest first."""
    rows = db.all(
        f"SELECT {', '.join(CaseRow._fields)} FROM cases WHERE order_id = ? ORDER BY opened_at, id",
        (order_id,),
    )
    return [CaseRow(*row) for row in rows]
