"""What a channel says of a payment attempt, applied: the one way an order becomes paid.

Starting, asking, closing and notifications all end here. The order is locked before its attempt is
judged, so that at most one success pays it. What cannot be believed (another amount, currency,
merchant or number) is a security event and pays nothing; it also posts nothing, the money is then a
break that reconciliation finds and a person resolves. Money that is believed but not asked for (late
or a second time) is posted, alarmed and sent back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from payments.channels.protocol import Outcome, PaymentResult
from payments.contract.lifecycles import (
    ASKED_ABOUT,
    FINAL_ATTEMPTS,
    AttemptState,
    OrderState,
    Step,
    step,
)
from payments.contract.wire.records import Happening
from payments.domain.ledger_entries import LedgerEvent, unasked_received
from payments.flows import alarms
from payments.flows.job_kinds import ASK_ATTEMPT, drop
from payments.flows.mark_paid import mark_paid
from payments.flows.return_unasked import return_unasked
from payments.flows.sales import fee_of, sale_of
from payments.flows.timeline import line
from payments.store import ledger
from payments.store.records import ATTEMPTS, ORDERS
from payments.store.stored import StoredAttempt, StoredOrder
from payments.store.work import Work

_MONEY_CAME: Final = frozenset({PaymentResult.PAID, PaymentResult.REFUNDED})
_UNPAID: Final = frozenset({AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.EXPIRED})
_ENDS: Final = {
    PaymentResult.FAILED: (AttemptState.FAILED, Happening.ATTEMPT_FAILED),
    PaymentResult.CLOSED: (AttemptState.CANCELLED, Happening.ATTEMPT_ENDED),
}


def apply_outcome(work: Work, attempt: StoredAttempt, outcome: Outcome) -> StoredAttempt:
    """Apply what the channel says and answer the attempt as it is then; repeats change nothing."""
    order = ORDERS.locked(work, attempt.order_id)
    attempt = ATTEMPTS.locked(work, attempt.id)
    difference = mismatch(attempt, outcome)
    if difference:
        return _conflicted(work, order, attempt, outcome, difference)
    match outcome.result:
        case PaymentResult.PAID:
            return _succeeded(work, order, attempt, outcome)
        case PaymentResult.FAILED | PaymentResult.CLOSED:
            return _ended(work, order, attempt, outcome)
        case PaymentResult.REFUNDED:
            return _returned_elsewhere(work, order, attempt, outcome)
        case PaymentResult.NOT_YET | PaymentResult.PROCESSING | PaymentResult.UNKNOWN:
            return _still_open(work, order, attempt, outcome)


def mismatch(attempt: StoredAttempt, outcome: Outcome) -> str:
    """What differs between an answer and the attempt it is about; empty when nothing does.

    An answer that claims a payment must name its amount; any other may leave it out.
    """
    if outcome.attempt_id != attempt.id:
        return "number"
    if not outcome.merchant_matches:
        return "merchant"
    if outcome.amount is None:
        return "amount" if outcome.result is PaymentResult.PAID else ""
    if outcome.amount.currency != attempt.currency:
        return "currency"
    return "" if outcome.amount.amount == attempt.amount else "amount"


def _conflicted(
    work: Work, order: StoredOrder, attempt: StoredAttempt, outcome: Outcome, difference: str
) -> StoredAttempt:
    alarms.alarm(
        work,
        "mismatch",
        channel=attempt.channel,
        subject=attempt.id,
        data={"difference": difference, "result": outcome.result.value, **_said(outcome)},
    )
    claims_money = outcome.result in _MONEY_CAME and difference != "number"
    if not claims_money or step(attempt.state, AttemptState.CONFLICTED) is not Step.TAKEN:
        return attempt
    conflicted = replace(
        attempt,
        state=AttemptState.CONFLICTED,
        ended_ms=work.now_ms,
        failure=difference,
        channel_ref=outcome.channel_ref,
    )
    ATTEMPTS.save(work, conflicted)
    drop(work, ASK_ATTEMPT, attempt.id)
    happened = line(work, Happening.ATTEMPT_CONFLICTED, attempt=attempt.id, difference=difference)
    ORDERS.save(work, replace(order, events=(*order.events, happened)))
    return conflicted


def _said(outcome: Outcome) -> dict[str, str | int]:
    if outcome.amount is None:
        return {}
    return {"amount": outcome.amount.amount, "currency": outcome.amount.currency}


def _succeeded(
    work: Work, order: StoredOrder, attempt: StoredAttempt, outcome: Outcome
) -> StoredAttempt:
    taken = step(attempt.state, AttemptState.SUCCEEDED)
    if taken is Step.REPEATED:
        return attempt
    if taken is Step.REFUSED:
        return _refused(work, attempt, outcome)
    paid = replace(
        attempt,
        state=AttemptState.SUCCEEDED,
        ended_ms=work.now_ms,
        failure="",
        channel_ref=outcome.channel_ref,
        took=attempt.took | {"payer": max(0, work.now_ms - attempt.started_ms)},
    )
    ATTEMPTS.save(work, paid)
    drop(work, ASK_ATTEMPT, attempt.id)
    if order.state is OrderState.AWAITING_PAYMENT:
        mark_paid(work, order, paid)
    else:
        _unasked(work, order, paid)
    return paid


def _unasked(work: Work, order: StoredOrder, attempt: StoredAttempt) -> None:
    """Money for an order that is paid or closed: on the ledger, alarmed, and on its way back."""
    happened = (
        Happening.DUPLICATE_SUCCESS
        if order.state in {OrderState.PAID, OrderState.COMPLETED}
        else Happening.LATE_SUCCESS
    )
    ledger.post(
        work,
        LedgerEvent.UNASKED_RECEIVED,
        unasked_received(sale_of(order, attempt.channel), attempt.amount, fee_of(order, attempt)),
        order_id=order.id,
    )
    refund_id = return_unasked(work, order, attempt, happened)
    alarms.alarm(
        work,
        happened.value,
        channel=attempt.channel,
        subject=attempt.id,
        data={"order": order.id, "refund": refund_id, "amount": attempt.amount},
    )
    event = line(work, happened, attempt=attempt.id, refund=refund_id)
    ORDERS.save(work, replace(order, events=(*order.events, event)))


def _ended(
    work: Work, order: StoredOrder, attempt: StoredAttempt, outcome: Outcome
) -> StoredAttempt:
    state, happening = _ENDS[outcome.result]
    if state is AttemptState.CANCELLED and attempt.expires_ms <= work.now_ms:
        state = AttemptState.EXPIRED
    if attempt.state in FINAL_ATTEMPTS:
        return attempt if attempt.state in _UNPAID else _refused(work, attempt, outcome)
    ended = replace(attempt, state=state, ended_ms=work.now_ms, failure=outcome.failure)
    ATTEMPTS.save(work, ended)
    drop(work, ASK_ATTEMPT, attempt.id)
    event = line(work, happening, attempt=attempt.id, failure=outcome.failure)
    ORDERS.save(work, replace(order, events=(*order.events, event)))
    return ended


def _returned_elsewhere(
    work: Work, order: StoredOrder, attempt: StoredAttempt, outcome: Outcome
) -> StoredAttempt:
    """The channel shows a payment that came and went: ours when we refunded it, else alarming."""
    if attempt.state is AttemptState.SUCCEEDED:
        return attempt
    return _conflicted(work, order, attempt, outcome, "returned_elsewhere")


def _still_open(
    work: Work, order: StoredOrder, attempt: StoredAttempt, outcome: Outcome
) -> StoredAttempt:
    state = _open_state(attempt, outcome.result)
    if step(attempt.state, state) is not Step.TAKEN:
        return attempt
    moved = replace(attempt, state=state, failure=outcome.failure)
    ATTEMPTS.save(work, moved)
    if state in ASKED_ABOUT:
        event = line(work, Happening.ATTEMPT_UNKNOWN, attempt=attempt.id, failure=outcome.failure)
        order = replace(order, events=(*order.events, event))
    ORDERS.save(work, order)
    return moved


def _open_state(attempt: StoredAttempt, result: PaymentResult) -> AttemptState:
    if result is PaymentResult.PROCESSING:
        return AttemptState.PROCESSING
    if result is PaymentResult.NOT_YET:
        return AttemptState.REQUIRES_ACTION if attempt.instruction else attempt.state
    return AttemptState.UNKNOWN


def _refused(work: Work, attempt: StoredAttempt, outcome: Outcome) -> StoredAttempt:
    """An answer that does not fit where the attempt stands: kept for a person, changes nothing."""
    alarms.alarm(
        work,
        "answer_does_not_fit",
        channel=attempt.channel,
        subject=attempt.id,
        data={"state": attempt.state.value, "result": outcome.result.value},
    )
    return attempt
