"""What every kind of record has in common in the store: upsert, removal, detail.

A kind is described by a ``Shelf``: its table, how a record becomes a row, what of it can be
searched and what it adds to the rollups. The record itself is kept as the JSON text received, next
to the row, so that a detail pane shows exactly what the server sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from app.models.store import search
from app.models.store.calendar import Calendar
from app.models.store.database import Transaction
from app.models.store.rollups import Deltas
from payments.contract.roles import Kind
from payments.contract.wire.records import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[R]):
    """How one kind of record is kept. ``columns`` begin with row, id, version."""

    kind: Kind
    table: str
    record: type[R]
    columns: tuple[str, ...]
    values: Callable[[R, Calendar], tuple[Any, ...]]
    words: Callable[[R], tuple[str, ...]]
    tally: Callable[[Deltas, R, int], None]


def milliseconds(at: datetime | None) -> int | None:
    """An instant as epoch milliseconds."""
    return None if at is None else round(at.timestamp() * 1000)
