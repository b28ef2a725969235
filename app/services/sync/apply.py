"""Applying the change feed to the local store: rows, figures, search and cursor together or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.models.store.database import Store
from payments.contract.roles import Kind
from payments.contract.wire.feed import FeedCheck, FeedPage


class GapError(Exception):
    """A page does not follow what the store holds: something was lost; check or start again."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a page changed: ids by kind. A first sync names none and sets ``everything``."""

    changed: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    removed: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    everything: bool = False


def apply_page(store: Store, page: FeedPage) -> Changed:
    """Apply one page of the feed in one transaction. Raises GapError and changes nothing."""
    raise NotImplementedError


def check(store: Store, expected: FeedCheck) -> bool:
    """Whether the store holds what the server says a console at ``expected.at`` must hold."""
    raise NotImplementedError
