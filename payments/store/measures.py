"""How well each method of payment has done over a while: what routing judges channels by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import bindparam, func, select

from payments.contract.lifecycles import FINAL_ATTEMPTS, AttemptState
from payments.contract.wire.records import Method
from payments.store.tables import ATTEMPTS
from payments.store.work import Work

_A: Final = ATTEMPTS.c
_COUNTED: Final = (
    select(_A.method, _A.state, func.count(), func.avg(_A.ended_ms - _A.started_ms))
    .where(
        _A.merchant == bindparam("merchant"),
        _A.ended_ms >= bindparam("since_ms"),
        _A.state.in_(sorted(state.value for state in FINAL_ATTEMPTS)),
    )
    .group_by(_A.method, _A.state)
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Of attempts that reached a final state: how many, how many succeeded, in what usual time."""

    successes: int = 0
    attempts: int = 0
    usual_ms: int | None = None


def measured(work: Work, since_ms: int) -> Mapping[Method, Measured]:
    """The measures of every method with attempts that ended since then."""
    found: dict[Method, Measured] = {}
    rows = work.connection.execute(_COUNTED, {"merchant": work.merchant, "since_ms": since_ms})
    for name, state, count, usual_ms in rows:
        method = Method(name)
        before = found.get(method, Measured())
        counted = replace(before, attempts=before.attempts + count)
        if state == AttemptState.SUCCEEDED.value:
            counted = replace(counted, successes=count, usual_ms=int(usual_ms))
        found[method] = counted
    return found
