"""Records that belong to an order are locked after it, everywhere: order, attempt, refund, case."""

from __future__ import annotations

from payments.contract.problems import Code, RefusedError
from payments.store.records import CASES, ORDERS, REFUNDS
from payments.store.stored import StoredCase, StoredOrder, StoredRefund
from payments.store.work import Work


def lock_refund(work: Work, refund_id: str) -> tuple[StoredOrder, StoredRefund]:
    """A refund and its order, both locked. Raises RefusedError: NOT_FOUND.

    A refund brought in without a link to its order raises ORDER_NOT_REFUNDABLE: it is history.
    """
    seen = REFUNDS.get(work, refund_id)
    if seen is None:
        raise RefusedError(Code.NOT_FOUND, "no such refund")
    if not seen.order_id:
        raise RefusedError(Code.ORDER_NOT_REFUNDABLE, "a refund without its order")
    order = ORDERS.locked(work, seen.order_id)
    return order, REFUNDS.locked(work, refund_id)


def lock_case(work: Work, case_id: str) -> tuple[StoredOrder, StoredCase]:
    """A risk case and its order, both locked. Raises RefusedError(NOT_FOUND)."""
    seen = CASES.get(work, case_id)
    if seen is None:
        raise RefusedError(Code.NOT_FOUND, "no such case")
    order = ORDERS.locked(work, seen.order_id)
    return order, CASES.locked(work, case_id)
