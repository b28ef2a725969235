"""What of an order can still be refunded, and what stands in the way, as the store knows it.

The services check the same again when a refund is asked for; theirs is the last word.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from payments.contract.lifecycles import OrderState
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, Order


class Obstacle(StrEnum):
    """Why nothing can be refunded."""

    UNPAID = "unpaid"
    EXTERNAL = "external"
    NOTHING_LEFT = "nothing_left"
    ALL_RESERVED = "all_reserved"
    TIME_OVER = "time_over"


def left(order: Order) -> Money:
    """Paid − refunded − being refunded; zero for an order that was never paid."""
    if order.state not in {OrderState.PAID, OrderState.COMPLETED}:
        return Money(0, order.currency)
    return Money(max(0, order.paid - order.refunded - order.refunding), order.currency)


def obstacle(order: Order, now: datetime) -> Obstacle | None:
    """What stands in the way of a refund at this moment; None when nothing does."""
    if order.paid_at is None or order.state not in {OrderState.PAID, OrderState.COMPLETED}:
        return Obstacle.UNPAID
    if order.channel is None or order.channel is ChannelName.EXTERNAL:
        return Obstacle.EXTERNAL
    if not left(order).amount:
        return Obstacle.ALL_RESERVED if order.refunding else Obstacle.NOTHING_LEFT
    if order.refundable_until is not None and order.refundable_until < now:
        return Obstacle.TIME_OVER
    return None
