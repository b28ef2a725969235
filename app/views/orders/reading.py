"""What the pane shows of an order, read from the store in one go."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.store import orders, pending, refunds
from app.models.store.database import Store
from app.models.store.pending import ActionState, PendingAction
from app.models.store.refunds import RefundRow
from app.services.sync.pending_actions import ActionKind
from payments.contract.wire.records import Order


@dataclass(frozen=True, slots=True)
class OrderReading:
    """An order, its refunds, and the requests for refunds that have not been answered well."""

    order: Order
    refunds: list[RefundRow]
    requests: list[PendingAction]


def read(store: Store, order_id: str) -> OrderReading | None:
    """Everything of one order, None when it is not in the store."""
    with store.reading() as db:
        order = orders.detail(db, order_id)
        if order is None:
            return None
        requests = [
            action
            for action in pending.on_target(db, order_id)
            if action.kind == ActionKind.REFUND_REQUEST and action.state != ActionState.DONE
        ]
        return OrderReading(order, refunds.of_order(db, order_id), requests)
