"""The users of the sample business and their sign-in, as the first pages show them."""

from __future__ import annotations

import tomllib

import msgspec

from app.resources import RESOURCES
from payments.contract.roles import Role

SEED = 7
DAYS = 400


class SampleStaff(msgspec.Struct, frozen=True):
    """One user of the sample business."""

    login: str
    password: str
    name: str
    role: Role


class _Catalogue(msgspec.Struct, frozen=True):
    staff: tuple[SampleStaff, ...]


def staff() -> tuple[SampleStaff, ...]:
    """One user of each role."""
    text = (RESOURCES / "sample" / "catalogue.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Catalogue).staff


def of_role(role: Role) -> SampleStaff:
    """The sample user of a role."""
    return next(one for one in staff() if one.role is role)
