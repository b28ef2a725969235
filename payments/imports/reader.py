"""Reads a CSV or CSV.gz file row by row; a row becomes a line of an order or says what is wrong."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TextIO
from zoneinfo import ZoneInfo

import msgspec

from payments.contract.money import DECIMALS, LARGEST_AMOUNT
from payments.imports.profile import Profile

_LARGEST: Final = Decimal(LARGEST_AMOUNT).scaleb(-3)
_DIGEST_BYTES: Final = 6
_LONGEST_NUMBER: Final = 48


class UnreadableFileError(ValueError):
    """The file cannot be read as what it is said to be."""


class ImportedLine(msgspec.Struct, frozen=True, array_like=True):
    """One readable row. ``at_ms`` is epoch milliseconds; ``unit_price`` exact text, major units."""

    row: int
    order: str
    at_ms: int
    product: str
    title: str
    quantity: int
    unit_price: str
    currency: str
    payer: str
    payer_name: str
    phone: str
    email: str
    country: str
    refund_of: str
    digest: str

    def total(self) -> Decimal:
        """Quantity × unit price, exact, in major units."""
        return self.quantity * Decimal(self.unit_price)


class RejectedRow(msgspec.Struct, frozen=True):
    """A row that was not taken over, and why (a code)."""

    row: int
    order: str
    reason: str


def opened(path: Path, encoding: str) -> TextIO:
    """The file as text, unpacked on the way where it is gzip."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def rows(path: Path, profile: Profile, zone: ZoneInfo) -> Iterator[ImportedLine | RejectedRow]:
    """Every row of the file in order. Raises UnreadableFileError for a wrong or damaged file."""
    try:
        with opened(path, profile.encoding) as text:
            reader = csv.DictReader(text, delimiter=profile.delimiter, strict=True)
            _check_header(reader.fieldnames or (), profile, path)
            times = _Times(profile.formats.at, zone)
            for number, record in enumerate(reader, start=1):
                yield _line(number, record, profile, times)
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, csv.Error) as error:
        raise UnreadableFileError(f"{path.name} cannot be read: {error}") from None
    except OSError as error:
        raise UnreadableFileError(f"{path.name} cannot be read: {error.strerror}") from None


def _check_header(found: object, profile: Profile, path: Path) -> None:
    header = set(found) if isinstance(found, list | tuple) else set()
    columns = profile.columns
    needed = (columns.order, columns.at, columns.quantity, columns.unit_price)
    absent = [name for name in needed if name not in header]
    if absent:
        raise UnreadableFileError(
            f"{path.name} has no column {', '.join(absent)}, which profile {profile.name} reads"
        )


class _Times:
    """Reads times; the last text read is remembered, because the rows of an order share it."""

    def __init__(self, formats: tuple[str, ...], zone: ZoneInfo) -> None:
        self._formats = formats
        self._zone = zone
        self._last: tuple[str, int | None] = ("", None)

    def read(self, text: str) -> int | None:
        """Epoch milliseconds, or None for what is no time."""
        if text != self._last[0]:
            self._last = (text, self._parse(text))
        return self._last[1]

    def _parse(self, text: str) -> int | None:
        for form in self._formats:
            try:
                moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is set below
            except ValueError:
                continue
            placed = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
            return int(placed.timestamp()) * 1000
        return None


def _line(
    number: int, record: dict[str | None, str | list[str] | None], profile: Profile, times: _Times
) -> ImportedLine | RejectedRow:
    columns = profile.columns

    def field(name: str) -> str:
        value = record.get(name) if name else ""
        text = value if isinstance(value, str) else ""
        return "".join(letter for letter in text if letter.isprintable()).strip()

    order = field(columns.order)
    currency = field(columns.currency) or profile.currency
    at_ms = times.read(field(columns.at))
    quantity = _whole(field(columns.quantity))
    price = _exact(field(columns.unit_price))
    reason = (
        ("more_columns_than_header" if None in record else "")
        or ("order_number_missing" if not order else "")
        or ("order_number_too_long" if len(order) > _LONGEST_NUMBER else "")
        or ("time_unreadable" if at_ms is None else "")
        or ("quantity_unreadable" if quantity is None else "")
        or ("price_unreadable" if price is None else "")
        or ("currency_unknown" if currency not in DECIMALS else "")
    )
    if reason or at_ms is None or quantity is None or price is None:
        return RejectedRow(number, order[:_LONGEST_NUMBER], reason)
    content = (
        order,
        str(at_ms),
        field(columns.product)[:120],
        field(columns.title)[:120],
        str(quantity),
        f"{price:f}",
        currency,
        field(columns.payer)[:64],
        field(columns.payer_name)[:120],
        field(columns.phone)[:40],
        field(columns.email)[:120],
        field(columns.country)[:60],
        field(columns.refund_of)[:_LONGEST_NUMBER],
    )
    seal = hashlib.blake2b("\x1f".join(content).encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return ImportedLine(number, order, at_ms, *content[2:4], quantity, *content[5:], seal)


def _whole(text: str) -> int | None:
    try:
        value = int(text)
    except ValueError:
        return None
    return value if abs(value) <= _LARGEST else None


def _exact(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= _LARGEST else None
