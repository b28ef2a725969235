"""Rows into orders and refunds: a spool on disk keeps memory flat however large the file is."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec

from payments.contract.money import Money, rounded
from payments.imports.profile import Profile
from payments.imports.reader import ImportedLine, RejectedRow

_BATCH: Final = 5_000
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ImportedLine).decode


class ImportedOrder(msgspec.Struct, frozen=True):
    """All rows of one order number. ``amount`` is the sum of its lines, rounded half-up once.

    A negative amount is money given back (``is_refund``); it is stored as a positive refund.
    """

    number: str
    at_ms: int
    amount: Money
    is_refund: bool
    refund_of: str
    lines: tuple[ImportedLine, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """What identifies the rows, in file order; equal rows have equal digests."""
        return tuple(line.digest for line in self.lines)


def grouped(
    rows: Iterable[ImportedLine | RejectedRow], profile: Profile, rejected: list[RejectedRow]
) -> Iterator[ImportedOrder]:
    """Orders and refunds of the file, by first row; adds to ``rejected`` as rows are refused."""
    with (
        tempfile.TemporaryDirectory(prefix="suanpan-import-") as folder,
        closing(sqlite3.connect(Path(folder) / "spool", isolation_level=None)) as spool,
    ):
        _fill(spool, rows, rejected)
        found = spool.execute(
            "SELECT rows.line FROM rows JOIN (SELECT number, min(row) AS first FROM rows"
            " GROUP BY number) AS starts USING (number) ORDER BY first, row"
        )
        lines = (_decode(text) for (text,) in found)
        for _number, group in groupby(lines, key=lambda line: line.order):
            order = _order(tuple(group), profile, rejected)
            if order:
                yield order


def _fill(
    spool: sqlite3.Connection,
    rows: Iterable[ImportedLine | RejectedRow],
    rejected: list[RejectedRow],
) -> None:
    spool.execute("PRAGMA journal_mode=OFF")
    spool.execute("PRAGMA synchronous=OFF")
    spool.execute("CREATE TABLE rows (number TEXT, row INTEGER PRIMARY KEY, line BLOB)")
    spool.execute("BEGIN")
    batch: list[tuple[str, int, bytes]] = []
    for row in rows:
        if isinstance(row, RejectedRow):
            rejected.append(row)
            continue
        batch.append((row.order, row.row, _encode(row)))
        if len(batch) == _BATCH:
            spool.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
            batch.clear()
    spool.executemany("INSERT INTO rows VALUES (?, ?, ?)", batch)
    spool.execute("CREATE INDEX rows_number ON rows (number, row)")
    spool.execute("COMMIT")


def _order(
    lines: Sequence[ImportedLine], profile: Profile, rejected: list[RejectedRow]
) -> ImportedOrder | None:
    first = lines[0]
    kept = []
    for line in lines:
        reason = _odd(line, first)
        if reason:
            rejected.append(RejectedRow(line.row, line.order, reason))
        else:
            kept.append(line)
    if not kept:
        return None
    exact = sum((line.total() for line in kept), Decimal(0))
    prefix = profile.cancellation.prefix if profile.cancellation else ""
    gives_back = bool(prefix and first.order.startswith(prefix)) or bool(first.refund_of)
    return ImportedOrder(
        number=first.order,
        at_ms=first.at_ms,
        amount=rounded(abs(exact), first.currency),
        is_refund=exact < 0 or (gives_back and exact == 0),
        refund_of=first.refund_of,
        lines=tuple(kept),
    )


def _odd(line: ImportedLine, first: ImportedLine) -> str:
    if line.currency != first.currency:
        return "currency_differs_within_order"
    if line.quantity < 0 and not Decimal(line.unit_price):
        return "stock_correction_without_price"
    return ""
