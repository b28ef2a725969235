"""What is asked about payers beyond their own row."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from payments.store.records import PAYERS as RECORDS
from payments.store.stored import StoredPayer
from payments.store.tables import ORDERS, PAYERS
from payments.store.upserts import Upsert
from payments.store.work import Work

_ADD: Final = Upsert(PAYERS, ("merchant", "id"))
_AT_RISK: Final = (
    select(ORDERS.c.id)
    .where(
        ORDERS.c.merchant == bindparam("merchant"),
        ORDERS.c.payer_id == bindparam("payer_id"),
        ORDERS.c.at_risk.is_(True),
    )
    .limit(1)
)


def add_unless_known(work: Work, payer: StoredPayer) -> None:
    """Add a payer; when two first orders come at once, the one that is first wins."""
    row = {"merchant": work.merchant, **RECORDS.codec.columns(payer)}
    work.connection.execute(_ADD.on(work.connection), row)


def is_at_risk(work: Work, payer_id: str) -> bool:
    """Whether any order of this payer has been a matter for risk review."""
    bound = {"merchant": work.merchant, "payer_id": payer_id}
    return work.connection.execute(_AT_RISK, bound).first() is not None
