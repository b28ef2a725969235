"""Close what was not paid in time, at the channel first: it may just have been paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from payments.contract.lifecycles import OPEN_ATTEMPTS, OrderState, Step, step
from payments.contract.wire.records import Happening
from payments.flows.job_kinds import ASK_ATTEMPT, EXPIRE_ORDER, plan
from payments.flows.pay import Payments, open_attempts
from payments.flows.timeline import line
from payments.store.database import Database
from payments.store.records import ATTEMPTS, ORDERS
from payments.store.stored import StoredOrder
from payments.store.work import Work

# While a channel does not answer, an order waits this long past its expiry for a clear word.
_PATIENCE_MS: Final = 3_600_000
_AGAIN_MS: Final = 60_000


async def expire_order(database: Database, payments: Payments, order_id: str) -> None:
    """The job ``expire_order``: close every open attempt at its channel, then expire the order."""
    for attempt in await database.read(open_attempts, order_id):
        await payments.clear(attempt)
    await database.run(expire, order_id)


def expire(work: Work, order_id: str) -> StoredOrder:
    """Expire an order that still awaits payment and is past its time; anything else stays.

    With an attempt that is not clear it is tried again later, for an hour; then the order expires
    all the same, the attempt goes on being asked about, and late money is sent back.
    """
    order = ORDERS.locked(work, order_id)
    if step(order.state, OrderState.EXPIRED) is not Step.TAKEN or order.expires_ms is None:
        return order
    if order.expires_ms > work.now_ms:
        plan(work, EXPIRE_ORDER, order_id, at_ms=order.expires_ms)
        return order
    unclear = open_attempts(work, order_id)
    if unclear and work.now_ms < order.expires_ms + _PATIENCE_MS:
        plan(work, EXPIRE_ORDER, order_id, at_ms=work.now_ms + _AGAIN_MS)
        return order
    return end_unpaid(work, order, OrderState.EXPIRED, Happening.EXPIRED)


def end_unpaid(
    work: Work, order: StoredOrder, state: OrderState, happened: Happening
) -> StoredOrder:
    """Close an unpaid order; open attempts are asked about at once and closed at their channels."""
    for attempt in open_attempts(work, order.id):
        if ATTEMPTS.locked(work, attempt.id).state in OPEN_ATTEMPTS:
            plan(work, ASK_ATTEMPT, attempt.id)
    ended = replace(order, state=state, events=(*order.events, line(work, happened)))
    return ORDERS.save(work, ended)
