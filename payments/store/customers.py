"""Finding one payer exactly, and the desk on which a support agent has them open."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, func, or_, select

from payments.store.records import PAYERS
from payments.store.stored import StoredPayer
from payments.store.tables import DESKS, ORDERS
from payments.store.tables import PAYERS as PAYER_ROWS
from payments.store.upserts import Upsert
from payments.store.work import Work

_MATCHES: Final = (
    PAYERS.select()
    .where(
        or_(
            PAYER_ROWS.c.id == bindparam("find"),
            PAYER_ROWS.c.phone == bindparam("find"),
            PAYER_ROWS.c.email == bindparam("find"),
        )
    )
    .order_by(PAYER_ROWS.c.id)
    .limit(2)
)
_ORDER_COUNT: Final = select(func.count()).where(
    ORDERS.c.merchant == bindparam("merchant"), ORDERS.c.payer_id == bindparam("payer_id")
)
_OPEN: Final = Upsert(DESKS, ("merchant", "user_id"), ("payer_id",))
_CLOSE: Final = delete(DESKS).where(
    DESKS.c.merchant == bindparam("of"), DESKS.c.user_id == bindparam("at_user")
)


def matching(work: Work, find: str) -> list[StoredPayer]:
    """Payers whose number, phone or email is exactly this; at most two."""
    return PAYERS.all(work, _MATCHES, {"find": find})


def order_count(work: Work, payer_id: str) -> int:
    """How many orders a payer has placed."""
    bound = {"merchant": work.merchant, "payer_id": payer_id}
    return int(work.connection.execute(_ORDER_COUNT, bound).scalar_one())


def open_desk(work: Work, user_id: str, payer_id: str) -> None:
    """Put a payer on a user's desk in place of the one before."""
    row = {"merchant": work.merchant, "user_id": user_id, "payer_id": payer_id}
    work.connection.execute(_OPEN.on(work.connection), row)


def clear_desk(work: Work, user_id: str) -> None:
    """Take the payer off a user's desk."""
    work.connection.execute(_CLOSE, {"of": work.merchant, "at_user": user_id})
