"""Rates of exchange into the base currency, by day; the newest counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sqlalchemy import bindparam, select

from payments.store.tables_books import EXCHANGE_RATES
from payments.store.upserts import Upsert
from payments.store.work import Work

_R: Final = EXCHANGE_RATES.c
_NEWEST: Final = (
    select(_R.rate)
    .where(_R.merchant == bindparam("merchant"), _R.currency == bindparam("currency"))
    .order_by(_R.day.desc())
    .limit(1)
)
_KEEP: Final = Upsert(EXCHANGE_RATES, ("merchant", "currency", "day"), ("rate",))


def newest(work: Work, currency: str) -> Decimal | None:
    """Base currency per one of ``currency``, as last known; None when it never was."""
    bound = {"merchant": work.merchant, "currency": currency}
    rate = work.connection.execute(_NEWEST, bound).scalar()
    return None if rate is None else Decimal(rate)


def keep(work: Work, currency: str, day: str, rate: Decimal) -> None:
    """Keep a day's rate (ISO date); the same day again replaces it."""
    row = {"merchant": work.merchant, "currency": currency, "day": day, "rate": f"{rate:f}"}
    work.connection.execute(_KEEP.on(work.connection), row)
