"""What every exported file says of itself, and checking it when the file comes back.

The digest is the SHA-256 of everything before it. It shows that a file was changed by accident or
by a spreadsheet program; it is no signature and proves nothing against somebody who wants to deceive.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from app import formatting, words
from payments.contract.money import decimals

# First cell of the lines that are no data. The digest's is the same in every language.
MARK: Final = "# "
DIGEST_MARK: Final = "# sha256"
LINE_END: Final = "\r\n"
_CHUNK: Final = 1024 * 1024
_LONGEST_LAST_LINE: Final = 256
_HEADER_LINES: Final = 12
_LONGEST_LINE: Final = 64 * 1024

Line = tuple[str, str]


class NotAnExportError(Exception):
    """The file carries no digest of ours."""

    words_key = "trouble.not_an_export"


class AlteredFileError(Exception):
    """The file is not as it was written."""

    words_key = "trouble.altered_file"


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a file comes from. ``change`` is the number of the last change the store had applied.

    ``selection`` says in words what was filtered, empty for everything.
    """

    title: str
    selection: str
    zone: ZoneInfo
    snapshot: datetime
    change: int
    author: str


def header(facts: Facts) -> list[Line]:
    """The lines above the data."""
    return [
        (MARK + words.say("exports.title"), facts.title),
        (MARK + words.say("exports.selection"), facts.selection or words.say("exports.everything")),
        (MARK + words.say("exports.zone"), facts.zone.key),
        (MARK + words.say("exports.snapshot"), _snapshot(facts)),
        (MARK + words.say("exports.author"), facts.author),
    ]


def footer(facts: Facts, rows: int, totals: Mapping[tuple[str, str], int]) -> list[Line]:
    """The lines below the data. ``totals``: minor units by column header and currency."""
    sums = [
        (MARK + words.say("exports.total", column=column, currency=currency), plain(sum_, currency))
        for (column, currency), sum_ in sorted(totals.items())
    ]
    return [
        (MARK + words.say("exports.rows"), str(rows)),
        *sums,
        (MARK + words.say("exports.zone"), facts.zone.key),
    ]


def plain(minor: int, currency: str) -> str:
    """Minor units as major ones without groups or sign of the currency; sums may be any size."""
    places = decimals(currency)
    if not places:
        return str(minor)
    digits = f"{abs(minor):0{places + 1}}"
    return f"{'-' if minor < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def verified(path: Path) -> list[Line]:
    """What an exported file says of itself above its data, once its digest is found right.

    Raises NotAnExportError, AlteredFileError or OSError.
    """
    with path.open("rb") as file:
        end, claimed = _claim(file)
        if _digest(file, end) + LINE_END != claimed:
            raise AlteredFileError(path.name)
        file.seek(0)
        return _described(file)


def _snapshot(facts: Facts) -> str:
    at = formatting.absolute(facts.snapshot, facts.zone)
    return words.say("exports.as_of", at=at, change=str(facts.change))


def _claim(file: BinaryIO) -> tuple[int, str]:
    """Where the digest's line begins, and everything after its mark."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_LAST_LINE))
    tail = file.read()
    at = tail.rfind(DIGEST_MARK.encode() + b",")
    if at < 0:
        raise NotAnExportError
    claimed = tail[at:].decode("ascii", "replace").partition(",")[2]
    return size - len(tail) + at, claimed


def _digest(file: BinaryIO, end: int) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while end > 0 and (chunk := file.read(min(end, _CHUNK))):
        digest.update(chunk)
        end -= len(chunk)
    return digest.hexdigest()


def _described(file: BinaryIO) -> list[Line]:
    lines = [file.readline(_LONGEST_LINE) for _ in range(_HEADER_LINES)]
    text = b"".join(lines).decode("utf-8-sig", "replace")
    rows = csv.reader(text.splitlines())
    return [(row[0].removeprefix(MARK), row[1]) for row in rows if row[:1] and row[0][:2] == MARK]
