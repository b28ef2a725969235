"""Hand the payer what was bought, take it back, and take the purchase as confirmed in time."""

from __future__ import annotations

from dataclasses import replace

from payments.contract.lifecycles import Fulfilment, OrderState, Review, Step, step
from payments.contract.wire.records import Happening, ProductKind
from payments.domain.ledger_entries import LedgerEvent, balance_granted
from payments.flows.job_kinds import CONFIRM_ORDER, DAY_MS, plan
from payments.flows.merchant import settings_of
from payments.flows.sales import sale_of
from payments.flows.timeline import line
from payments.store import ledger
from payments.store.records import ORDERS
from payments.store.stored import StoredOrder
from payments.store.work import Work


def granted(work: Work, order: StoredOrder) -> StoredOrder:
    """The order with its goods handed over; the same when it had them already. Does not save.

    A top-up becomes spendable balance here and not before, without what a refund reserves.
    """
    if step(order.fulfilment, Fulfilment.GRANTED) is not Step.TAKEN:
        return order
    if order.kind is ProductKind.TOP_UP and order.channel:
        spendable = order.paid - order.refunded - order.refunding
        ledger.post(
            work,
            LedgerEvent.BALANCE_GRANTED,
            balance_granted(sale_of(order, order.channel), spendable),
            order_id=order.id,
        )
    confirm_ms = work.now_ms + settings_of(work).confirm_days * DAY_MS
    plan(work, CONFIRM_ORDER, order.id, at_ms=confirm_ms)
    return replace(
        order,
        fulfilment=Fulfilment.GRANTED,
        events=(*order.events, line(work, Happening.GRANTED)),
    )


def revoked(work: Work, order: StoredOrder) -> StoredOrder:
    """The order with its goods taken back; the same when it has none. Does not save."""
    if step(order.fulfilment, Fulfilment.REVOKED) is not Step.TAKEN:
        return order
    return replace(
        order,
        fulfilment=Fulfilment.REVOKED,
        events=(*order.events, line(work, Happening.REVOKED)),
    )


def confirm(work: Work, order_id: str) -> None:
    """Take an order as confirmed by its buyer, and complete it.

    While it is held it waits another day; nothing happens when its goods were never handed over or
    have been taken back.
    """
    order = ORDERS.locked(work, order_id)
    if order.review is Review.PENDING:
        plan(work, CONFIRM_ORDER, order_id, at_ms=work.now_ms + DAY_MS)
        return
    if step(order.fulfilment, Fulfilment.CONFIRMED) is not Step.TAKEN:
        return
    if step(order.state, OrderState.COMPLETED) is not Step.TAKEN:
        return
    ORDERS.save(
        work,
        replace(
            order,
            fulfilment=Fulfilment.CONFIRMED,
            state=OrderState.COMPLETED,
            events=(
                *order.events,
                line(work, Happening.CONFIRMED),
                line(work, Happening.COMPLETED),
            ),
        ),
    )
