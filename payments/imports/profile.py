"""Column profiles: how another system's file is read, as small TOML files in ``resources``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import msgspec

from payments.contract.money import decimals
from payments.contract.wire.records import ProductKind

PROFILES: Final = Path(__file__).resolve().parents[2] / "resources" / "import_profiles"


class UnknownProfileError(ValueError):
    """There is no profile of that name, or its file is not a profile."""


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the file's columns; an empty name means the file has no such column."""

    order: str
    at: str
    quantity: str
    unit_price: str
    product: str = ""
    title: str = ""
    currency: str = ""
    payer: str = ""
    payer_name: str = ""
    phone: str = ""
    email: str = ""
    country: str = ""
    refund_of: str = ""


class Formats(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``strptime`` formats of the time column, tried in this order."""

    at: tuple[str, ...]


class Cancellation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Orders whose number starts with ``prefix`` give money back."""

    prefix: str


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one kind of file is read.

    ``prefix`` stands before every number taken over, so that two systems cannot collide. ``zone``
    is an IANA name, or ``merchant`` for the merchant's own zone. ``currency`` holds for all rows
    where the file has no currency column.
    """

    name: str
    prefix: str
    columns: Columns
    formats: Formats
    zone: str = "merchant"
    kind: ProductKind = ProductKind.COURSE
    currency: str = ""
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    cancellation: Cancellation | None = None


def names() -> list[str]:
    """The profiles that ship."""
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def load(name: str) -> Profile:
    """The profile of that name, or the one in the TOML file at that path."""
    path = Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"
    if not path.is_file():
        raise UnknownProfileError(f"there is no profile {name}; there are {', '.join(names())}")
    try:
        profile = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UnknownProfileError(f"{path.name} is no profile: {error}") from None
    if profile.currency:
        decimals(profile.currency)
    elif not profile.columns.currency:
        raise UnknownProfileError(f"{path.name} names neither a currency nor a column for it")
    return profile
