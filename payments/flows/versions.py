"""The version a caller has seen, checked in the transaction that changes the record."""

from __future__ import annotations

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind
from payments.flows.locking import lock_case, lock_refund
from payments.store import feed
from payments.store.records import ORDERS, PRODUCTS
from payments.store.work import Work


def expect_version(work: Work, kind: Kind, record_id: str, version: int) -> None:
    """Lock the record and raise RefusedError(VERSION_CHANGED) when it is not at ``version``.

    Raises RefusedError(NOT_FOUND) when there is no such record in the actor's view.
    """
    match kind:
        case Kind.ORDER:
            ORDERS.locked(work, record_id)
        case Kind.PRODUCT:
            PRODUCTS.locked(work, record_id)
        case Kind.REFUND:
            lock_refund(work, record_id)
        case Kind.RISK_CASE:
            lock_case(work, record_id)
    if seen_version(work, kind, record_id) != version:
        raise RefusedError(Code.VERSION_CHANGED)


def seen_version(work: Work, kind: Kind, record_id: str) -> int:
    """The version at which the actor sees a record. Raises RefusedError(NOT_FOUND) when not."""
    seen = None
    if work.actor is not None:
        seen = feed.body_of(work, kind, record_id, feed.viewer_of(work, work.actor))
    if seen is None:
        raise RefusedError(Code.NOT_FOUND)
    return seen[0]
