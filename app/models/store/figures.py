"""The figures of the dashboard, answered from rollups and never from a scan of the orders.

Days are business days in the merchant's zone. Gross counts on the day an order was paid, a refund
on the day it succeeded, net = gross − refunded; an attempt counts on the day it ended. All amounts
are minor units of the query's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from app.models.store import meta
from app.models.store.calendar import whole_months
from app.models.store.codes import CHANNELS, STATUSES
from app.models.store.rollups import MEASURES
from app.models.store.schema import HOURS
from app.models.store.search import expression
from app.models.store.transaction import Transaction
from payments.contract.lifecycles import OrderStatus

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
    """The headline figures. ``attempts`` are those that ended.

    Held: orders on hold right now that were paid in the period, and what of them is not refunded.
    """

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


_SUMS: Final = ", ".join(f"coalesce(sum({measure}), 0)" for measure in MEASURES)


def _where(query: FigureQuery) -> tuple[str, list[Any]]:
    clause = " FROM day_figures WHERE currency = ? AND product_id = ? AND day BETWEEN ? AND ?"
    values: list[Any] = [
        query.currency,
        query.product_id,
        query.first_day.toordinal(),
        query.last_day.toordinal(),
    ]
    if query.channel:
        return clause + " AND channel = ?", [*values, query.channel]
    return clause, values


def figures(db: Transaction, query: FigureQuery) -> Figures:
    """The headline figures of a period."""
    where, values = _where(query)
    gross, refunded, _, orders, attempts, succeeded = db.all(f"SELECT {_SUMS}{where}", values)[0]
    held_amount, held_cases = _held(db, query)
    return Figures(
        net=gross - refunded,
        gross=gross,
        refunded=refunded,
        orders=orders,
        attempts=attempts,
        succeeded=succeeded,
        held_amount=held_amount,
        held_cases=held_cases,
    )


def _held(db: Transaction, query: FigureQuery) -> tuple[int, int]:
    calendar = meta.calendar(db)
    clause = (
        "SELECT coalesce(sum(paid - refunded), 0), count(*) FROM orders"
        # Not a parameter: only the number itself shows SQLite that the small index will do.
        f" WHERE status = {STATUSES.of(OrderStatus.ON_HOLD)}"
        " AND currency = ? AND paid_at >= ? AND paid_at < ?"
    )
    values: list[Any] = [
        query.currency,
        calendar.begins(query.first_day),
        calendar.ends(query.last_day),
    ]
    if query.product_id:
        clause += " AND product_id = ?"
        values.append(query.product_id)
    if query.channel:
        clause += " AND channel = ?"
        values.append(CHANNELS.number(query.channel))
    amount, cases = db.all(clause, values)[0]
    return amount, cases


def by_day(db: Transaction, query: FigureQuery) -> list[DayPoint]:
    """Revenue day by day, oldest first."""
    where, values = _where(query)
    rows = db.all(
        "SELECT day, sum(gross), sum(refunded), sum(orders)" + where + " GROUP BY day ORDER BY day",
        values,
    )
    return [
        DayPoint(date.fromordinal(day), gross - refunded, gross, refunded, orders)
        for day, gross, refunded, orders in rows
    ]


def by_channel(db: Transaction, query: FigureQuery) -> list[ChannelFigures]:
    """Each channel's part, the largest net first."""
    where, values = _where(query)
    rows = db.all(
        "SELECT channel, sum(gross) - sum(refunded) AS net, sum(orders), sum(attempts),"
        f" sum(succeeded){where} GROUP BY channel ORDER BY net DESC, channel",
        values,
    )
    return [ChannelFigures(*row) for row in rows]


def by_hour(db: Transaction, query: FigureQuery) -> Heat:
    """Paid orders by weekday and hour: 7 rows (Monday first) of 24 counts."""
    where, values = _where(query)
    sums = ", ".join(f"sum({hour})" for hour in HOURS)
    # Day 1 of the calendar was a Monday.
    rows = db.all(f"SELECT (day + 6) % 7 AS weekday, {sums}{where} GROUP BY weekday", values)
    counts = {weekday: tuple(hours) for weekday, *hours in rows}
    return tuple(counts.get(weekday, (0,) * len(HOURS)) for weekday in range(7))


def refunds_by_day(db: Transaction, query: FigureQuery) -> list[RefundPoint]:
    """Succeeded refunds day by day, oldest first."""
    where, values = _where(query)
    rows = db.all(
        "SELECT day, sum(refunded), sum(refunds)"
        + where
        + " GROUP BY day HAVING sum(refunds) > 0 ORDER BY day",
        values,
    )
    return [RefundPoint(date.fromordinal(day), amount, count) for day, amount, count in rows]


def by_product(db: Transaction, query: FigureQuery, limit: int = 10) -> list[ProductFigures]:
    """The products with the largest net; refunds that name no product are in none of them.

    Whole months come from the monthly sums, the days before and after them from the daily ones.
    """
    months, edges = whole_months(query.first_day.toordinal(), query.last_day.toordinal())
    parts, values = [], list[Any]()
    for table, period, spans in (("month_figures", "month", months), ("day_figures", "day", edges)):
        for first, last in spans:
            parts.append(
                f"SELECT product_id, gross - refunded AS net, orders FROM {table}"
                f" WHERE currency = ? AND {period} BETWEEN ? AND ? AND product_id > ''"
                + (" AND product_id = ?" if query.product_id else "")
                + (" AND channel = ?" if query.channel else "")
            )
            values += [query.currency, first, last]
            values += [wanted for wanted in (query.product_id, query.channel) if wanted]
    rows = db.all(
        "SELECT ranked.product_id, coalesce(products.title, ranked.product_id), net, orders FROM ("
        " SELECT product_id, sum(net) AS net, sum(orders) AS orders"
        f" FROM ({' UNION ALL '.join(parts)}) GROUP BY product_id"
        " ORDER BY net DESC, product_id LIMIT ?) AS ranked"
        " LEFT JOIN products ON products.id = ranked.product_id"
        " ORDER BY net DESC, ranked.product_id",
        [*values, limit],
    )
    return [ProductFigures(*row) for row in rows]


def currencies(db: Transaction) -> list[str]:
    """Currencies that have figures, the one with most paid orders first."""
    rows = db.all(
        "SELECT currency FROM day_figures WHERE product_id = '' GROUP BY currency"
        " ORDER BY sum(orders) DESC, currency"
    )
    return [currency for (currency,) in rows]


def products(db: Transaction, text: str, limit: int = 20) -> list[ProductChoice]:
    """Products whose title (either language) or number has ``text``; all for an empty text."""
    found = expression(text)
    clause = " WHERE row IN (SELECT rowid FROM products_search WHERE products_search MATCH ?)"
    rows = db.all(
        f"SELECT id, title, title_en FROM products{clause if found else ''}"
        " ORDER BY on_sale DESC, title, id LIMIT ?",
        [found, limit] if found else [limit],
    )
    return [ProductChoice(*row) for row in rows]


def span(db: Transaction, currency: str) -> tuple[date, date] | None:
    """First and last business day that have figures in a currency, or None."""
    row = db.one(
        "SELECT min(day), max(day) FROM day_figures WHERE currency = ? AND product_id = ''",
        (currency,),
    )
    if row is None or row[0] is None:
        return None
    return date.fromordinal(row[0]), date.fromordinal(row[1])
