"""What the signed-in person may do with a refund where it stands, and why not where they may not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.models.store.pending import PendingAction
from payments.contract.lifecycles import RefundState, Step, step
from payments.contract.roles import Permission
from payments.contract.wire.records import Happening, Refund
from payments.contract.wire.requests import Me


class Act(StrEnum):
    """One thing that can be done with a refund."""

    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Possible:
    """The acts to offer, and the key of why a decision that waits is not this person's."""

    acts: tuple[Act, ...]
    reason: str = ""


def possible(refund: Refund, me: Me, actions: list[PendingAction]) -> Possible:
    """What to offer; nothing while an earlier decision of this person is not settled."""
    if actions:
        return Possible(())
    acts: list[Act] = []
    reason = ""
    if refund.state is RefundState.PENDING_APPROVAL:
        if Permission.REFUNDS_APPROVE not in me.permissions:
            reason = "refunds.act.not_yours"
        elif refund.requested_by_id == me.user_id:
            reason = "refunds.act.own_request"
        else:
            acts += [Act.APPROVE, Act.REJECT]
    if _retriable(refund) and Permission.REFUNDS_APPROVE in me.permissions:
        acts.append(Act.RETRY)
    if (
        Act.REJECT not in acts
        and _cancellable(refund)
        and Permission.REFUNDS_REQUEST in me.permissions
    ):
        acts.append(Act.CANCEL)
    return Possible(tuple(acts), reason)


def was_retried(refund: Refund) -> bool:
    """Whether another refund has taken this failed one's place."""
    return any(event.what is Happening.REFUND_RETRIED for event in refund.events)


def _retriable(refund: Refund) -> bool:
    if refund.state is RefundState.REQUIRES_ACTION:
        return True
    return refund.state is RefundState.FAILED and not was_retried(refund)


def _cancellable(refund: Refund) -> bool:
    taken = step(refund.state, RefundState.CANCELLED) is Step.TAKEN
    return taken and not refund.automatic and bool(refund.order_id)
