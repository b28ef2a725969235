"""When a failed job is tried again, and when it is left for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# The last pauses are ten minutes each: about two hours in all, longer than a provider's restart.
MOST_ATTEMPTS: Final = 20
_FIRST: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(minutes=10)


def pause_after(attempts: int, share: float) -> timedelta | None:
    """How long to wait after so many attempts; None when it was the last.

    Pauses double from one second to ten minutes. ``share`` in 0…1 shortens one by up to a quarter,
    so that what failed together does not come back together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    pause = min(_FIRST * (1 << attempts - 1), _LONGEST)
    return pause * (1 - share / 4)
