"""What a list shows: filters, order, totals, and the views a user saves under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol, Self

from payments.contract.lifecycles import CaseState, OrderStatus, RefundState
from payments.contract.wire.records import ChannelName, ProductKind


@dataclass(frozen=True, slots=True)
class Sort:
    """A column's key (one of the list's ``SORTS``) and its direction."""

    column: str
    descending: bool = True


class Listed(Protocol):
    """What every query has."""

    @property
    def text(self) -> str:
        """What is searched for."""

    @property
    def sort(self) -> Sort:
        """The order of the list."""

    def sorted_by(self, sort: Sort) -> Self:
        """The same query in another order."""


class _Sortable:
    """Gives a query its copy in another order."""

    __slots__ = ()

    def sorted_by(self, sort: Sort) -> Self:
        """The same query in another order."""
        return replace(self, sort=sort)  # type: ignore[type-var]  # every query is a dataclass


@dataclass(frozen=True, slots=True)
class OrderQuery(_Sortable):
    """Which orders, in which order. Empty tuples, None and empty texts do not restrict.

    Days are business days of placement, both included. ``smallest`` and ``largest`` bound the
    order amount in minor units, both included. ``text`` looks in number, payer and product title.
    """

    statuses: tuple[OrderStatus, ...] = ()
    channels: tuple[ChannelName, ...] = ()
    kinds: tuple[ProductKind, ...] = ()
    currency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    smallest: int | None = None
    largest: int | None = None
    text: str = ""
    product_id: str = ""
    payer_id: str = ""
    sort: Sort = Sort("placed_at")


@dataclass(frozen=True, slots=True)
class RefundQuery(_Sortable):
    """Which refunds; days are business days of the request. See ``OrderQuery``."""

    states: tuple[RefundState, ...] = ()
    channels: tuple[ChannelName, ...] = ()
    kinds: tuple[ProductKind, ...] = ()
    currency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    smallest: int | None = None
    largest: int | None = None
    text: str = ""
    order_id: str = ""
    payer_id: str = ""
    sort: Sort = Sort("requested_at")


@dataclass(frozen=True, slots=True)
class CaseQuery(_Sortable):
    """Which risk cases; days are business days of opening. See ``OrderQuery``.

    ``decided_here``: those whose decision was made on this computer and is not in the record yet
    are listed whatever their state (True), not at all (False), or as any other (None).
    """

    states: tuple[CaseState, ...] = ()
    channels: tuple[ChannelName, ...] = ()
    currency: str = ""
    first_day: date | None = None
    last_day: date | None = None
    smallest: int | None = None
    largest: int | None = None
    text: str = ""
    order_id: str = ""
    payer_id: str = ""
    assignee_id: str = ""
    decided_here: bool | None = None
    sort: Sort = Sort("at_risk")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a filter holds: how many, and sums by currency in minor units.

    ``refunded``: of orders what was returned; of refunds those that succeeded; of cases empty.
    """

    count: int = 0
    amount: Mapping[str, int] = field(default_factory=dict)
    refunded: Mapping[str, int] = field(default_factory=dict)
