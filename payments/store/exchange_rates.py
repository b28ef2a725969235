"""Exchange rates to the base currency, by day."""

from __future__ import annotations

from datetime import date
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
_PUT: Final = Upsert(EXCHANGE_RATES, ("merchant", "currency", "day"), ("rate",))


def newest(work: Work, currency: str) -> Decimal | None:
    """Base currency per one of ``currency``, in major units; None when no rate is known."""
    bound = {"merchant": work.merchant, "currency": currency}
    rate = work.connection.execute(_NEWEST, bound).scalar()
    return None if rate is None else Decimal(rate)


def put(work: Work, currency: str, day: date, rate: Decimal) -> None:
    """Know the rate of a day."""
    row = {
        "merchant": work.merchant,
        "currency": currency,
        "day": day.isoformat(),
        "rate": f"{rate:f}",
    }
    work.connection.execute(_PUT.on(work.connection), row)
