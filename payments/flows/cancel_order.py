"""Cancel an order that nobody has paid."""

from __future__ import annotations

from payments.contract.lifecycles import OrderState, Step, step
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import Happening
from payments.flows.expire_orders import end_unpaid
from payments.flows.job_kinds import EXPIRE_ORDER, drop
from payments.store import audit
from payments.store.records import ORDERS
from payments.store.work import Work


def cancel_order(work: Work, order_id: str) -> str:
    """Cancel an unpaid order; its open attempts are closed at their channels by a job.

    Money that arrives all the same is sent back. Raises RefusedError: NOT_FOUND, STEP_REFUSED.
    """
    order = ORDERS.locked(work, order_id)
    taken = step(order.state, OrderState.CANCELLED)
    if taken is Step.REFUSED:
        raise RefusedError(Code.STEP_REFUSED, f"the order is {order.state.value}")
    if taken is Step.TAKEN:
        end_unpaid(work, order, OrderState.CANCELLED, Happening.CANCELLED)
        drop(work, EXPIRE_ORDER, order_id)
        audit.note(work, "order.cancel", order_id)
    return order_id
