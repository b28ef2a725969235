"""Refunds as people handle them: ask, decide, cancel, try again.

A request reserves its amount at once, so that no two requests together can ask for more than was
paid. Above the merchant's limit a second person decides.
"""

from __future__ import annotations

from dataclasses import replace

from payments.channels.registry import Terms
from payments.contract.lifecycles import RefundState, Step, step
from payments.contract.money import Money
from payments.contract.problems import Code, FieldProblem, RefusedError
from payments.contract.wire.records import ChannelName, Happening
from payments.contract.wire.requests import NewRefund, RefundDecision
from payments.flows.base_amount import base_amount
from payments.flows.job_kinds import ASK_REFUND, SUBMIT_REFUND, next_asking_ms, plan
from payments.flows.locking import lock_refund
from payments.flows.merchant import settings_of
from payments.flows.refund_reserve import release, reserve
from payments.flows.timeline import line
from payments.store import audit
from payments.store.records import ORDERS, REFUNDS
from payments.store.stored import StoredOrder, StoredRefund
from payments.store.work import Work


def request(work: Work, new: NewRefund, terms: Terms) -> str:
    """Reserve the amount and answer the refund's id. ``terms``: ``registry.terms_of(channels)``.

    Raises RefusedError: NOT_FOUND, INVALID_FIELD, ORDER_NOT_REFUNDABLE, REFUND_WINDOW_OVER,
    REFUND_EXCEEDS_PAID, INSUFFICIENT_BALANCE, CHANNEL_NOT_CONFIGURED.
    """
    order = ORDERS.locked(work, new.order_id)
    if new.currency != order.currency:
        raise _refused("currency", f"the order is in {order.currency}")
    _check_terms(work, order, new.amount, terms)
    waits = _needs_second_person(work, order, new.amount)
    refund = replace(
        refund_of(work, order, new.amount, new.reason),
        note=new.note,
        needs_second_person=waits,
    )
    reserve(work, order, refund)
    audit.note(work, "refund.request", refund.id, {"order": order.id, "amount": new.amount})
    _go_on(work, refund.id, waits=waits)
    return refund.id


def decide(work: Work, refund_id: str, decision: RefundDecision) -> str:
    """Approve or reject a refund that waits for a second person.

    Raises RefusedError: NOT_FOUND, SECOND_PERSON_REQUIRED (who asked cannot decide), STEP_REFUSED.
    """
    order, refund = lock_refund(work, refund_id)
    target = RefundState.APPROVED if decision.approve else RefundState.REJECTED
    if refund.state is not RefundState.PENDING_APPROVAL:
        raise RefusedError(Code.STEP_REFUSED, f"the refund is {refund.state.value}")
    if work.actor is None or work.actor.user_id == refund.requested_by_id:
        raise RefusedError(Code.SECOND_PERSON_REQUIRED, "who asked for a refund cannot decide it")
    decided = replace(
        refund,
        decided_by=work.actor.name,
        decided_by_id=work.actor.user_id,
        decided_ms=work.now_ms,
    )
    REFUNDS.save(work, decided)
    audit.note(work, f"refund.{target.value}", refund_id, {"note": decision.note})
    if decision.approve:
        _approve(work, refund_id, decision.note)
        return refund_id
    _move(work, refund_id, target, Happening.REFUND_REJECTED, decision.note)
    release(work, order, refund, Happening.REFUND_REJECTED)
    return refund_id


def cancel(work: Work, refund_id: str) -> str:
    """Take a refund back before it goes to the channel.

    Raises RefusedError: NOT_FOUND, STEP_REFUSED once it was submitted or has ended.
    """
    order, refund = lock_refund(work, refund_id)
    if refund.automatic or step(refund.state, RefundState.CANCELLED) is not Step.TAKEN:
        raise RefusedError(Code.STEP_REFUSED, f"the refund is {refund.state.value}")
    _move(work, refund_id, RefundState.CANCELLED, Happening.REFUND_CANCELLED)
    release(work, order, refund, Happening.REFUND_CANCELLED)
    audit.note(work, "refund.cancelled", refund_id)
    return refund_id


def retry(work: Work, refund_id: str, terms: Terms) -> str:
    """Try a refund again; answers the id of the refund that is now under way.

    One that failed is final at the channel: a new refund takes its place, and its approval where a
    person gave one; without one it may by now be above the limit and wait for a second person. One
    that needs action at the payer's account is sent again under its own number.
    Raises RefusedError: NOT_FOUND, STEP_REFUSED, and what ``request`` raises.
    """
    order, refund = lock_refund(work, refund_id)
    audit.note(work, "refund.retry", refund_id)
    if refund.state is RefundState.REQUIRES_ACTION:
        _send_again(work, refund_id)
        return refund_id
    if refund.state is not RefundState.FAILED or was_retried(refund):
        raise RefusedError(Code.STEP_REFUSED, f"the refund is {refund.state.value}")
    waits = not (refund.automatic or refund.decided_by_id) and _needs_second_person(
        work, order, refund.amount
    )
    again = replace(
        refund_of(work, order, refund.amount, refund.reason),
        attempt_id=refund.attempt_id,
        channel=refund.channel,
        note=refund.note,
        needs_second_person=waits or refund.needs_second_person,
        automatic=refund.automatic,
        decided_by=refund.decided_by,
        decided_by_id=refund.decided_by_id,
        decided_ms=refund.decided_ms,
    )
    if refund.automatic:
        REFUNDS.add(work, again)
    else:
        _check_terms(work, order, refund.amount, terms)
        reserve(work, order, again)
    noted = line(work, Happening.REFUND_RETRIED, refund=again.id)
    REFUNDS.save(work, replace(refund, events=(*refund.events, noted)))
    _go_on(work, again.id, waits=waits)
    return again.id


def refund_of(work: Work, order: StoredOrder, amount: int, reason: str) -> StoredRefund:
    """A new refund of an order's own payment, asked for by the actor. Not added yet."""
    return StoredRefund(
        id=work.new_id(),
        order_id=order.id,
        attempt_id=paying_attempt(order),
        requested_ms=work.now_ms,
        currency=order.currency,
        amount=amount,
        state=RefundState.REQUESTED,
        reason=reason,
        title=order.title,
        kind=order.kind,
        product_id=order.product_id,
        instructor_id=order.instructor_id,
        payer_id=order.payer_id,
        payer=order.payer,
        channel=order.channel,
        requested_by=work.by,
        requested_by_id=work.actor.user_id if work.actor else "",
        at_risk=order.at_risk,
        lines=order.lines if amount == order.paid else (),
        events=(line(work, Happening.REFUND_REQUESTED, amount=amount),),
    )


def paying_attempt(order: StoredOrder) -> str:
    """The id of the attempt that paid the order; empty for an order brought in."""
    paid = [it.data.get("attempt", "") for it in order.events if it.what is Happening.PAID]
    return str(paid[-1]) if paid else ""


def was_retried(refund: StoredRefund) -> bool:
    """Whether another refund has taken this failed one's place."""
    return any(event.what is Happening.REFUND_RETRIED for event in refund.events)


def _check_terms(work: Work, order: StoredOrder, amount: int, terms: Terms) -> None:
    """The policy of the product and the rules of the channel. An unpaid order is refused later."""
    if order.paid_ms is None or order.channel is None:
        raise RefusedError(Code.ORDER_NOT_REFUNDABLE, f"the order is {order.state.value}")
    if order.channel is ChannelName.EXTERNAL or order.channel not in terms:
        raise RefusedError(Code.CHANNEL_NOT_CONFIGURED, order.channel.value)
    traits = terms[order.channel]
    window_ms = order.paid_ms + round(traits.refund_window.total_seconds() * 1000)
    if work.now_ms > min(window_ms, order.refundable_until_ms or window_ms):
        raise RefusedError(Code.REFUND_WINDOW_OVER, order.channel.value)
    if not traits.partial_refunds and amount != order.paid:
        raise _refused("amount", "this channel refunds in full only")


def _needs_second_person(work: Work, order: StoredOrder, amount: int) -> bool:
    """Whether what goes back of the order altogether is above the limit: parts do not slip by."""
    total = base_amount(work, Money(order.refunded + order.refunding + amount, order.currency))
    return total is None or total.amount > settings_of(work).refund_limit


def _go_on(work: Work, refund_id: str, *, waits: bool) -> None:
    if waits:
        _move(work, refund_id, RefundState.PENDING_APPROVAL, Happening.REFUND_WAITS)
    else:
        _approve(work, refund_id)


def _send_again(work: Work, refund_id: str) -> None:
    """Send it under its own number, and ask about it from the beginning."""
    _move(work, refund_id, RefundState.PROCESSING, Happening.REFUND_RETRIED)
    refund = REFUNDS.locked(work, refund_id)
    REFUNDS.save(work, replace(refund, submitted_ms=work.now_ms, asked=0, failure=""))
    plan(work, SUBMIT_REFUND, refund_id)
    plan(work, ASK_REFUND, refund_id, at_ms=next_asking_ms(work.now_ms, 0))


def _approve(work: Work, refund_id: str, note: str = "") -> None:
    _move(work, refund_id, RefundState.APPROVED, Happening.REFUND_APPROVED, note)
    plan(work, SUBMIT_REFUND, refund_id)


def _move(work: Work, refund_id: str, to: RefundState, happened: Happening, note: str = "") -> None:
    refund = REFUNDS.locked(work, refund_id)
    if step(refund.state, to) is not Step.TAKEN:
        raise RefusedError(Code.STEP_REFUSED, f"the refund is {refund.state.value}")
    said = {"note": note} if note else {}
    event = line(work, happened, **said)
    ended = work.now_ms if to in {RefundState.REJECTED, RefundState.CANCELLED} else None
    REFUNDS.save(work, replace(refund, state=to, finished_ms=ended, events=(*refund.events, event)))


def _refused(field: str, detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_FIELD, detail, (FieldProblem(f"/{field}", detail),))
