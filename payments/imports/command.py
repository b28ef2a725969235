"""``import``: bring in orders from another system's files."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Final, TextIO, TypeVar
from zoneinfo import ZoneInfo

from payments.commands import CommandError
from payments.imports import profile, reader
from payments.imports.grouping import ImportedOrder, grouped
from payments.imports.profile import Profile, UnknownProfileError
from payments.imports.reader import ImportedLine, RejectedRow, UnreadableFileError
from payments.imports.take_over import Taken, take_over
from payments.settings import add_database_arguments, prepare_folder, settings_of
from payments.store import merchants
from payments.store.database import Database
from payments.store.migrations import migrate

T = TypeVar("T")
_BATCH: Final = 250


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``import``."""
    parser.add_argument("what", choices=("orders",), help="what the file holds")
    parser.add_argument("file", type=Path, help="a CSV or CSV.gz file")
    parser.add_argument(
        "--profile",
        required=True,
        metavar="NAME",
        help=f"how its columns are read: {', '.join(profile.names())}, or a TOML file",
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write a line for each row not taken over"
    )
    add_database_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Import; the last line printed is one JSON object that accounts for every row."""
    try:
        chosen = profile.load(options.profile)
    except UnknownProfileError as error:
        message = f"{str(error)[:1].upper()}{str(error)[1:]}."
        raise CommandError(message) from None
    if not options.file.is_file():
        message = f"There is no file {options.file}."
        raise CommandError(message)
    settings = settings_of(options, os.environ)
    prepare_folder(settings.folder)
    with ExitStack() as open_things:
        report = _report_file(options.report, open_things)
        database = open_things.enter_context(Database.open(settings.database_url))
        database.run_sync(migrate)
        database.run_sync(merchants.found, "Suanpan")
        try:
            summary = bring_in(database, options.file, chosen, report)
        except UnreadableFileError as error:
            message = f"{error}."
            raise CommandError(message) from None
    sys.stdout.write(json.dumps(summary) + "\n")
    return 0


def bring_in(
    database: Database, file: Path, chosen: Profile, report: TextIO | None = None
) -> dict[str, object]:
    """Import a file; the account of its rows. Raises UnreadableFileError."""
    zone = database.read_sync(merchants.get).zone if chosen.zone == "merchant" else chosen.zone
    rejected: list[RejectedRow] = []
    taken = Taken()
    counted = _Counted(reader.rows(file, chosen, ZoneInfo(zone)))
    for batch in _batches(grouped(counted, chosen, rejected), _BATCH):
        done = database.run_sync(take_over, batch, chosen)
        taken.add(done)
        _write(report, "conflict", done.conflicts)
        _progress(taken)
    _write(report, "rejected", rejected)
    return _summary(counted.rows, len(rejected), taken)


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterator[ImportedLine | RejectedRow]) -> None:
        self._rows = rows
        self.rows = 0

    def __iter__(self) -> Iterator[ImportedLine | RejectedRow]:
        for row in self._rows:
            self.rows += 1
            yield row


def _batches(orders: Iterable[ImportedOrder], size: int) -> Iterator[list[ImportedOrder]]:
    left = iter(orders)
    while batch := list(islice(left, size)):
        yield batch


def _summary(rows: int, rejected: int, taken: Taken) -> dict[str, object]:
    net = dict(taken.gross)
    for currency, amount in taken.refunded.items():
        net[currency] = net.get(currency, 0) - amount
    return {
        "rows": rows,
        "orders": taken.orders,
        "refunds": taken.refunds,
        "duplicates": taken.duplicates,
        "rejected": rejected,
        "conflicts": len(taken.conflicts),
        "gross": dict(taken.gross),
        "refunded": dict(taken.refunded),
        "net": net,
    }


def _report_file(path: Path | None, open_things: ExitStack) -> TextIO | None:
    if path is None:
        return None
    try:
        return open_things.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        message = f"The report cannot be written to {path}: {error.strerror}."
        raise CommandError(message) from None


def _write(report: TextIO | None, kind: str, rows: Iterable[RejectedRow]) -> None:
    if report is not None:
        for row in rows:
            line = {"row": row.row, "order": row.order, kind: row.reason}
            report.write(json.dumps(line, ensure_ascii=False) + "\n")


def _progress(taken: Taken) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{taken.orders + taken.refunds} orders and refunds taken over")
        sys.stderr.flush()
