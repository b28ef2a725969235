"""What must still happen, as rows: written in the transaction that makes it necessary.

A worker claims a job under a lease; a worker that dies leaves a lease that runs out, and the job is
claimed again. Effects inside the database therefore happen once (in the transaction that finishes
the job or judged under locks), effects outside carry an idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, func, select, update

from payments.store.clock import database_now_ms
from payments.store.instants import milliseconds
from payments.store.prepared import Prepared
from payments.store.tables_books import JOBS
from payments.store.upserts import Upsert
from payments.store.work import Work

_C: Final = JOBS.c
_PUT: Final = Prepared(
    Upsert(
        JOBS,
        ("merchant", "dedup"),
        (
            "kind",
            "args",
            "run_at_ms",
            "attempts",
            "lease",
            "lease_until_ms",
            "last_error",
            "dead_ms",
        ),
    )
)
_DUE: Final = (
    select(_C.id)
    .where(
        _C.merchant == bindparam("of"),
        _C.dead_ms.is_(None),
        _C.run_at_ms <= bindparam("now"),
        _C.lease_until_ms <= database_now_ms(),
    )
    .order_by(_C.run_at_ms)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM: Final = (
    update(JOBS)
    .where(_C.merchant == bindparam("of"), _C.id.in_(bindparam("ids", expanding=True)))
    .values(
        lease=bindparam("by"),
        lease_until_ms=database_now_ms() + bindparam("lease_ms"),
        attempts=_C.attempts + 1,
    )
    .returning(_C.id, _C.kind, _C.args, _C.attempts, _C.run_at_ms)
)
_MINE: Final = (
    _C.merchant == bindparam("of"),
    _C.id == bindparam("at_id"),
    _C.lease == bindparam("by"),
)
_FINISH: Final = delete(JOBS).where(*_MINE)
_FAIL: Final = (
    update(JOBS)
    .where(*_MINE)
    .values(
        run_at_ms=bindparam("to_run_at"),
        lease="",
        lease_until_ms=0,
        last_error=bindparam("to_error"),
        dead_ms=bindparam("to_dead"),
    )
)
_WITHDRAW: Final = Prepared(
    delete(JOBS).where(_C.merchant == bindparam("of"), _C.dedup == bindparam("at_dedup"))
)
_NEXT: Final = select(func.min(_C.run_at_ms)).where(
    _C.merchant == bindparam("of"), _C.dead_ms.is_(None), _C.lease_until_ms <= database_now_ms()
)
_encode: Final = msgspec.json.Encoder()
_LONGEST_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. ``lease`` proves the claim; ``attempts`` counts this one."""

    id: str
    kind: str
    args: dict[str, Any]
    attempts: int
    run_at_ms: int
    lease: str


def put(
    work: Work,
    kind: str,
    args: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    dedup: str = "",
) -> None:
    """Have ``kind`` run with ``args`` (JSON values), now or not before ``run_at``.

    There is one job per ``dedup``: putting it again sets its time and arguments anew and starts
    its count of attempts over, also while it is being worked on (it then runs once more).
    """
    job_id = work.new_id()
    _PUT.run(
        work,
        {
            "merchant": work.merchant,
            "id": job_id,
            "kind": kind,
            "dedup": dedup or job_id,
            "args": _encode.encode(args).decode(),
            "run_at_ms": milliseconds(run_at or work.now),
            "attempts": 0,
            "lease": "",
            "lease_until_ms": 0,
            "last_error": "",
            "dead_ms": None,
        },
    )


def withdraw(work: Work, dedup: str) -> None:
    """Take a job back, whether or not there is one."""
    _WITHDRAW.run(work, {"of": work.merchant, "at_dedup": dedup})


def claim(work: Work, most: int, lease: timedelta) -> Sequence[Job]:
    """Take up to ``most`` jobs that are due, the longest due first, for as long as ``lease``."""
    # Two statements: PostgreSQL may run a sub-select that locks rows more than once.
    due = {"of": work.merchant, "now": work.now_ms, "most": most}
    ids = work.connection.execute(_DUE, due).scalars().all()
    if not ids:
        return []
    by = work.new_id()
    lease_ms = lease // timedelta(milliseconds=1)
    bound = {"of": work.merchant, "ids": ids, "by": by, "lease_ms": lease_ms}
    rows = work.connection.execute(_CLAIM, bound).all()
    return [
        Job(row.id, row.kind, msgspec.json.decode(row.args), row.attempts, row.run_at_ms, by)
        for row in sorted(rows, key=lambda row: row.run_at_ms)
    ]


def finish(work: Work, job: Job) -> bool:
    """Delete a job that is done; False when the lease was lost or the job put again meanwhile."""
    bound = {"of": work.merchant, "at_id": job.id, "by": job.lease}
    return work.connection.execute(_FINISH, bound).rowcount == 1


def fail(work: Work, job: Job, error: str, retry_at: datetime | None) -> bool:
    """Have a job run again at ``retry_at``, or (None) leave it dead for a person to look at."""
    bound = {
        "of": work.merchant,
        "at_id": job.id,
        "by": job.lease,
        "to_run_at": job.run_at_ms if retry_at is None else milliseconds(retry_at),
        "to_error": error[:_LONGEST_ERROR],
        "to_dead": work.now_ms if retry_at is None else None,
    }
    return work.connection.execute(_FAIL, bound).rowcount == 1


def next_due_ms(work: Work) -> int | None:
    """When the next job that nobody works on is due; None when there is none."""
    due: int | None = work.connection.execute(_NEXT, {"of": work.merchant}).scalar_one()
    return due
