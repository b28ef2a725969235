"""The one customer that a support agent has open, and how a customer is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import and_, bindparam, delete, func, or_, select

from payments.store.prepared import Prepared
from payments.store.records import PAYERS
from payments.store.stored import StoredPayer
from payments.store.tables import DESKS, ORDERS
from payments.store.tables import PAYERS as PAYERS_TABLE
from payments.store.upserts import Upsert
from payments.store.work import Work

_OPEN: Final = Upsert(DESKS, ("merchant", "user_id"), ("payer_id",))
_CLOSE: Final = delete(DESKS).where(
    DESKS.c.merchant == bindparam("of"), DESKS.c.user_id == bindparam("at_user")
)
_P: Final = PAYERS_TABLE.c
_OF_ORDER: Final = select(ORDERS.c.payer_id).where(
    ORDERS.c.merchant == bindparam("merchant"), ORDERS.c.id == bindparam("find")
)
_FIND: Final = Prepared(
    PAYERS.select()
    .where(
        or_(
            _P.id == bindparam("find"),
            and_(_P.phone != "", _P.phone == bindparam("find")),
            and_(_P.email != "", _P.email == bindparam("find")),
            _P.id.in_(_OF_ORDER),
        )
    )
    .order_by(_P.id)
    .limit(2)
)
_ORDERS: Final = select(func.count()).where(
    ORDERS.c.merchant == bindparam("merchant"), ORDERS.c.payer_id == bindparam("payer_id")
)


def found(work: Work, find: str) -> Sequence[StoredPayer]:
    """Payers whose number, phone or email this is, or that of one of their orders; 2 at most."""
    return PAYERS.all(work, _FIND, {"find": find})


def order_count(work: Work, payer_id: str) -> int:
    """How many orders a payer has placed."""
    bound = {"merchant": work.merchant, "payer_id": payer_id}
    return int(work.connection.execute(_ORDERS, bound).scalar_one())


def put_on_desk(work: Work, user_id: str, payer_id: str) -> None:
    """Open a customer for a user; the one that was open is put away."""
    row = {"merchant": work.merchant, "user_id": user_id, "payer_id": payer_id}
    work.connection.execute(_OPEN.on(work.connection), row)


def clear_desk(work: Work, user_id: str) -> None:
    """Put a user's open customer away."""
    work.connection.execute(_CLOSE, {"of": work.merchant, "at_user": user_id})
