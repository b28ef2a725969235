"""From stored rows to what a console may know of them: the bodies of the change feed.

The body of a record leaves out its inner part, which is kept beside it for those who may see it.
Personal data in it is masked already: the rows hold masked names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from payments.contract.lifecycles import Review
from payments.contract.roles import Kind
from payments.contract.wire.records import (
    Attempt,
    Hold,
    Order,
    OrderInner,
    Product,
    Refund,
    RiskCase,
)
from payments.store.instants import instant
from payments.store.records import (
    CASES,
    ORDERS,
    PRODUCTS,
    REFUNDS,
    active_holds,
    attempts_of,
)
from payments.store.stored import (
    StoredAttempt,
    StoredCase,
    StoredHold,
    StoredOrder,
    StoredProduct,
    StoredRefund,
)
from payments.store.work import Work

_encode: Final = msgspec.json.Encoder()


class Projection(msgspec.Struct, frozen=True):
    """A record on its way into the feed: whose it is, and its body and inner part as JSON."""

    audience: str
    payer_id: str
    at_risk: bool
    body: str
    inner: str | None = None


def project(work: Work, kind: Kind, record_id: str, version: int) -> Projection:
    """The feed's view of a record that this work has written."""
    if kind is Kind.ORDER:
        order = ORDERS.locked(work, record_id)
        attempts = attempts_of(work, record_id) if order.attempt_count else ()
        held = order.review is Review.PENDING
        holds = active_holds(work, Kind.ORDER.value, record_id) if held else ()
        return project_order(order, attempts, holds[0] if holds else None, version)
    if kind is Kind.REFUND:
        return project_refund(REFUNDS.locked(work, record_id), version)
    if kind is Kind.RISK_CASE:
        return project_case(CASES.locked(work, record_id), version)
    return project_product(PRODUCTS.locked(work, record_id), version)


def project_order(
    order: StoredOrder,
    attempts: Sequence[StoredAttempt],
    hold: StoredHold | None,
    version: int,
) -> Projection:
    """An order with its attempts and, while it is held, why."""
    inner = OrderInner(fee=order.fee, routing=order.routing, risk=order.risk)
    return Projection(
        audience=order.instructor_id,
        payer_id=order.payer_id,
        at_risk=order.at_risk,
        body=_text(_order(order, attempts, hold, version)),
        inner=_text(inner),
    )


def _order(
    order: StoredOrder,
    attempts: Sequence[StoredAttempt],
    hold: StoredHold | None,
    version: int,
) -> Order:
    return Order(
        id=order.id,
        version=version,
        placed_at=instant(order.placed_ms),
        kind=order.kind,
        product_id=order.product_id,
        title=order.title,
        quantity=order.quantity,
        instructor_id=order.instructor_id,
        instructor=order.instructor,
        payer_id=order.payer_id,
        payer=order.payer,
        payer_phone=order.payer_phone,
        currency=order.currency,
        price=order.price,
        discount=order.discount,
        discount_rate=order.discount_rate,
        tax=order.tax,
        tax_rate=order.tax_rate,
        amount=order.amount,
        instructor_share=order.instructor_share,
        state=order.state,
        fulfilment=order.fulfilment,
        review=order.review,
        settlement=order.settlement,
        channel=order.channel,
        method=order.method,
        paid=order.paid,
        refunded=order.refunded,
        refunding=order.refunding,
        paid_at=_maybe(order.paid_ms),
        expires_at=_maybe(order.expires_ms),
        refundable_until=_maybe(order.refundable_until_ms),
        source=order.source,
        hold=_hold(hold) if hold else None,
        attempts=tuple(_attempt(attempt) for attempt in attempts),
        lines=order.lines,
        events=order.events,
    )


def _attempt(attempt: StoredAttempt) -> Attempt:
    return Attempt(
        id=attempt.id,
        channel=attempt.channel,
        method=attempt.method,
        state=attempt.state,
        amount=attempt.amount,
        started_at=instant(attempt.started_ms),
        ended_at=_maybe(attempt.ended_ms),
        failure=attempt.failure,
        channel_ref=attempt.channel_ref,
        took_ms=attempt.took,
    )


def _hold(hold: StoredHold) -> Hold:
    return Hold(
        reason=hold.reason,
        owner=hold.owner,
        next_action=hold.next_action,
        review_by=instant(hold.review_by_ms),
    )


def project_refund(refund: StoredRefund, version: int) -> Projection:
    """A refund; risk review sees it when its order is evidence."""
    body = Refund(
        id=refund.id,
        version=version,
        requested_at=instant(refund.requested_ms),
        currency=refund.currency,
        amount=refund.amount,
        state=refund.state,
        reason=refund.reason,
        order_id=refund.order_id,
        attempt_id=refund.attempt_id,
        title=refund.title,
        kind=refund.kind,
        product_id=refund.product_id,
        instructor_id=refund.instructor_id,
        payer_id=refund.payer_id,
        payer=refund.payer,
        channel=refund.channel,
        note=refund.note,
        requested_by=refund.requested_by,
        requested_by_id=refund.requested_by_id,
        decided_by=refund.decided_by,
        decided_at=_maybe(refund.decided_ms),
        finished_at=_maybe(refund.finished_ms),
        needs_second_person=refund.needs_second_person,
        automatic=refund.automatic,
        failure=refund.failure,
        source=refund.source,
        effects=refund.effects,
        lines=refund.lines,
        events=refund.events,
    )
    return Projection(refund.instructor_id, refund.payer_id, refund.at_risk, _text(body))


def project_case(case: StoredCase, version: int) -> Projection:
    """A risk case; it belongs to nobody but risk review and administration."""
    body = RiskCase(
        id=case.id,
        version=version,
        order_id=case.order_id,
        opened_at=instant(case.opened_ms),
        state=case.state,
        currency=case.currency,
        amount=case.amount,
        risk=case.risk,
        title=case.title,
        payer_id=case.payer_id,
        payer=case.payer,
        review_by=instant(case.review_by_ms),
        at_risk=case.expected_loss,
        quantity=case.quantity,
        channel=case.channel,
        assignee_id=case.assignee_id,
        assignee=case.assignee,
        disposition=case.disposition,
        decided_by=case.decided_by,
        decider=case.decider,
        decided_at=_maybe(case.decided_ms),
        reason=case.reason,
        note=case.note,
        evidence=case.evidence,
        events=case.events,
    )
    return Projection("", case.payer_id, at_risk=True, body=_text(body))


def project_product(product: StoredProduct, version: int) -> Projection:
    """A product of the catalogue; its instructor sees it."""
    body = Product(
        id=product.id,
        version=version,
        kind=product.kind,
        title=product.title,
        currency=product.currency,
        price=product.price,
        instructor_id=product.instructor_id,
        instructor=product.instructor,
        commission_rate=product.commission_rate,
        tax_rate=product.tax_rate,
        refund_days=product.refund_days,
        on_sale=product.on_sale,
        title_en=product.title_en,
        expert=product.expert,
        period_days=product.period_days,
    )
    return Projection(product.instructor_id, "", at_risk=False, body=_text(body))


def _maybe(ms: int | None) -> datetime | None:
    return None if ms is None else instant(ms)


def _text(value: msgspec.Struct) -> str:
    return _encode.encode(value).decode()
