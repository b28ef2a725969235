"""Keep an order's goods back until a person has looked: the hold, the case and its evidence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from payments.contract.lifecycles import CaseState, HoldState, Review
from payments.contract.wire.records import Happening, Risk
from payments.flows.evidence import evidence_of
from payments.flows.merchant import settings_of
from payments.flows.timeline import line
from payments.risk.scoring import expected_loss
from payments.store.records import CASES, HOLDS
from payments.store.stored import StoredCase, StoredHold, StoredOrder
from payments.store.work import Work

_HOUR_MS: Final = 3_600_000


def held(work: Work, order: StoredOrder, risk: Risk) -> StoredOrder:
    """The paid order under review, with a hold and an open case added. Does not save the order."""
    review_by_ms = work.now_ms + settings_of(work).review_hours * _HOUR_MS
    HOLDS.add(work, hold_of(work, order, review_by_ms))
    case = StoredCase(
        id=work.new_id(),
        order_id=order.id,
        opened_ms=work.now_ms,
        state=CaseState.OPEN,
        currency=order.currency,
        amount=order.paid,
        expected_loss=expected_loss(order.paid, Decimal(risk.coefficient)),
        risk=risk,
        title=order.title,
        quantity=order.quantity,
        payer_id=order.payer_id,
        payer=order.payer,
        channel=order.channel,
        review_by_ms=review_by_ms,
        evidence=evidence_of(work, order),
        events=(line(work, Happening.CASE_OPENED, score=risk.score),),
    )
    CASES.add(work, case)
    return replace(
        order,
        review=Review.PENDING,
        at_risk=True,
        events=(*order.events, line(work, Happening.HELD, case=case.id)),
    )


def hold_of(work: Work, order: StoredOrder, review_by_ms: int) -> StoredHold:
    """A new hold on an order's goods: why, whose turn it is, what next, until when."""
    return StoredHold(
        id=work.new_id(),
        subject_kind="order",
        subject=order.id,
        state=HoldState.ACTIVE,
        reason="risk_score",
        owner="risk_review",
        next_action="review_case",
        review_by_ms=review_by_ms,
    )
