"""CSV files that spreadsheet programs open as they were meant, of any size in constant memory.

UTF-8 with a byte order mark; long numbers stay text; nothing typed by a payer runs as a formula.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Generic, Protocol, TypeVar

from app.services.exports.provenance import DIGEST_MARK, LINE_END, Facts, footer, header
from app.services.files import replacing

Row = TypeVar("Row")

_BATCH: Final = 2_000
# What begins a formula in one spreadsheet program or another, in Chinese width as well.
_FORMULA: Final = frozenset("=+-@＝＋－＠")
# Spreadsheet programs show longer numbers with an exponent and lose the last digits.
_LONGEST_NUMBER: Final = 11
_CONTROLS: Final = dict.fromkeys((*range(32), 127), " ")
# Most cells are harmless, and one look finds that out.
_SUSPECT: Final = re.compile(r"[\x00-\x1f\x7f]|^\s*[=+@＝＋－＠-]|^(?:0|\d{11})\d+$")


class Progress(Protocol):
    """What a long export is given: ``background.Work`` is one."""

    def check(self) -> None:
        """Raises CancelledError when nobody wants the file any more."""

    def report(self, value: object) -> None:
        """Tell how many rows are written."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. ``value`` is its text, protected unless it is ``ours``: a number, a time, a word.

    ``sums`` gives (minor units, currency) of a row for the totals below the data.
    """

    header: str
    value: Callable[[Row], str]
    ours: bool = False
    sums: Callable[[Row], tuple[int, str]] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    rows: int
    digest: str


def protected(text: str) -> str:
    """Text as a cell that shows it and does nothing else.

    Control characters become spaces, a formula gets an apostrophe before it, a long number or one
    with leading zeros a tab behind it.
    """
    if not _SUSPECT.search(text):
        return text
    clean = text.translate(_CONTROLS)
    first = clean.lstrip()[:1]
    if first in _FORMULA and first:
        return f"'{clean}"
    if clean.isdecimal() and (len(clean) > _LONGEST_NUMBER or (clean[0] == "0" and len(clean) > 1)):
        return f"{clean}\t"
    return clean


def write_csv(
    path: Path,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    facts: Facts,
    work: Progress,
) -> Written:
    """Write all rows to a file that is there whole or not at all.

    Raises OSError, CancelledError, and whatever reading the rows raises; the file is then as before.
    """
    with replacing(path) as file:
        sheet = _Sheet(file, columns)
        sheet.lines(header(facts))
        sheet.heads()
        waiting = iter(rows)
        while batch := list(islice(waiting, _BATCH)):
            work.check()
            sheet.batch(batch)
            work.report(sheet.rows)
        work.check()
        sheet.lines(footer(facts, sheet.rows, sheet.totals))
        return sheet.end()


class _Sheet(Generic[Row]):
    def __init__(self, file: BinaryIO, columns: Sequence[Column[Row]]) -> None:
        self._file = file
        self._columns = columns
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator=LINE_END)
        self._digest = hashlib.sha256()
        self.rows = 0
        self.totals: dict[tuple[str, str], int] = {}
        self._write("\ufeff")

    def lines(self, lines: Iterable[tuple[str, str]]) -> None:
        self._writer.writerows((label, protected(value)) for label, value in lines)
        self._flush()

    def heads(self) -> None:
        self._writer.writerow([protected(column.header) for column in self._columns])

    def batch(self, rows: Sequence[Row]) -> None:
        cells = [
            [column.value(row) for row in rows]
            if column.ours
            else [protected(column.value(row)) for row in rows]
            for column in self._columns
        ]
        self._writer.writerows(zip(*cells, strict=True))
        self._flush()
        self.rows += len(rows)
        for column in self._columns:
            if column.sums is not None:
                self._add(column.header, map(column.sums, rows))

    def end(self) -> Written:
        digest = self._digest.hexdigest()
        self._write(f"{DIGEST_MARK},{digest}{LINE_END}")
        return Written(self.rows, digest)

    def _add(self, head: str, sums: Iterable[tuple[int, str]]) -> None:
        for minor, currency in sums:
            key = (head, currency)
            self.totals[key] = self.totals.get(key, 0) + minor

    def _flush(self) -> None:
        self._write(self._text.getvalue())
        self._text.seek(0)
        self._text.truncate()

    def _write(self, text: str) -> None:
        content = text.encode()
        self._digest.update(content)
        self._file.write(content)
