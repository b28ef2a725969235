"""An order's money has arrived: post it, score its risk, then hand over the goods or hold them."""

from __future__ import annotations

from dataclasses import replace

from payments.contract.lifecycles import OPEN_ATTEMPTS, OrderState
from payments.contract.wire.records import Happening
from payments.domain.ledger_entries import LedgerEvent, payment_received
from payments.flows.assess_risk import assessment
from payments.flows.fulfil import granted
from payments.flows.hold_order import held
from payments.flows.job_kinds import ASK_ATTEMPT, DAY_MS, EXPIRE_ORDER, drop, plan
from payments.flows.sales import fee_of, sale_of, shares_of
from payments.flows.timeline import line
from payments.risk.scoring import holds
from payments.store import ledger
from payments.store.records import ORDERS, attempts_of
from payments.store.stored import StoredAttempt, StoredOrder
from payments.store.work import Work


def mark_paid(work: Work, order: StoredOrder, attempt: StoredAttempt) -> None:
    """Make an order that awaits payment paid by this succeeded attempt.

    The caller holds the order's lock and has checked the amount against the attempt; the attempt
    was made for the whole order.
    """
    if order.state is not OrderState.AWAITING_PAYMENT or attempt.amount != order.amount:
        message = f"{attempt.id} cannot pay an order that is {order.state.value}"
        raise AssertionError(message)
    fee = fee_of(order, attempt)
    ledger.post(
        work,
        LedgerEvent.PAYMENT_RECEIVED,
        payment_received(sale_of(order, attempt.channel), shares_of(order), fee),
        order_id=order.id,
    )
    risk = assessment(work, order)
    order = replace(
        order,
        state=OrderState.PAID,
        channel=attempt.channel,
        method=attempt.method,
        paid=attempt.amount,
        fee=fee,
        paid_ms=work.now_ms,
        refundable_until_ms=work.now_ms + order.refund_days * DAY_MS,
        risk=risk,
        events=(
            *order.events,
            line(work, Happening.PAID, attempt=attempt.id, amount=attempt.amount),
            # Without its score: that is for those who handle risk, in the order's inner part.
            line(work, Happening.RISK_SCORED),
        ),
    )
    drop(work, EXPIRE_ORDER, order.id)
    _close_others(work, order)
    ORDERS.save(work, held(work, order, risk) if holds(risk) else granted(work, order))


def _close_others(work: Work, order: StoredOrder) -> None:
    """Have whatever else could still be paid closed at its channel now, not at its next asking."""
    if order.attempt_count > 1:
        for other in attempts_of(work, order.id):
            if other.state in OPEN_ATTEMPTS:
                plan(work, ASK_ATTEMPT, other.id)
