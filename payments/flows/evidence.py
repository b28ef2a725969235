"""What a reviewer sees beside the score, gathered once when the case is opened."""

from __future__ import annotations

from payments.contract.lifecycles import order_status
from payments.contract.wire.records import Evidence, Related
from payments.store import risk_history
from payments.store.instants import instant
from payments.store.records import PAYERS
from payments.store.stored import StoredOrder
from payments.store.work import Work


def evidence_of(work: Work, order: StoredOrder) -> Evidence:
    """The payer's history, orders linked by device or address, and how alike cases ended."""
    payer = PAYERS.get(work, order.payer_id)
    known = risk_history.payer_totals(work, order)
    alike, fraud = risk_history.closed_cases(work, order)
    linked = risk_history.linked_orders(work, order)
    return Evidence(
        payer_since=instant(payer.first_seen_ms) if payer else None,
        payer_orders=known.orders,
        payer_paid=known.paid,
        history=tuple(
            _related(it, "payer", "") for it in risk_history.orders_of_payer(work, order)
        ),
        linked=tuple(_linked(order, it) for it in linked),
        similar_cases=alike,
        similar_fraud=fraud,
    )


def _linked(order: StoredOrder, other: StoredOrder) -> Related:
    if order.device_id and other.device_id == order.device_id:
        return _related(other, "device", order.device_id)
    return _related(other, "address", order.address)


def _related(order: StoredOrder, link: str, value: str) -> Related:
    status = order_status(
        order.state,
        order.review,
        paid=order.paid,
        refunded=order.refunded,
        last_attempt_failed=False,
    )
    return Related(
        order_id=order.id,
        at=instant(order.placed_ms),
        title=order.title,
        currency=order.currency,
        amount=order.amount,
        status=status.value,
        link=link,
        link_value=value,
    )
