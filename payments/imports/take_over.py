"""Takes orders of another system over, a batch a transaction; what is there already stays as it is.

An order is known by its number in its source and by the digests of its rows. Rows that are known
are duplicates; a new row for a known order contradicts what was recorded and is a conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from payments.contract.roles import Kind
from payments.contract.wire.records import ChannelName
from payments.domain.commission import Shares
from payments.domain.ledger_entries import (
    Entry,
    LedgerEvent,
    Sale,
    payment_received,
    refund_paid,
)
from payments.imports import records
from payments.imports.grouping import ImportedOrder
from payments.imports.profile import Profile
from payments.imports.reader import RejectedRow
from payments.store import bulk, imported
from payments.store.bulk import Batch
from payments.store.imported import Imported
from payments.store.records import ORDERS
from payments.store.stored import StoredOrder, StoredRefund
from payments.store.work import Posted, Work


@dataclass(slots=True)
class Taken:
    """What became of a batch. Amounts in minor units by currency."""

    orders: int = 0
    refunds: int = 0
    duplicates: int = 0
    gross: Counter[str] = field(default_factory=Counter)
    refunded: Counter[str] = field(default_factory=Counter)
    conflicts: list[RejectedRow] = field(default_factory=list)

    def add(self, other: Taken) -> None:
        """Add another batch's outcome."""
        self.orders += other.orders
        self.refunds += other.refunds
        self.duplicates += other.duplicates
        self.gross.update(other.gross)
        self.refunded.update(other.refunded)
        self.conflicts.extend(other.conflicts)


def take_over(work: Work, orders: Sequence[ImportedOrder], profile: Profile) -> Taken:
    """Take a batch over in one transaction."""
    known = imported.known(work, profile.name, [order.number for order in orders])
    taken = Taken()
    fresh = []
    for order in orders:
        if order.number in known:
            _compare(order, known[order.number], taken)
        else:
            fresh.append(order)
    _Batch(work, profile, taken).write(fresh)
    return taken


def _compare(order: ImportedOrder, before: Imported, taken: Taken) -> None:
    left = Counter(before.digest.split())
    for line in order.lines:
        if left[line.digest]:
            left[line.digest] -= 1
            taken.duplicates += 1
        else:
            reason = "order_already_recorded_without_this_row"
            taken.conflicts.append(RejectedRow(line.row, order.number, reason))


class _Batch:
    """New orders and refunds of one transaction."""

    def __init__(self, work: Work, profile: Profile, taken: Taken) -> None:
        self._work = work
        self._profile = profile
        self._taken = taken
        self._new: dict[str, StoredOrder] = {}
        self._batch = Batch()
        self._marks: list[Imported] = []

    def write(self, fresh: Sequence[ImportedOrder]) -> None:
        kept = [order for order in fresh if self._add(order)]
        self._batch.products = records.products_of(kept, self._profile)
        self._batch.payers = records.payers_of(kept, self._profile)
        self._batch.orders = list(self._new.values())
        bulk.add(self._work, self._batch)
        imported.remember(self._work, self._profile.name, self._marks)

    def _add(self, order: ImportedOrder) -> bool:
        if order.is_refund:
            return self._add_refund(order)
        stored = records.order_of(order, self._profile, self._work.now)
        self._new[stored.id] = stored
        self._post(stored.id, "", order, payment_received(_sale(order, stored), _all(order), 0))
        self._mark(order, Kind.ORDER, stored.id)
        self._taken.orders += 1
        self._taken.gross[order.amount.currency] += order.amount.amount
        return True

    def _add_refund(self, imported_refund: ImportedOrder) -> bool:
        order = self._original(imported_refund)
        refund = records.refund_of(imported_refund, self._profile, self._work.now, order)
        reason = _contradiction(refund, order)
        if reason:
            self._taken.conflicts.extend(
                RejectedRow(line.row, imported_refund.number, reason)
                for line in imported_refund.lines
            )
            return False
        if order is not None:
            self._refund_order(records.with_refund(order, refund))
        self._batch.refunds.append(refund)
        entries = refund_paid(_sale(imported_refund, refund), _all(imported_refund), 0)
        self._post(refund.order_id, refund.id, imported_refund, entries)
        self._mark(imported_refund, Kind.REFUND, refund.id)
        self._taken.refunds += 1
        self._taken.refunded[refund.currency] += refund.amount
        return True

    def _original(self, refund: ImportedOrder) -> StoredOrder | None:
        if not refund.refund_of:
            return None
        order_id = records.number_of(self._profile, refund.refund_of)
        if order_id in self._new:
            return self._new[order_id]
        if ORDERS.get(self._work, order_id) is None:
            return None
        return ORDERS.locked(self._work, order_id)

    def _refund_order(self, order: StoredOrder) -> None:
        if order.id in self._new:
            self._new[order.id] = order
        else:
            ORDERS.save(self._work, order)

    def _post(
        self, order_id: str, refund_id: str, order: ImportedOrder, entries: Sequence[Entry]
    ) -> None:
        event = LedgerEvent.REFUND_PAID if refund_id else LedgerEvent.PAYMENT_RECEIVED
        if entries:
            self._batch.transactions.append(
                Posted(self._work.new_id(), order.at_ms, event, tuple(entries), order_id, refund_id)
            )

    def _mark(self, order: ImportedOrder, kind: Kind, record_id: str) -> None:
        self._marks.append(Imported(order.number, " ".join(order.digests), kind.value, record_id))


def _contradiction(refund: StoredRefund, order: StoredOrder | None) -> str:
    if order is None:
        return ""
    if order.currency != refund.currency:
        return "refund_in_another_currency"
    if order.refunded + refund.amount > order.paid:
        return "refund_exceeds_paid"
    return ""


def _sale(order: ImportedOrder, stored: StoredOrder | StoredRefund) -> Sale:
    kind = stored.kind
    if kind is None:
        message = f"{stored.id} has no kind"
        raise AssertionError(message)
    return Sale(ChannelName.EXTERNAL, order.amount.currency, kind, stored.payer_id, "")


def _all(order: ImportedOrder) -> Shares:
    """History does not say who earned what: all of it is the platform's."""
    return Shares(instructor=0, platform=order.amount.amount)
