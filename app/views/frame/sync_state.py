"""How true the local copy is right now, as the top bar says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Never:
    """Nothing has been synced yet."""


@dataclass(frozen=True, slots=True)
class Live:
    """Everything up to ``since`` is here."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Syncing:
    """``done`` of ``total`` changes are here; a total of 0 is not known yet."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Offline:
    """The services cannot be reached since then; reading goes on."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """The sync stopped for a reason that needs a person; ``problem`` is the key of its words."""

    problem: str


SyncState: TypeAlias = Never | Live | Syncing | Offline | Failed
