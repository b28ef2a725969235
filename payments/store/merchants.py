"""The merchant: its name, zone, base currency and settings, and the heads of its books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, select, update

from payments.domain.hash_chain import START
from payments.store.tables import MERCHANTS
from payments.store.tables_books import AUDIT_HEAD, FEED_HEAD, LEDGER_HEAD
from payments.store.upserts import Upsert
from payments.store.work import Work

EMBEDDED: Final = "main"


class Settings(msgspec.Struct, frozen=True):
    """What an administrator sets.

    ``refund_limit`` is minor units of the base currency: a larger refund needs a second person.
    ``risk_threshold`` is exact decimal text in major units: a score above it holds the order.
    ``routing_weight`` is major units per second: with one, channels are chosen by total cost.
    """

    refund_limit: int = 50_000
    risk_threshold: str = "90"
    order_minutes: int = 30
    confirm_days: int = 7
    review_hours: int = 24
    routing_window_days: int = 30
    routing_weight: str = ""


@dataclass(frozen=True, slots=True)
class Merchant:
    """The merchant of an installation."""

    id: str
    name: str
    zone: str
    base_currency: str
    settings: Settings


_M: Final = MERCHANTS.c
_GET: Final = select(_M.merchant, _M.name, _M.zone, _M.base_currency, _M.settings).where(
    _M.merchant == bindparam("merchant")
)
_FOUND: Final = Upsert(MERCHANTS, ("merchant",))
_FEED: Final = Upsert(FEED_HEAD, ("merchant",))
_LEDGER: Final = Upsert(LEDGER_HEAD, ("merchant",))
_AUDIT: Final = Upsert(AUDIT_HEAD, ("merchant",))
_SAVE: Final = (
    update(MERCHANTS)
    .where(_M.merchant == bindparam("at_merchant"))
    .values(
        name=bindparam("to_name"),
        zone=bindparam("to_zone"),
        base_currency=bindparam("to_currency"),
        settings=bindparam("to_settings"),
    )
)


def found(
    work: Work,
    name: str,
    zone: str = "Asia/Shanghai",
    base_currency: str = "CNY",
    settings: Settings | None = None,
) -> None:
    """Found the work's merchant with empty books; does nothing where it exists."""
    connection, key = work.connection, {"merchant": work.merchant}
    row: dict[str, Any] = {
        "name": name,
        "zone": zone,
        "base_currency": base_currency,
        "settings": _text(settings or Settings()),
    }
    connection.execute(_FOUND.on(connection), {**key, **row})
    connection.execute(_FEED.on(connection), {**key, "seq": 0, "generation": work.new_id()})
    connection.execute(_LEDGER.on(connection), {**key, "n": 0, "hash": START})
    connection.execute(_AUDIT.on(connection), {**key, "n": 0, "hash": START})


def get(work: Work) -> Merchant:
    """The work's merchant."""
    row = work.connection.execute(_GET, {"merchant": work.merchant}).one()
    settings = msgspec.json.decode(row.settings, type=Settings)
    return Merchant(row.merchant, row.name, row.zone, row.base_currency, settings)


def save(work: Work, changed: Merchant) -> None:
    """Write the merchant as changed."""
    work.connection.execute(
        _SAVE,
        {
            "at_merchant": work.merchant,
            "to_name": changed.name,
            "to_zone": changed.zone,
            "to_currency": changed.base_currency,
            "to_settings": _text(changed.settings),
        },
    )


def _text(settings: Settings) -> str:
    return msgspec.json.encode(settings).decode()
