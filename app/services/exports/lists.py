"""Exporting a list: its columns, and all records of its filter from one snapshot of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from app import words
from app.models.lists.query import Listed
from app.models.lists.source import Source, each
from app.models.store import meta
from app.models.store.database import Store
from app.services.exports.csv import Column, Progress, Written, write_csv
from app.services.exports.provenance import Facts, plain
from payments.contract.lifecycles import (
    CaseState,
    Disposition,
    Fulfilment,
    OrderStatus,
    RefundState,
    Review,
    Settlement,
)
from payments.contract.roles import Kind
from payments.contract.wire.records import ChannelName, ProductKind

Row = TypeVar("Row")
Query = TypeVar("Query", bound=Listed)

_WORDS: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {
        "status": OrderStatus,
        "channel": ChannelName,
        "kind": ProductKind,
        "review": Review,
        "fulfilment": Fulfilment,
        "settlement": Settlement,
        "disposition": Disposition,
    }
)
_STATES: Final = MappingProxyType({Kind.REFUND: RefundState, Kind.RISK_CASE: CaseState})
_INSTANTS: Final = frozenset(
    {
        "placed_at",
        "paid_at",
        "refundable_until",
        "requested_at",
        "decided_at",
        "finished_at",
        "opened_at",
        "review_by",
    }
)
_AMOUNTS: Final = frozenset({"amount", "paid", "refunded", "refunding", "at_risk"})
_NUMBERS: Final = frozenset({"quantity", "score", "coefficient", "threshold"})
# The columns of each list in their usual order; all of them are fields of the list's rows.
KEYS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.ORDER: (
            *("id", "placed_at", "status", "channel", "kind", "title", "product_id", "quantity"),
            *("currency", "amount", "paid", "refunded", "refunding", "payer", "payer_id"),
            *("instructor", "review", "fulfilment", "settlement", "paid_at", "refundable_until"),
        ),
        Kind.REFUND: (
            *("id", "requested_at", "state", "order_id", "title", "kind", "channel", "currency"),
            *("amount", "payer", "payer_id", "reason", "requested_by", "decided_by"),
            *("decided_at", "finished_at", "failure"),
        ),
        Kind.RISK_CASE: (
            *("id", "opened_at", "state", "order_id", "title", "channel", "currency", "amount"),
            *("at_risk", "score", "coefficient", "threshold", "payer", "payer_id", "review_by"),
            *("assignee", "disposition", "decided_at"),
        ),
    }
)


def columns(kind: Kind, zone: ZoneInfo, keys: Sequence[str] = ()) -> list[Column[Any]]:
    """The chosen columns of a list, all without any, in the language in force.

    Raises KeyError for a column that the list does not have.
    """
    chosen = keys or KEYS[kind]
    if unknown := set(chosen) - set(KEYS[kind]):
        raise KeyError(*unknown)
    return [_column(kind, key, zone) for key in chosen]


def export_list(
    store: Store,
    source: Source[Row, Query],
    query: Query,
    path: Path,
    *,
    title: str,
    selection: str,
    author: str,
    work: Progress,
    keys: Sequence[str] = (),
) -> Written:
    """Write every record of a query as CSV; the errors are those of ``write_csv``.

    ``selection`` is the filter in words.
    """
    with store.reading() as db:
        zone = meta.calendar(db).zone
        snapshot = meta.last_sync(db) or datetime.fromtimestamp(0, UTC)
        facts = Facts(title, selection, zone, snapshot, meta.cursor(db), author)
        chosen = columns(source.kind, zone, keys)
        return write_csv(path, chosen, each(db, source, query), facts, work)


def _column(kind: Kind, key: str, zone: ZoneInfo) -> Column[Any]:
    head = words.say(f"exports.column.{key}")
    field = attrgetter(key)
    if key in _AMOUNTS:
        both = attrgetter(key, "currency")
        return Column(head, lambda row: plain(*both(row)), ours=True, sums=both)
    if key in _INSTANTS:
        return Column(head, _clocked(field, zone), ours=True)
    values = _STATES.get(kind) if key == "state" else _WORDS.get(key)
    if values is not None:
        return Column(head, _named(field, values), ours=True)
    if key in _NUMBERS:
        return Column(head, lambda row: str(field(row)), ours=True)
    return Column(head, field)


def _clocked(field: Callable[[Any], int | None], zone: ZoneInfo) -> Callable[[Any], str]:
    """Instants to the second in the zone that header and footer name."""

    def clocked(row: object) -> str:
        at = field(row)
        if at is None:
            return ""
        return datetime.fromtimestamp(at // 1000, zone).replace(tzinfo=None).isoformat(" ")

    return clocked


def _named(field: Callable[[Any], str], values: type[StrEnum]) -> Callable[[Any], str]:
    @cache
    def name(value: str) -> str:
        return words.name(values(value)) if value else ""

    return lambda row: name(field(row))
