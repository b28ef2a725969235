"""What the sample business sells, by whom, and the parts of its payers' names."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from payments.contract.roles import Role
from payments.contract.wire.records import ProductKind

SAMPLE: Final = Path(__file__).resolve().parents[2] / "resources" / "sample"


class MerchantName(msgspec.Struct, frozen=True):
    """The invented platform's name in both languages."""

    name: str
    name_zh: str


class Instructor(msgspec.Struct, frozen=True):
    """One who teaches, advises or writes."""

    id: str
    name: str


class Staff(msgspec.Struct, frozen=True):
    """A user of the sample business with the sign-in that the console shows."""

    id: str
    login: str
    password: str
    name: str
    role: Role
    instructor: str = ""


class SampleProduct(msgspec.Struct, frozen=True):
    """A product with how often it is bought compared with the others (``weight``)."""

    id: str
    kind: ProductKind
    title: str
    title_en: str
    price: int
    instructor: str
    tax_rate: str
    weight: int
    expert: str = ""
    period_days: int = 0


class Catalogue(msgspec.Struct, frozen=True):
    """Everything in ``resources/sample/catalogue.toml``."""

    merchant: MerchantName
    staff: tuple[Staff, ...]
    instructors: tuple[Instructor, ...]
    products: tuple[SampleProduct, ...]

    def of_role(self, role: Role) -> Staff:
        """The sample user of a role."""
        return next(one for one in self.staff if one.role is role)

    def instructor_name(self, instructor_id: str) -> str:
        """The name that stands for an instructor's id."""
        return next(one.name for one in self.instructors if one.id == instructor_id)


class Names(msgspec.Struct, frozen=True):
    """Parts of invented names in ``resources/sample/payers.toml``."""

    surnames: tuple[str, ...]
    given: tuple[str, ...]
    foreign: tuple[str, ...]


@cache
def catalogue() -> Catalogue:
    """The sample catalogue."""
    return msgspec.convert(_read("catalogue.toml"), Catalogue)


@cache
def names() -> Names:
    """The parts of names."""
    return msgspec.convert(_read("payers.toml"), Names)


def _read(file: str) -> object:
    return tomllib.loads((SAMPLE / file).read_text(encoding="utf-8"))
