"""What several parts of the store derive from a record: its status and its instants as numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from payments.contract.lifecycles import AttemptState, OrderStatus, order_status
from payments.contract.wire.records import Order

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """An instant as epoch milliseconds, exact."""
    return (at - _EPOCH) // _MILLISECOND


def milliseconds_or_none(at: datetime | None) -> int | None:
    """An instant as epoch milliseconds, where there is one."""
    return None if at is None else milliseconds(at)


def plain(member: StrEnum | None) -> str:
    """A member's value as a bare string, empty for None.

    Not by ``value``, which is a Python call in Python 3.11, nor the member itself, which the
    database driver takes three times as long to bind and whose hash is a Python call too: this
    runs several times for each of a million orders.
    """
    return "" if member is None else member._value_


def status_of(order: Order) -> OrderStatus:
    """The status a person sees, from the order's axes and its latest attempt."""
    last = order.attempts[-1].state if order.attempts else None
    return order_status(
        order.state,
        order.review,
        paid=order.paid,
        refunded=order.refunded,
        last_attempt_failed=last is AttemptState.FAILED,
    )
