"""What a channel says of a refund, applied: the one way a refund succeeds or fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from payments.channels.protocol import RefundOutcome, RefundResult
from payments.contract.lifecycles import RefundState, Step, step
from payments.contract.wire.records import Happening
from payments.flows.alarms import alarm
from payments.flows.job_kinds import ASK_REFUND, SUBMIT_REFUND, drop, plan
from payments.flows.locking import lock_refund
from payments.flows.refund_reserve import pay_out, release
from payments.flows.timeline import line
from payments.store.records import REFUNDS
from payments.store.stored import StoredRefund
from payments.store.work import Work

_RETRY_MS: Final = 600_000
_MOVES: Final = {
    RefundResult.PROCESSING: (RefundState.PROCESSING, Happening.REFUND_PROCESSING),
    RefundResult.SUCCEEDED: (RefundState.SUCCEEDED, Happening.REFUND_SUCCEEDED),
    RefundResult.FAILED: (RefundState.FAILED, Happening.REFUND_FAILED),
    RefundResult.REQUIRES_ACTION: (
        RefundState.REQUIRES_ACTION,
        Happening.REFUND_REQUIRES_ACTION,
    ),
}
_ENDS: Final = frozenset({RefundState.SUCCEEDED, RefundState.FAILED})
_SENT: Final = frozenset({RefundState.SUBMITTED, RefundState.PROCESSING})


def apply_refund_outcome(work: Work, refund_id: str, outcome: RefundOutcome) -> StoredRefund:
    """Apply what the channel says and answer the refund as it is then; repeats change nothing."""
    order, refund = lock_refund(work, refund_id)
    difference = _mismatch(refund, outcome)
    if difference:
        _alarm(work, refund, "refund_mismatch", difference)
        return refund
    if outcome.result not in _MOVES:
        return _send_again(work, refund, outcome)
    state, happened = _MOVES[outcome.result]
    taken = step(refund.state, state)
    if taken is Step.REFUSED:
        _alarm(work, refund, "answer_does_not_fit", outcome.result.value)
    if taken is not Step.TAKEN:
        return refund
    moved = replace(
        refund,
        state=state,
        failure=outcome.failure,
        channel_ref=outcome.channel_ref or refund.channel_ref,
        finished_ms=work.now_ms if state in _ENDS else None,
        events=(*refund.events, line(work, happened, failure=outcome.failure)),
    )
    REFUNDS.save(work, moved)
    if state is RefundState.SUCCEEDED:
        pay_out(work, order, moved)
    elif state is RefundState.FAILED:
        release(work, order, moved, Happening.REFUND_FAILED)
    if state in _ENDS:
        drop(work, ASK_REFUND, refund_id)
    if state in {RefundState.FAILED, RefundState.REQUIRES_ACTION}:
        _alarm(work, moved, f"refund_{state.value}", outcome.failure)
    return moved


def _mismatch(refund: StoredRefund, outcome: RefundOutcome) -> str:
    if outcome.refund_id != refund.id:
        return "number"
    if outcome.attempt_id and outcome.attempt_id != refund.attempt_id:
        return "attempt"
    if outcome.amount is None:
        return ""
    if outcome.amount.currency != refund.currency:
        return "currency"
    return "" if outcome.amount.amount == refund.amount else "amount"


def _send_again(work: Work, refund: StoredRefund, outcome: RefundOutcome) -> StoredRefund:
    """Not taken or never received: the same number again. Unknown: the job that asks is there."""
    if refund.state in _SENT and outcome.result is RefundResult.NOT_FOUND:
        plan(work, SUBMIT_REFUND, refund.id)
    elif refund.state in _SENT and outcome.result is RefundResult.RETRY_LATER:
        plan(work, SUBMIT_REFUND, refund.id, at_ms=work.now_ms + _RETRY_MS)
    return refund


def _alarm(work: Work, refund: StoredRefund, kind: str, detail: str) -> None:
    alarm(
        work,
        kind,
        channel=refund.channel,
        subject=refund.id,
        data={"detail": detail, "state": refund.state.value, "amount": refund.amount},
    )
