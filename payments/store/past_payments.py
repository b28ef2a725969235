"""Payments of earlier days by either number, for the simulated providers of the sample business."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, or_, select

from payments.contract.lifecycles import AttemptState
from payments.store.tables import ATTEMPTS, ORDERS
from payments.store.work import Work

_A: Final = ATTEMPTS.c
_PAID: Final = (
    select(_A.id, _A.channel_ref, ORDERS.c.title, _A.amount, _A.ended_ms)
    .join(ORDERS, (ORDERS.c.merchant == _A.merchant) & (ORDERS.c.id == _A.order_id))
    .where(
        _A.merchant == bindparam("merchant"),
        _A.state == AttemptState.SUCCEEDED.value,
        or_(_A.id == bindparam("number"), _A.channel_ref == bindparam("number")),
    )
    .limit(1)
)


class PaidAttempt(NamedTuple):
    """A paid attempt: our number, the provider's, what was bought, minor units, when."""

    number: str
    channel_ref: str
    title: str
    amount: int
    paid_ms: int


def paid_attempt(work: Work, number: str) -> PaidAttempt | None:
    """The paid attempt of that number."""
    row = work.connection.execute(_PAID, {"merchant": work.merchant, "number": number}).first()
    return None if row is None else PaidAttempt(*row)
