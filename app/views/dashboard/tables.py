"""The numbers behind each chart as rows of a file. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from app import words
from app.models.store.figures import ChannelFigures, Figures
from app.services.exports.csv import Column
from app.services.exports.provenance import plain
from app.views.charts.channels import channel_name
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.reading import Answer, Day
from payments.contract.rates import success_rate, wilson_95

_PLACES: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and their rows."""

    columns: Sequence[Column[Any]]
    rows: Sequence[Any]


def table(name: ChartName, answer: Answer) -> Table:
    """What a chart shows, exactly; nothing is left out for want of room."""
    return _TABLES[name](answer)


def figures_table(answer: Answer) -> Table:
    """The headline figures and those they are compared with; rates as parts of one."""
    columns: list[Column[Any]] = [
        _plain("figure", lambda row: row[0]),
        _plain("value", lambda row: row[1]),
        _plain("before", lambda row: row[2]),
    ]
    if answer.now is None:
        return Table(columns, ())
    now = _values(answer.now.figures, answer.question.currency)
    before = _values(answer.before.figures, answer.question.currency) if answer.before else {}
    rows = [
        (words.say(f"dashboard.{key}"), value, before.get(key, "")) for key, value in now.items()
    ]
    return Table(columns, rows)


def _values(figures: Figures, currency: str) -> dict[str, str]:
    low, high = wilson_95(figures.succeeded, figures.attempts)
    tried = figures.attempts > 0
    return {
        "column.net": plain(figures.net, currency),
        "column.gross": plain(figures.gross, currency),
        "column.refunded": plain(figures.refunded, currency),
        "column.orders": str(figures.orders),
        "column.attempts": str(figures.attempts),
        "column.succeeded": str(figures.succeeded),
        "column.rate": _ratio(success_rate(figures.succeeded, figures.attempts)),
        "column.low": _ratio(low) if tried else "",
        "column.high": _ratio(high) if tried else "",
        "column.held": plain(figures.held_amount, currency),
        "column.held_cases": str(figures.held_cases),
    }


def _plain(key: str, value: Callable[[Any], str]) -> Column[Any]:
    return Column(words.say(f"dashboard.column.{key}"), value, ours=True)


def _money(key: str, currency: str, minor: Callable[[Any], int | None]) -> Column[Any]:
    """Amounts with their total; None is an empty cell."""

    def value(row: object) -> str:
        amount = minor(row)
        return "" if amount is None else plain(amount, currency)

    return Column(
        words.say(f"dashboard.column.{key}"),
        value,
        ours=True,
        sums=lambda row: (minor(row) or 0, currency),
    )


def _ratio(value: Decimal | None) -> str:
    return "" if value is None else str(value.quantize(_PLACES))


def _days(answer: Answer) -> tuple[Day, ...]:
    return answer.now.days if answer.now is not None else ()


def _revenue(answer: Answer) -> Table:
    currency = answer.question.currency
    compared = answer.before.days if answer.before is not None else ()
    rows = list(zip_longest(_days(answer), compared))
    columns = [
        _plain("day", lambda row: row[0].day.isoformat() if row[0] else ""),
        _money("net", currency, lambda row: row[0].net if row[0] else None),
        _money("gross", currency, lambda row: row[0].gross if row[0] else None),
        _money("refunded", currency, lambda row: row[0].refunded if row[0] else None),
        _plain("orders", lambda row: str(row[0].orders) if row[0] else ""),
    ]
    if compared:
        columns += [
            _plain("compared_day", lambda row: row[1].day.isoformat() if row[1] else ""),
            _money("compared_net", currency, lambda row: row[1].net if row[1] else None),
        ]
    return Table(columns, rows)


def _mix(answer: Answer) -> Table:
    total = sum(one.net for one in answer.channels)

    def share(one: ChannelFigures) -> str:
        return _ratio(Decimal(one.net) / Decimal(total)) if total > 0 else ""

    columns = [
        _plain("channel", lambda one: channel_name(one.channel)),
        _money("net", answer.question.currency, lambda one: one.net),
        _plain("share", share),
        _plain("orders", lambda one: str(one.orders)),
    ]
    return Table(columns, answer.channels)


def _rates(answer: Answer) -> Table:
    def end(one: ChannelFigures, which: int) -> str:
        return _ratio(wilson_95(one.succeeded, one.attempts)[which]) if one.attempts else ""

    columns = [
        _plain("channel", lambda one: channel_name(one.channel)),
        _plain("succeeded", lambda one: str(one.succeeded)),
        _plain("attempts", lambda one: str(one.attempts)),
        _plain("rate", lambda one: _ratio(success_rate(one.succeeded, one.attempts))),
        _plain("low", lambda one: end(one, 0)),
        _plain("high", lambda one: end(one, 1)),
    ]
    return Table(columns, answer.channels)


def _refunds(answer: Answer) -> Table:
    columns = [
        _plain("day", lambda day: day.day.isoformat()),
        _money("refunded", answer.question.currency, lambda day: day.refunded),
        _plain("refunds", lambda day: str(day.refunds)),
    ]
    return Table(columns, _days(answer))


def _products(answer: Answer) -> Table:
    columns = [
        Column(words.say("dashboard.column.product"), lambda one: one.title),
        Column(words.say("dashboard.column.product_id"), lambda one: one.product_id),
        _money("net", answer.question.currency, lambda one: one.net),
        _plain("orders", lambda one: str(one.orders)),
    ]
    return Table(columns, answer.products)


def _heat(answer: Answer) -> Table:
    rows = [
        (weekday, hour, count)
        for weekday, hours in enumerate(answer.heat)
        for hour, count in enumerate(hours)
    ]
    columns = [
        _plain("weekday", lambda row: words.say(f"dashboard.weekday.d{row[0] + 1}")),
        _plain("hour", lambda row: f"{row[1]:02}:00"),
        _plain("orders", lambda row: str(row[2])),
    ]
    return Table(columns, rows)


_TABLES: Final[dict[ChartName, Callable[[Answer], Table]]] = {
    ChartName.REVENUE: _revenue,
    ChartName.MIX: _mix,
    ChartName.RATES: _rates,
    ChartName.REFUNDS: _refunds,
    ChartName.PRODUCTS: _products,
    ChartName.HEAT: _heat,
}
