"""Sums kept up to date with every change, so that figures and totals never scan the records.

``Deltas`` gathers what a page of changes adds (and what it takes back: a record that is replaced
first gives back what its old state had added) and writes it in the page's own transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from app.models.store.calendar import Calendar, month_of
from app.models.store.schema import HOURS
from app.models.store.standing import milliseconds, plain
from app.models.store.transaction import Transaction
from payments.contract.lifecycles import FINAL_ATTEMPTS, AttemptState, RefundState
from payments.contract.wire.records import Attempt, Order, Record, Refund

Cell: TypeAlias = tuple[str | int, ...]
# By cell, the measures in their order.
Sums: TypeAlias = dict[Cell, list[int]]

MEASURES: Final = ("gross", "refunded", "refunds", "orders", "attempts", "succeeded")
_GROSS, _REFUNDED, _REFUNDS, _ORDERS, _ATTEMPTS, _SUCCEEDED = range(len(MEASURES))
_FIRST_HOUR: Final = len(MEASURES)
_COUNTED: Final = ("orders", "amount", "refunded")
_NO_FIGURES: Final = [0] * len(MEASURES + HOURS)
_NO_COUNTS: Final = [0] * len(_COUNTED)


class Deltas:
    """What a page of changes adds to the rollups.

    Each kind's method takes the record, its values in the kind's table (what they hold need not be
    derived twice) and ``sign``: +1 to add a record, −1 to take it back.
    """

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        # By (currency, product, day, channel).
        self._figures: Sums = defaultdict(_NO_FIGURES.copy)
        # By (day, status, channel, kind, currency): orders, amount, refunded.
        self._counts: Sums = defaultdict(_NO_COUNTS.copy)

    def order(self, order: Order, values: Sequence[Any], sign: int) -> None:
        """An order: what was paid on its day, each attempt that ended, its place in the list."""
        _, _, placed_at, status, channel, kind, currency, amount, paid, refunded, *_ = values
        if order.paid_at is not None:
            day, hour = self.calendar.slot(milliseconds(order.paid_at))
            cell = self._figures[currency, order.product_id, day, plain(order.channel)]
            cell[_GROSS] += sign * paid
            cell[_ORDERS] += sign
            cell[_FIRST_HOUR + hour] += sign
        for attempt in order.attempts:
            if attempt.state in FINAL_ATTEMPTS:
                self._attempt(order, attempt, sign)
        day, _ = self.calendar.slot(placed_at)
        count = self._counts[day, status, channel, kind, currency]
        count[0] += sign
        count[1] += sign * amount
        count[2] += sign * refunded

    def _attempt(self, order: Order, attempt: Attempt, sign: int) -> None:
        day, _ = self.calendar.slot(milliseconds(attempt.ended_at or attempt.started_at))
        cell = self._figures[order.currency, order.product_id, day, plain(attempt.channel)]
        cell[_ATTEMPTS] += sign
        if attempt.state is AttemptState.SUCCEEDED:
            cell[_SUCCEEDED] += sign

    def refund(self, refund: Refund, _values: Sequence[Any], sign: int) -> None:
        """A refund that succeeded, linked to an order or not, on the day the money went back."""
        if refund.state is not RefundState.SUCCEEDED:
            return
        day, _ = self.calendar.slot(milliseconds(refund.finished_at or refund.requested_at))
        channel = plain(refund.channel)
        cell = self._figures[refund.currency, refund.product_id, day, channel]
        cell[_REFUNDED] += sign * refund.amount
        cell[_REFUNDS] += sign

    def nothing(self, record: Record, values: Sequence[Any], sign: int) -> None:
        """Kinds of record that no figure counts."""

    def save(self, db: Transaction) -> None:
        """Add everything gathered to the store, and forget it."""
        totals, months, counts = _Groups(), _Groups(), _Groups()
        products: Sums = {}
        for (currency, product, day, channel), sums in self._figures.items():
            totals[currency, "", day, channel].append(sums)
            if product:
                products[currency, product, day, channel] = sums
                months[currency, month_of(int(day)), product, channel].append(sums[:_FIRST_HOUR])
        for (day, *chips), sums in self._counts.items():
            counts[month_of(int(day)), *chips].append(sums)
        _save(db, "day_figures", _DAY_KEY, MEASURES + HOURS, totals.sums())
        _save(db, "day_figures", _DAY_KEY, MEASURES + HOURS, products)
        _save(db, "month_figures", _MONTH_KEY, MEASURES, months.sums())
        _save(db, "day_counts", ("day", *_CHIPS), _COUNTED, self._counts)
        _save(db, "month_counts", ("month", *_CHIPS), _COUNTED, counts.sums())
        self._figures.clear()
        self._counts.clear()


class _Groups(defaultdict[Cell, list[list[int]]]):
    """Cells that are one cell of a coarser rollup."""

    def __init__(self) -> None:
        super().__init__(list)

    def sums(self) -> Sums:
        return {cell: list(map(sum, zip(*parts, strict=True))) for cell, parts in self.items()}


_DAY_KEY: Final = ("currency", "product_id", "day", "channel")
_MONTH_KEY: Final = ("currency", "month", "product_id", "channel")
_CHIPS: Final = ("status", "channel", "kind", "currency")


def _save(
    db: Transaction,
    table: str,
    key: tuple[str, ...],
    measures: tuple[str, ...],
    sums: Mapping[Cell, Sequence[int]],
) -> None:
    columns = key + measures
    db.many(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET "
        + ", ".join(f"{name} = {name} + excluded.{name}" for name in measures),
        [(*cell, *values) for cell, values in sums.items() if any(values)],
    )
    # A cell that has nothing left is taken away, so that it is as if it had never been counted.
    db.many(
        f"DELETE FROM {table} WHERE {' AND '.join(f'{name} = ?' for name in key)} AND "
        + " AND ".join(f"{name} = 0" for name in measures),
        [cell for cell, values in sums.items() if min(values) < 0],
    )
