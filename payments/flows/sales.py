"""An order as the domain sees it: the sale, its shares, its fee."""

from __future__ import annotations

from decimal import Decimal, localcontext

from payments.contract.money import half_up
from payments.contract.wire.records import ChannelName
from payments.domain.commission import Shares
from payments.domain.exact import EXACT
from payments.domain.ledger_entries import Sale
from payments.store.stored import StoredAttempt, StoredOrder


def sale_of(order: StoredOrder, channel: ChannelName) -> Sale:
    """The order as the ledger knows it, with its money in ``channel``."""
    return Sale(
        channel=channel,
        currency=order.currency,
        kind=order.kind,
        payer_id=order.payer_id,
        instructor_id=order.instructor_id,
    )


def shares_of(order: StoredOrder) -> Shares:
    """Who earns what of the order's amount, as locked when it was placed."""
    platform = order.amount - order.tax - order.instructor_share
    return Shares(order.instructor_share, platform, order.tax)


def fee_of(order: StoredOrder, attempt: StoredAttempt) -> int:
    """What the channel keeps of an attempt, at the rate that routing saw; half-up."""
    candidates = order.routing.candidates if order.routing else ()
    rate = next((it.fee_rate for it in candidates if it.method is attempt.method), "0")
    with localcontext(EXACT):
        return half_up(attempt.amount * Decimal(rate))
