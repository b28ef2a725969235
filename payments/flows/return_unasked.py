"""Send back money that nobody asked for: a refund of the whole attempt, approved by the rule."""

from __future__ import annotations

from payments.contract.lifecycles import RefundState
from payments.contract.wire.records import Happening
from payments.flows.job_kinds import SUBMIT_REFUND, plan
from payments.flows.timeline import line
from payments.store.records import REFUNDS
from payments.store.stored import StoredAttempt, StoredOrder, StoredRefund
from payments.store.work import Work


def return_unasked(
    work: Work, order: StoredOrder, attempt: StoredAttempt, reason: Happening
) -> str:
    """Add the automatic refund of an attempt that succeeded late or second; answers its id.

    It is bound to its attempt and takes nothing from what the order's own payment has left. The
    caller holds the order's lock and has posted the money as received.
    """
    refund = StoredRefund(
        id=work.new_id(),
        order_id=order.id,
        attempt_id=attempt.id,
        requested_ms=work.now_ms,
        currency=attempt.currency,
        amount=attempt.amount,
        state=RefundState.APPROVED,
        reason=reason.value,
        title=order.title,
        kind=order.kind,
        product_id=order.product_id,
        instructor_id=order.instructor_id,
        payer_id=order.payer_id,
        payer=order.payer,
        channel=attempt.channel,
        automatic=True,
        at_risk=order.at_risk,
        events=(
            line(work, Happening.REFUND_REQUESTED, amount=attempt.amount),
            line(work, Happening.REFUND_APPROVED),
        ),
    )
    REFUNDS.add(work, refund)
    plan(work, SUBMIT_REFUND, refund.id)
    return refund.id
