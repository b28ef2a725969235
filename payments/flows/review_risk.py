"""Review risk cases: claim, decide, escalate, reopen.

What a person decides stands: no rule and no model changes a case that a person has set. Approving
hands the goods over; everything else sends all the money back, on the reviewer's own authority.
"""

from __future__ import annotations

from dataclasses import replace

from payments.channels.registry import Terms
from payments.contract.lifecycles import (
    CaseState,
    Decider,
    Disposition,
    HoldState,
    OrderState,
    RefundState,
    Review,
    Step,
    step,
)
from payments.contract.problems import Code, FieldProblem, RefusedError
from payments.contract.wire.records import ChannelName, Happening
from payments.contract.wire.requests import CaseDecision, CaseNote
from payments.domain.refundable import refundable
from payments.flows.fulfil import granted, revoked
from payments.flows.hold_order import hold_of
from payments.flows.job_kinds import SUBMIT_REFUND, plan
from payments.flows.locking import lock_case
from payments.flows.merchant import settings_of
from payments.flows.refund import refund_of
from payments.flows.refund_reserve import reserve
from payments.flows.timeline import line
from payments.store import audit
from payments.store.records import CASES, HOLDS, ORDERS, PAYERS, active_holds
from payments.store.stored import StoredCase, StoredOrder
from payments.store.work import Work

_HOUR_MS = 3_600_000


def claim(work: Work, case_id: str) -> str:
    """Take a case to look at it; claiming one's own again changes nothing.

    Raises RefusedError: NOT_FOUND, STEP_REFUSED when it is another's or closed.
    """
    _, case = lock_case(work, case_id)
    if case.state is CaseState.IN_REVIEW and case.assignee_id == _actor_id(work):
        return case_id
    if case.state is CaseState.CLOSED:
        raise RefusedError(Code.STEP_REFUSED, "a closed case is reopened, with a reason")
    claimed = _moved(work, case, CaseState.IN_REVIEW, Happening.CASE_CLAIMED)
    CASES.save(work, replace(claimed, assignee_id=_actor_id(work), assignee=work.by))
    audit.note(work, "case.claim", case_id)
    return case_id


def decide(work: Work, case_id: str, decision: CaseDecision, terms: Terms) -> str:
    """Approve (releases the goods) or decline (refunds the order in full), and close the case.

    Raises RefusedError: NOT_FOUND, STEP_REFUSED when it is decided or under another's review,
    CHANNEL_NOT_CONFIGURED and INSUFFICIENT_BALANCE when the money cannot go back.
    """
    order, case = lock_case(work, case_id)
    if case.state is CaseState.IN_REVIEW and case.assignee_id != _actor_id(work):
        raise RefusedError(Code.STEP_REFUSED, "another person is reviewing this case")
    decided = _moved(
        work,
        case,
        CaseState.DECIDED,
        Happening.CASE_DECIDED,
        disposition=decision.disposition.value,
    )
    closed = _moved(work, decided, CaseState.CLOSED, Happening.CASE_CLOSED)
    CASES.save(
        work,
        replace(
            closed,
            disposition=decision.disposition,
            decided_by=Decider.PERSON,
            decider_id=_actor_id(work),
            decider=work.by,
            decided_ms=work.now_ms,
            reason=decision.reason,
            note=decision.note,
        ),
    )
    said = {"disposition": decision.disposition.value, "reason": decision.reason}
    audit.note(work, "case.decide", case_id, {**said, "order": order.id})
    if decision.disposition is Disposition.APPROVE:
        _approve(work, order)
    else:
        _decline(work, order, decision, terms)
    return case_id


def escalate(work: Work, case_id: str, note: CaseNote) -> str:
    """Hand a case to somebody who may decide more. Raises RefusedError: NOT_FOUND, STEP_REFUSED."""
    _, case = lock_case(work, case_id)
    said = {"note": note.note} if note.note else {}
    escalated = _moved(work, case, CaseState.ESCALATED, Happening.CASE_ESCALATED, **said)
    CASES.save(work, replace(escalated, assignee_id="", assignee="", note=note.note or case.note))
    audit.note(work, "case.escalate", case_id, said)
    return case_id


def reopen(work: Work, case_id: str, note: CaseNote) -> str:
    """Look at a closed case again; the note says why. The order is held again.

    Raises RefusedError: NOT_FOUND, INVALID_FIELD without a reason, STEP_REFUSED.
    """
    if not note.note.strip():
        detail = "a closed case is reopened with a reason"
        raise RefusedError(Code.INVALID_FIELD, detail, (FieldProblem("/note", detail),))
    order, case = lock_case(work, case_id)
    if case.state is not CaseState.CLOSED:
        raise RefusedError(Code.STEP_REFUSED, f"the case is {case.state.value}")
    reopened = _moved(work, case, CaseState.IN_REVIEW, Happening.CASE_REOPENED, note=note.note)
    review_by_ms = work.now_ms + settings_of(work).review_hours * _HOUR_MS
    CASES.save(
        work,
        replace(
            reopened,
            assignee_id=_actor_id(work),
            assignee=work.by,
            review_by_ms=review_by_ms,
        ),
    )
    HOLDS.add(work, hold_of(work, order, review_by_ms))
    held = line(work, Happening.HELD, case=case_id)
    ORDERS.save(work, replace(order, review=Review.PENDING, events=(*order.events, held)))
    audit.note(work, "case.reopen", case_id, {"note": note.note})
    return case_id


def _approve(work: Work, order: StoredOrder) -> None:
    """Release the hold and hand over the goods, unless the money is going or has gone back."""
    _end_holds(work, order, HoldState.RELEASED)
    order = _reviewed(work, order, Review.APPROVED, Happening.RELEASED)
    if refundable(paid=order.paid, refunded=order.refunded, reserved=order.refunding):
        order = granted(work, order)
    ORDERS.save(work, order)


def _decline(work: Work, order: StoredOrder, decision: CaseDecision, terms: Terms) -> None:
    """Enforce the hold, take the goods back and send back whatever is not on its way already."""
    _end_holds(work, order, HoldState.ENFORCED)
    order = _reviewed(work, order, Review.DECLINED, Happening.DECLINED)
    amount = refundable(paid=order.paid, refunded=order.refunded, reserved=order.refunding)
    if amount and order.state in {OrderState.PAID, OrderState.COMPLETED}:
        order = _send_back(work, order, amount, decision, terms)
    ORDERS.save(work, revoked(work, order))
    if decision.disposition is Disposition.REFUND_AS_FRAUD:
        payer = PAYERS.locked(work, order.payer_id)
        PAYERS.save(work, replace(payer, at_risk=True))


def _send_back(
    work: Work, order: StoredOrder, amount: int, decision: CaseDecision, terms: Terms
) -> StoredOrder:
    """Refund ``amount``. The reviewer's note stays with the case: more people see the refund."""
    if order.channel is None or order.channel is ChannelName.EXTERNAL:
        raise RefusedError(Code.CHANNEL_NOT_CONFIGURED, "the money came through another system")
    if order.channel not in terms:
        raise RefusedError(Code.CHANNEL_NOT_CONFIGURED, order.channel.value)
    approved = line(work, Happening.REFUND_APPROVED)
    refund = refund_of(work, order, amount, decision.disposition.value)
    refund = replace(
        refund,
        state=RefundState.APPROVED,
        requested_by="",
        requested_by_id="",
        decided_by=work.by,
        decided_by_id=_actor_id(work),
        decided_ms=work.now_ms,
        events=(*refund.events, approved),
    )
    plan(work, SUBMIT_REFUND, refund.id)
    return reserve(work, order, refund)


def _reviewed(work: Work, order: StoredOrder, review: Review, happened: Happening) -> StoredOrder:
    if step(order.review, review) is Step.REFUSED:
        raise RefusedError(Code.STEP_REFUSED, f"the order's review is {order.review.value}")
    return replace(order, review=review, events=(*order.events, line(work, happened)))


def _end_holds(work: Work, order: StoredOrder, state: HoldState) -> None:
    for hold in active_holds(work, "order", order.id):
        HOLDS.save(work, replace(HOLDS.locked(work, hold.id), state=state))


def _moved(
    work: Work, case: StoredCase, to: CaseState, happened: Happening, **data: str | int
) -> StoredCase:
    if step(case.state, to) is not Step.TAKEN:
        raise RefusedError(Code.STEP_REFUSED, f"the case is {case.state.value}")
    return replace(case, state=to, events=(*case.events, line(work, happened, **data)))


def _actor_id(work: Work) -> str:
    return work.actor.user_id if work.actor else ""
