"""The figures of the dashboard, answered from rollups and never from a scan of the orders.

Days are business days in the merchant's zone. Gross counts on the day an order was paid, a refund
on the day it succeeded, net = gross − refunded; an attempt counts on the day it ended. All amounts
are minor units of the query's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from app.models.store.database import Transaction

# Paid orders by weekday (Monday first) and hour of the day: heat[weekday][hour].
Heat: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class FigureQuery:
    """What to count: both days included; an empty product or channel means all of them."""

    first_day: date
    last_day: date
    currency: str
    product_id: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """The headline figures. ``attempts`` are those that ended; held: orders on hold right now that
    were paid in the period, with what was paid and not yet refunded."""

    net: int
    gross: int
    refunded: int
    orders: int
    attempts: int
    succeeded: int
    held_amount: int
    held_cases: int


@dataclass(frozen=True, slots=True)
class DayPoint:
    """One business day; days without any business are left out."""

    day: date
    net: int
    gross: int
    refunded: int
    orders: int


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """One channel's part; ``channel`` is empty for refunds that name none."""

    channel: str
    net: int
    orders: int
    attempts: int
    succeeded: int


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """One product's part, with its present title."""

    product_id: str
    title: str
    net: int
    orders: int


@dataclass(frozen=True, slots=True)
class RefundPoint:
    """Refunds that succeeded on one business day."""

    day: date
    amount: int
    count: int


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A product as the dashboard's product filter offers it."""

    product_id: str
    title: str
    title_en: str


def figures(db: Transaction, query: FigureQuery) -> Figures:
    """The headline figures of a period."""
    raise NotImplementedError


def by_day(db: Transaction, query: FigureQuery) -> list[DayPoint]:
    """Revenue day by day, oldest first."""
    raise NotImplementedError


def by_channel(db: Transaction, query: FigureQuery) -> list[ChannelFigures]:
    """Each channel's part, the largest net first."""
    raise NotImplementedError


def by_product(db: Transaction, query: FigureQuery, limit: int = 10) -> list[ProductFigures]:
    """The products with the largest net."""
    raise NotImplementedError


def by_hour(db: Transaction, query: FigureQuery) -> Heat:
    """Paid orders by weekday and hour: 7 rows (Monday first) of 24 counts."""
    raise NotImplementedError


def refunds_by_day(db: Transaction, query: FigureQuery) -> list[RefundPoint]:
    """Succeeded refunds day by day, oldest first."""
    raise NotImplementedError


def currencies(db: Transaction) -> list[str]:
    """Currencies that have figures, the one with most paid orders first."""
    raise NotImplementedError


def products(db: Transaction, text: str, limit: int = 20) -> list[ProductChoice]:
    """Products whose title (either language) or number has ``text``; all for an empty text."""
    raise NotImplementedError


def span(db: Transaction, currency: str) -> tuple[date, date] | None:
    """First and last business day that have figures in a currency, or None."""
    raise NotImplementedError
