"""Every lifecycle as one table of allowed steps (spec section 5), shared by both programs.

``step`` answers what an event means for a record: the step is taken, it repeats where the record
already is, or it is refused. Refused and repeated events are recorded and answered; only a taken
step changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar


class OrderState(StrEnum):
    """Where an order stands between placement and completion."""

    DRAFT = "draft"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Fulfilment(StrEnum):
    """Whether the payer has what was bought."""

    UNFULFILLED = "unfulfilled"
    GRANTED = "granted"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


class Review(StrEnum):
    """Whether risk review has looked at an order and what it found."""

    NONE = "none"
    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class Settlement(StrEnum):
    """Whether an order's money has been settled and reconciled."""

    UNSETTLED = "unsettled"
    SETTLED = "settled"
    RECONCILED = "reconciled"


class AttemptState(StrEnum):
    """Where one payment attempt stands at its channel."""

    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CONFLICTED = "conflicted"


class RefundState(StrEnum):
    """Where a refund stands between the request and the payer's account."""

    REQUESTED = "requested"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    PROCESSING = "processing"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class CaseState(StrEnum):
    """Where a risk case stands with its reviewer."""

    OPEN = "open"
    IN_REVIEW = "in_review"
    WAITING = "waiting"
    ESCALATED = "escalated"
    DECIDED = "decided"
    CLOSED = "closed"


class HoldState(StrEnum):
    """Whether a hold still keeps something back."""

    ACTIVE = "active"
    RELEASED = "released"
    ENFORCED = "enforced"


class Disposition(StrEnum):
    """What a risk case was decided to be."""

    APPROVE = "approve"
    DECLINE = "decline"
    REFUND = "refund"
    REFUND_AS_FRAUD = "refund_as_fraud"


class Decider(StrEnum):
    """Who decided: people outrank rules, rules outrank models."""

    MODEL = "model"
    RULE = "rule"
    PERSON = "person"


class Step(StrEnum):
    """What an event means for a record."""

    TAKEN = "taken"
    REPEATED = "repeated"
    REFUSED = "refused"


S = TypeVar("S", bound=StrEnum)

_ORDER: Final = {
    OrderState.DRAFT: {OrderState.AWAITING_PAYMENT, OrderState.CANCELLED},
    OrderState.AWAITING_PAYMENT: {OrderState.PAID, OrderState.EXPIRED, OrderState.CANCELLED},
    OrderState.PAID: {OrderState.COMPLETED},
    OrderState.COMPLETED: set[OrderState](),
    OrderState.EXPIRED: set[OrderState](),
    OrderState.CANCELLED: set[OrderState](),
}

_FULFILMENT: Final = {
    Fulfilment.UNFULFILLED: {Fulfilment.GRANTED},
    Fulfilment.GRANTED: {Fulfilment.CONFIRMED, Fulfilment.REVOKED},
    Fulfilment.CONFIRMED: {Fulfilment.REVOKED},
    Fulfilment.REVOKED: set[Fulfilment](),
}

_REVIEW: Final = {
    Review.NONE: {Review.PENDING},
    Review.PENDING: {Review.APPROVED, Review.DECLINED},
    Review.APPROVED: {Review.PENDING},
    Review.DECLINED: {Review.PENDING},
}

_SETTLEMENT: Final = {
    Settlement.UNSETTLED: {Settlement.SETTLED},
    Settlement.SETTLED: {Settlement.RECONCILED},
    Settlement.RECONCILED: set[Settlement](),
}

# A channel may report a success after we gave an attempt up: the money is there, so the step is
# allowed and the order decides what becomes of it (a late or second success is refunded).
_LATE: Final = {AttemptState.SUCCEEDED, AttemptState.CONFLICTED}
_ENDS: Final = {
    AttemptState.SUCCEEDED,
    AttemptState.FAILED,
    AttemptState.CANCELLED,
    AttemptState.EXPIRED,
    AttemptState.CONFLICTED,
}
_ATTEMPT: Final = {
    AttemptState.CREATED: {
        AttemptState.REQUIRES_ACTION,
        AttemptState.PROCESSING,
        AttemptState.UNKNOWN,
    }
    | _ENDS,
    AttemptState.REQUIRES_ACTION: {AttemptState.PROCESSING, AttemptState.UNKNOWN} | _ENDS,
    AttemptState.PROCESSING: {AttemptState.UNKNOWN, AttemptState.REQUIRES_ACTION} | _ENDS,
    AttemptState.UNKNOWN: {AttemptState.PROCESSING, AttemptState.REQUIRES_ACTION} | _ENDS,
    AttemptState.SUCCEEDED: set[AttemptState](),
    AttemptState.FAILED: _LATE,
    AttemptState.CANCELLED: _LATE,
    AttemptState.EXPIRED: _LATE,
    AttemptState.CONFLICTED: set[AttemptState](),
}

_REFUND: Final = {
    RefundState.REQUESTED: {
        RefundState.PENDING_APPROVAL,
        RefundState.APPROVED,
        RefundState.CANCELLED,
    },
    RefundState.PENDING_APPROVAL: {
        RefundState.APPROVED,
        RefundState.REJECTED,
        RefundState.CANCELLED,
    },
    RefundState.APPROVED: {RefundState.SUBMITTED, RefundState.CANCELLED},
    RefundState.SUBMITTED: {
        RefundState.PROCESSING,
        RefundState.REQUIRES_ACTION,
        RefundState.SUCCEEDED,
        RefundState.FAILED,
    },
    RefundState.PROCESSING: {
        RefundState.REQUIRES_ACTION,
        RefundState.SUCCEEDED,
        RefundState.FAILED,
    },
    RefundState.REQUIRES_ACTION: {
        RefundState.PROCESSING,
        RefundState.SUCCEEDED,
        RefundState.FAILED,
    },
    RefundState.SUCCEEDED: set[RefundState](),
    RefundState.FAILED: set[RefundState](),
    RefundState.REJECTED: set[RefundState](),
    RefundState.CANCELLED: set[RefundState](),
}

_CASE: Final = {
    CaseState.OPEN: {CaseState.IN_REVIEW, CaseState.ESCALATED, CaseState.DECIDED},
    CaseState.IN_REVIEW: {
        CaseState.OPEN,
        CaseState.WAITING,
        CaseState.ESCALATED,
        CaseState.DECIDED,
    },
    CaseState.WAITING: {CaseState.IN_REVIEW, CaseState.ESCALATED, CaseState.DECIDED},
    CaseState.ESCALATED: {CaseState.IN_REVIEW, CaseState.DECIDED},
    CaseState.DECIDED: {CaseState.CLOSED},
    CaseState.CLOSED: {CaseState.IN_REVIEW},
}

_HOLD: Final = {
    HoldState.ACTIVE: {HoldState.RELEASED, HoldState.ENFORCED},
    HoldState.RELEASED: set[HoldState](),
    HoldState.ENFORCED: set[HoldState](),
}


def _frozen(table: Mapping[Any, set[Any]]) -> Mapping[StrEnum, frozenset[StrEnum]]:
    return MappingProxyType({state: frozenset(after) for state, after in table.items()})


# Which states may follow which, by kind of state.
STEPS: Final[Mapping[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]]] = MappingProxyType(
    {
        OrderState: _frozen(_ORDER),
        Fulfilment: _frozen(_FULFILMENT),
        Review: _frozen(_REVIEW),
        Settlement: _frozen(_SETTLEMENT),
        AttemptState: _frozen(_ATTEMPT),
        RefundState: _frozen(_REFUND),
        CaseState: _frozen(_CASE),
        HoldState: _frozen(_HOLD),
    }
)

# Attempts that are asked about at the channel, and before anything else is done with the payment.
ASKED_ABOUT: Final = frozenset({AttemptState.PROCESSING, AttemptState.UNKNOWN})
# Attempts that may still become paid without having been given up here.
OPEN_ATTEMPTS: Final = frozenset(
    {
        AttemptState.CREATED,
        AttemptState.REQUIRES_ACTION,
        AttemptState.PROCESSING,
        AttemptState.UNKNOWN,
    }
)
# Attempts that count in the payment success rate: those that reached a final state.
FINAL_ATTEMPTS: Final = frozenset(_ENDS)
# Refunds whose amount is kept back from further refunds although no money has moved yet.
RESERVING_REFUNDS: Final = frozenset(
    {
        RefundState.REQUESTED,
        RefundState.PENDING_APPROVAL,
        RefundState.APPROVED,
        RefundState.SUBMITTED,
        RefundState.PROCESSING,
        RefundState.REQUIRES_ACTION,
    }
)


def step(now: S, to: S) -> Step:
    """What it means for a record in state ``now`` to be told to go to state ``to``."""
    if now is to:
        return Step.REPEATED
    return Step.TAKEN if to in STEPS[type(now)][now] else Step.REFUSED


def is_final(state: StrEnum) -> bool:
    """Whether nothing may follow this state."""
    return not STEPS[type(state)][state]


class OrderStatus(StrEnum):
    """The one word a person sees for an order; derived from its axes, never stored twice."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


_UNPAID: Final = {
    OrderState.DRAFT: OrderStatus.AWAITING_PAYMENT,
    OrderState.EXPIRED: OrderStatus.EXPIRED,
    OrderState.CANCELLED: OrderStatus.CANCELLED,
}


def order_status(
    state: OrderState, review: Review, *, paid: int, refunded: int, last_attempt_failed: bool
) -> OrderStatus:
    """The status a person sees. ``paid`` and ``refunded`` are minor units of one currency."""
    if state in _UNPAID:
        return _UNPAID[state]
    if state is OrderState.AWAITING_PAYMENT:
        return OrderStatus.PAYMENT_FAILED if last_attempt_failed else OrderStatus.AWAITING_PAYMENT
    if refunded and refunded >= paid:
        return OrderStatus.REFUNDED
    if review is Review.PENDING:
        return OrderStatus.ON_HOLD
    if refunded:
        return OrderStatus.PARTLY_REFUNDED
    return OrderStatus.COMPLETED if state is OrderState.COMPLETED else OrderStatus.PAID
