"""The jobs that flows leave behind, and when a channel is asked about what is not clear.

A job's argument is the id of its record, and there is one job of a kind for each record: planning
it again only moves it.
"""

from __future__ import annotations

from typing import Final

from payments.store import jobs
from payments.store.instants import instant
from payments.store.work import Work

ASK_ATTEMPT: Final = "ask_attempt"
EXPIRE_ORDER: Final = "expire_order"
CONFIRM_ORDER: Final = "confirm_order"
SUBMIT_REFUND: Final = "submit_refund"
ASK_REFUND: Final = "ask_refund"

_SECOND: Final = 1000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
DAY_MS: Final = 24 * _HOUR
# When something not clear is asked about, from when it began (spec section 5).
_ASK_AT_MS: Final = (
    10 * _SECOND,
    30 * _SECOND,
    2 * _MINUTE,
    10 * _MINUTE,
    _HOUR,
    *(days * DAY_MS for days in range(1, 8)),
)


def plan(work: Work, kind: str, record_id: str, *, at_ms: int | None = None) -> None:
    """Have the job run for this record, now or not before ``at_ms``."""
    run_at = work.now if at_ms is None else instant(at_ms)
    jobs.put(work, kind, {"id": record_id}, run_at=run_at, dedup=f"{kind}:{record_id}")


def drop(work: Work, kind: str, record_id: str) -> None:
    """Take the job of this record back; nothing is left for it to do."""
    jobs.withdraw(work, f"{kind}:{record_id}")


def next_asking_ms(since_ms: int, times_asked: int) -> int | None:
    """When to ask next about what began at ``since_ms``; None after seven days."""
    return since_ms + _ASK_AT_MS[times_asked] if times_asked < len(_ASK_AT_MS) else None
