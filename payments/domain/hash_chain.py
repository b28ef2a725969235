"""A chain of hashes over records that are only ever appended: a change of any of them shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

# What the first record of a chain follows.
START: Final = "0" * 64

_canonical = msgspec.json.Encoder(order="sorted")


def link(previous: str, content: Any) -> str:  # noqa: ANN401 - any JSON value can be chained
    """SHA-256 (hex) over the previous link and the content as JSON with sorted keys."""
    return hashlib.sha256(previous.encode() + b"\n" + _canonical.encode(content)).hexdigest()


def first_broken(chain: Iterable[tuple[str, str, Any]], previous: str = START) -> int | None:
    """Place (from 0) of the first (previous, hash, content) that does not follow; None when intact."""
    for place, (stored_previous, stored_hash, content) in enumerate(chain):
        if stored_previous != previous or stored_hash != link(previous, content):
            return place
        previous = stored_hash
    return None
