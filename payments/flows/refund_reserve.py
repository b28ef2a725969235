"""The money of refunds inside the ledger and the order: reserve it, give it back, pay it out.

Everything here is called with the order locked. An order's ``refunding`` is what its refunds under
way reserve and ``refunded`` what has gone back; money that was never asked for (late or a second
time) is bound to its own attempt and leaves both alone.
"""

from __future__ import annotations

from dataclasses import replace

from payments.contract.lifecycles import (
    RESERVING_REFUNDS,
    Fulfilment,
    OrderState,
    RefundState,
    Review,
)
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Happening, ProductKind, RefundEffects
from payments.domain.commission import Shares, carried
from payments.domain.ledger_entries import (
    LedgerEvent,
    Sale,
    refund_paid,
    refund_released,
    refund_reserved,
    unasked_returned,
)
from payments.domain.refundable import check_refundable
from payments.flows.balance import balance_of
from payments.flows.fulfil import granted, revoked
from payments.flows.sales import sale_of, shares_of
from payments.flows.timeline import line
from payments.store import ledger
from payments.store.records import ORDERS, PAYERS, REFUNDS, refunds_of
from payments.store.stored import StoredOrder, StoredRefund
from payments.store.work import Work


def reserve(work: Work, order: StoredOrder, refund: StoredRefund) -> StoredOrder:
    """Add the refund with its effects and keep its amount back; answers the saved order.

    Raises RefusedError: ORDER_NOT_REFUNDABLE, REFUND_EXCEEDS_PAID, INSUFFICIENT_BALANCE (a top-up
    that has been spent).
    """
    if order.state not in {OrderState.PAID, OrderState.COMPLETED}:
        raise RefusedError(Code.ORDER_NOT_REFUNDABLE, f"the order is {order.state.value}")
    check_refundable(
        refund.amount, paid=order.paid, refunded=order.refunded, reserved=order.refunding
    )
    parts = carried(refund.amount, _remaining(work, order))
    if takes_balance(order):
        _reserve_balance(work, order, refund)
    effects = RefundEffects(parts.instructor, parts.platform, parts.tax, 0)
    REFUNDS.add(work, replace(refund, effects=effects))
    asked = line(work, Happening.REFUND_REQUESTED, refund=refund.id, amount=refund.amount)
    order = replace(order, refunding=order.refunding + refund.amount, events=(*order.events, asked))
    ORDERS.save(work, order)
    return order


def release(work: Work, order: StoredOrder, refund: StoredRefund, happened: Happening) -> None:
    """Give back what a refund reserved that has come to nothing. The caller saves the refund.

    Goods that were kept back only because all the money was on its way are handed over now.
    """
    event = line(work, happened, refund=refund.id, amount=refund.amount)
    if not refund.automatic:
        if takes_balance(order):
            ledger.post(
                work,
                LedgerEvent.REFUND_RELEASED,
                refund_released(_sale(order, refund), refund.amount),
                order_id=order.id,
                refund_id=refund.id,
            )
        order = replace(order, refunding=order.refunding - refund.amount)
        if order.review is Review.APPROVED:
            order = granted(work, order)
    ORDERS.save(work, replace(order, events=(*order.events, event)))


def pay_out(work: Work, order: StoredOrder, refund: StoredRefund) -> None:
    """Book a refund that has reached its payer. The caller saves the refund."""
    effects = refund.effects or RefundEffects(0, 0, 0, 0)
    sale = _sale(order, refund)
    event = line(work, Happening.REFUND_SUCCEEDED, refund=refund.id, amount=refund.amount)
    order = replace(order, events=(*order.events, event))
    if refund.automatic:
        posted = LedgerEvent.UNASKED_RETURNED
        entries = unasked_returned(sale, refund.amount, effects.fee_returned)
    else:
        posted = LedgerEvent.REFUND_PAID
        parts = Shares(effects.instructor, effects.platform, effects.tax)
        entries = refund_paid(sale, parts, effects.fee_returned)
        order = replace(
            order,
            refunding=order.refunding - refund.amount,
            refunded=order.refunded + refund.amount,
        )
        if order.refunded >= order.paid:
            order = revoked(work, order)
    ledger.post(work, posted, entries, order_id=order.id, refund_id=refund.id)
    ORDERS.save(work, order)


def takes_balance(order: StoredOrder) -> bool:
    """Whether a refund of the order takes back balance that the payer could spend."""
    return order.kind is ProductKind.TOP_UP and order.fulfilment in {
        Fulfilment.GRANTED,
        Fulfilment.CONFIRMED,
    }


def _sale(order: StoredOrder, refund: StoredRefund) -> Sale:
    return sale_of(order, refund.channel or ChannelName.EXTERNAL)


def _remaining(work: Work, order: StoredOrder) -> Shares:
    """What each part of the order still has once every other refund of it has gone through."""
    remaining = shares_of(order)
    for other in refunds_of(work, order.id):
        counts = other.state is RefundState.SUCCEEDED or other.state in RESERVING_REFUNDS
        if counts and other.effects and not other.automatic:
            taken = other.effects
            remaining -= Shares(taken.instructor, taken.platform, taken.tax)
    return remaining


def _reserve_balance(work: Work, order: StoredOrder, refund: StoredRefund) -> None:
    PAYERS.locked(work, order.payer_id)
    if balance_of(work, order.payer_id, order.currency) < refund.amount:
        raise RefusedError(Code.INSUFFICIENT_BALANCE, "part of this top-up has been spent")
    ledger.post(
        work,
        LedgerEvent.REFUND_RESERVED,
        refund_reserved(_sale(order, refund), refund.amount),
        order_id=order.id,
        refund_id=refund.id,
    )
