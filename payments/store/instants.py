"""Instants as the database keeps them: milliseconds since 1970 in UTC, in columns named ``…_ms``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 of an instant, what is below a millisecond cut off."""
    return (at - _EPOCH) // _MILLISECOND


def instant(ms: int) -> datetime:
    """The instant in UTC of milliseconds since 1970."""
    return _EPOCH + ms * _MILLISECOND
