"""Every kind of record the store keeps, and forgetting all of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from app.models.store import meta, schema
from app.models.store.cases import CASES
from app.models.store.orders import ORDERS
from app.models.store.products import PRODUCTS
from app.models.store.refunds import REFUNDS
from app.models.store.shelf import Shelf
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind

SHELVES: Final[Mapping[Kind, Shelf[Any]]] = MappingProxyType(
    {shelf.kind: shelf for shelf in (PRODUCTS, ORDERS, REFUNDS, CASES)}
)


def is_empty(db: Transaction) -> bool:
    """Whether the store holds no record at all."""
    return not any(
        db.value(f"SELECT EXISTS (SELECT 1 FROM {shelf.table})") for shelf in SHELVES.values()
    )


def forget(db: Transaction) -> None:
    """Forget every record and how far the store had come; the next sync is a first one.

    What the user made is kept: pending actions and saved views.
    """
    for shelf in SHELVES.values():
        for table in (shelf.table, f"{shelf.table}_bodies", f"{shelf.table}_search"):
            db.execute(f"DELETE FROM {table}")
    for table in ("day_figures", "month_figures", "day_counts", "month_counts", "brought"):
        db.execute(f"DELETE FROM {table}")
    for key in (meta.CURSOR, meta.SCOPE, meta.LAST_SYNC, meta.LOADING, meta.SWEEPING):
        meta.put(db, key, "")
    schema.create_indexes(db)


def use_zone(db: Transaction, zone: str) -> None:
    """Cut business days in this zone from now on; figures cut in another one are fetched again."""
    if meta.calendar(db).zone.key != zone and not is_empty(db):
        forget(db)
    meta.put(db, meta.ZONE, zone)
