"""What is asked about payers beyond their own row."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from payments.store.tables import ORDERS
from payments.store.work import Work

_AT_RISK: Final = (
    select(ORDERS.c.id)
    .where(
        ORDERS.c.merchant == bindparam("merchant"),
        ORDERS.c.payer_id == bindparam("payer_id"),
        ORDERS.c.at_risk.is_(True),
    )
    .limit(1)
)


def is_at_risk(work: Work, payer_id: str) -> bool:
    """Whether any order of this payer has been a matter for risk review."""
    bound = {"merchant": work.merchant, "payer_id": payer_id}
    return work.connection.execute(_AT_RISK, bound).first() is not None
