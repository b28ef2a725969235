"""The records that flows work on: read, lock, add and save, with the feed touched on every write.

Judge only what was read with ``locked``: on PostgreSQL others may change a row that was only read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Select, Table, bindparam, select, update

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind
from payments.store import tables
from payments.store.prepared import Prepared
from payments.store.rows import RowCodec
from payments.store.stored import (
    StoredAttempt,
    StoredCase,
    StoredHold,
    StoredOrder,
    StoredPayer,
    StoredProduct,
    StoredRefund,
)
from payments.store.work import Work

Row = TypeVar("Row")


class NotLockedError(AssertionError):
    """A row was saved that this work has neither locked nor added: a mistake in a flow."""


class Records(Generic[Row]):
    """The records of one table; those of a feed kind go through the feed when they are written."""

    def __init__(self, table: Table, row: type[Row], kind: Kind | None = None) -> None:
        self.table: Final = table
        self.kind: Final = kind
        self.codec: Final = RowCodec(row)
        one = self.select().where(table.c.id == bindparam("id"))
        self._one = Prepared(one)
        self._locked = Prepared(one.with_for_update())
        self._insert = Prepared(table.insert())
        self._updates: dict[tuple[str, ...], Prepared] = {}

    def select(self) -> Select[Any]:
        """All columns of this merchant's rows; add criteria, and prepare it once."""
        columns = [self.table.c[name] for name in self.codec.fields]
        return select(*columns).where(self.table.c.merchant == bindparam("merchant"))

    def get(self, work: Work, record_id: str) -> Row | None:
        """The row, or None. What this work has locked or written comes without asking again."""
        if known := work.rows.get((self.table.name, record_id)):
            return known  # type: ignore[no-any-return]  # rows are kept under their table's name
        return self._fetch(work, self._one, record_id)

    def locked(self, work: Work, record_id: str) -> Row:
        """The row, locked until the work ends. Raises RefusedError (not_found) without one."""
        row = self.find_locked(work, record_id)
        if row is None:
            raise RefusedError(Code.NOT_FOUND)
        return row

    def find_locked(self, work: Work, record_id: str) -> Row | None:
        """The row, locked until the work ends, or None."""
        if known := work.rows.get((self.table.name, record_id)):
            return known  # type: ignore[no-any-return]  # rows are kept under their table's name
        row = self._fetch(work, self._locked, record_id)
        if row is not None:
            work.rows[self.table.name, record_id] = row
        return row

    def all(self, work: Work, statement: Prepared, parameters: Mapping[str, Any]) -> list[Row]:
        """The rows of a statement made from ``select``."""
        bound = {"merchant": work.merchant, **parameters}
        return [self.codec.read(row) for row in statement.rows(work, bound)]

    def add(self, work: Work, row: Row) -> Row:
        """Insert a row and send it through the feed."""
        columns = self.codec.columns(row)
        self._insert.run(work, {"merchant": work.merchant, **columns})
        return self._written(work, columns["id"], row)

    def save(self, work: Work, row: Row) -> Row:
        """Write what has changed since the row was locked, and send it through the feed."""
        record_id = row.id  # type: ignore[attr-defined]  # every stored row has its id
        before = work.rows.get((self.table.name, record_id))
        if before is None:
            raise NotLockedError(self.table.name)
        changes = self.codec.changes(before, row)
        if not changes:
            return row
        named = {f"new_{name}": value for name, value in changes.items()}
        bound = {"at_merchant": work.merchant, "at_id": record_id, **named}
        self._update(tuple(changes)).run(work, bound)
        return self._written(work, record_id, row)

    def _fetch(self, work: Work, statement: Prepared, record_id: str) -> Row | None:
        bound = {"merchant": work.merchant, "id": record_id}
        columns = statement.first(work, bound)
        return None if columns is None else self.codec.read(columns)

    def _update(self, names: tuple[str, ...]) -> Prepared:
        if names not in self._updates:
            self._updates[names] = Prepared(
                update(self.table)
                .where(
                    self.table.c.merchant == bindparam("at_merchant"),
                    self.table.c.id == bindparam("at_id"),
                )
                .values({name: bindparam(f"new_{name}") for name in names})
            )
        return self._updates[names]

    def _written(self, work: Work, record_id: str, row: Row) -> Row:
        work.rows[self.table.name, record_id] = row
        if self.kind is not None:
            work.touch(self.kind, record_id)
        return row


class _Orders(Records[StoredOrder]):
    """Orders; what becomes evidence for risk review takes its refunds along."""

    def save(self, work: Work, row: StoredOrder) -> StoredOrder:
        before = work.rows.get((self.table.name, row.id))
        saved = super().save(work, row)
        if before is not None and before.at_risk != row.at_risk:
            if before.at_risk:
                message = "what was evidence for risk review stays visible to it"
                raise AssertionError(message)
            for refund in refunds_of(work, row.id):
                locked = REFUNDS.locked(work, refund.id)
                REFUNDS.save(work, dataclasses.replace(locked, at_risk=True))
        return saved


class _Products(Records[StoredProduct]):
    """Products; one that changes its instructor leaves the view of the former one."""

    def save(self, work: Work, row: StoredProduct) -> StoredProduct:
        before = work.rows.get((self.table.name, row.id))
        saved = super().save(work, row)
        if before is not None and before.instructor_id != row.instructor_id:
            work.left.setdefault((Kind.PRODUCT, row.id), before.instructor_id)
        return saved


class _Attempts(Records[StoredAttempt]):
    """Attempts are shown as part of their order."""

    def _written(self, work: Work, record_id: str, row: StoredAttempt) -> StoredAttempt:
        work.touch(Kind.ORDER, row.order_id)
        return super()._written(work, record_id, row)


class _Holds(Records[StoredHold]):
    """Holds on orders are shown as part of their order."""

    def _written(self, work: Work, record_id: str, row: StoredHold) -> StoredHold:
        if row.subject_kind == Kind.ORDER:
            work.touch(Kind.ORDER, row.subject)
        return super()._written(work, record_id, row)


PRODUCTS: Final = _Products(tables.PRODUCTS, StoredProduct, Kind.PRODUCT)
PAYERS: Final = Records(tables.PAYERS, StoredPayer)
ORDERS: Final = _Orders(tables.ORDERS, StoredOrder, Kind.ORDER)
ATTEMPTS: Final = _Attempts(tables.ATTEMPTS, StoredAttempt)
REFUNDS: Final = Records(tables.REFUNDS, StoredRefund, Kind.REFUND)
CASES: Final = Records(tables.RISK_CASES, StoredCase, Kind.RISK_CASE)
HOLDS: Final = _Holds(tables.HOLDS, StoredHold)

_ATTEMPTS_OF: Final = Prepared(
    ATTEMPTS.select()
    .where(tables.ATTEMPTS.c.order_id == bindparam("order_id"))
    .order_by(tables.ATTEMPTS.c.started_ms, tables.ATTEMPTS.c.id)
)
_REFUNDS_OF: Final = Prepared(
    REFUNDS.select()
    .where(tables.REFUNDS.c.order_id == bindparam("order_id"))
    .order_by(tables.REFUNDS.c.requested_ms, tables.REFUNDS.c.id)
)
_CASES_OF: Final = Prepared(
    CASES.select()
    .where(tables.RISK_CASES.c.order_id == bindparam("order_id"))
    .order_by(tables.RISK_CASES.c.opened_ms, tables.RISK_CASES.c.id)
)
_HOLDS_ON: Final = Prepared(
    HOLDS.select()
    .where(
        tables.HOLDS.c.subject_kind == bindparam("kind"),
        tables.HOLDS.c.subject == bindparam("subject"),
        tables.HOLDS.c.state == "active",
    )
    .order_by(tables.HOLDS.c.id)
)


def attempts_of(work: Work, order_id: str) -> Sequence[StoredAttempt]:
    """The attempts of an order, oldest first. Lock the order before judging them."""
    return ATTEMPTS.all(work, _ATTEMPTS_OF, {"order_id": order_id})


def refunds_of(work: Work, order_id: str) -> Sequence[StoredRefund]:
    """The refunds of an order, oldest first. Lock the order before judging them."""
    return REFUNDS.all(work, _REFUNDS_OF, {"order_id": order_id})


def cases_of(work: Work, order_id: str) -> Sequence[StoredCase]:
    """The risk cases of an order, oldest first."""
    return CASES.all(work, _CASES_OF, {"order_id": order_id})


def active_holds(work: Work, subject_kind: str, subject: str) -> Sequence[StoredHold]:
    """What holds this order, payout or account back."""
    return HOLDS.all(work, _HOLDS_ON, {"kind": subject_kind, "subject": subject})
