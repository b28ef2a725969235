"""What the refunds panel reads from the store: one refund with its order, the queues, what is unsent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from app.models.store import orders, pending, refundable, refunds
from app.models.store.database import Store
from app.models.store.pending import ActionState, PendingAction
from app.models.store.transaction import Transaction
from app.services.sync.pending_actions import ActionKind
from app.views.refunds.filters import QUEUES, Queue
from payments.contract.money import Money
from payments.contract.wire.records import Order, Refund
from payments.contract.wire.requests import NewRefund

_OURS: Final = frozenset(
    {
        ActionKind.REFUND_REQUEST,
        ActionKind.REFUND_DECIDE,
        ActionKind.REFUND_CANCEL,
        ActionKind.REFUND_RETRY,
    }
)
_ON_THEIR_WAY: Final = (ActionState.QUEUED, ActionState.SENDING)
_UNSETTLED: Final = (*_ON_THEIR_WAY, ActionState.CONFLICT, ActionState.REFUSED)


@dataclass(frozen=True, slots=True)
class RefundReading:
    """A refund, its order where it has one here, and the decisions on it that are not settled."""

    refund: Refund
    order: Order | None
    actions: list[PendingAction]


@dataclass(frozen=True, slots=True)
class OrderToRefund:
    """An order, and what can be asked for: unsent requests of this user already take their part."""

    order: Order
    left: Money
    unsent: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """How many refunds each queue holds, and every decision on refunds that is not settled."""

    counts: dict[Queue, int]
    actions: list[PendingAction]


def read(store: Store, refund_id: str) -> RefundReading | None:
    """Everything of one refund, None when it is not in the store."""
    with store.reading() as db:
        refund = refunds.detail(db, refund_id)
        if refund is None:
            return None
        order = orders.detail(db, refund.order_id) if refund.order_id else None
        actions = [
            action
            for action in pending.on_target(db, refund_id)
            if action.kind in _OURS and action.state in _UNSETTLED
        ]
        return RefundReading(refund, order, actions)


def read_order(store: Store, order_id: str) -> OrderToRefund | None:
    """What can be asked for on an order, None when it is not in the store."""
    with store.reading() as db:
        order = orders.detail(db, order_id)
        if order is None:
            return None
        unsent = Money(_unsent(db, order_id), order.currency)
        left = refundable.left(order)
        return OrderToRefund(order, left - unsent if unsent < left else left - left, unsent)


def _unsent(db: Transaction, order_id: str) -> int:
    return sum(
        msgspec.json.decode(action.body, type=NewRefund).amount
        for action in pending.on_target(db, order_id)
        if action.kind == ActionKind.REFUND_REQUEST and action.state in _ON_THEIR_WAY
    )


def read_standing(store: Store) -> Standing:
    """Counts of the queues, and what is not settled."""
    with store.reading() as db:
        rows = db.all("SELECT state, count(*) FROM refunds GROUP BY state")
        by_state: dict[str, int] = dict(rows)
        counts = {
            queue: sum(by_state.get(state.value, 0) for state in states)
            for queue, states in QUEUES.items()
            if states
        }
        unsettled = [action for action in pending.actions(db, *_UNSETTLED) if action.kind in _OURS]
        return Standing(counts, unsettled)
