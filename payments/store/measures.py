"""How payment methods have served lately, counted from the attempts that came to an end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, case, func, select

from payments.contract.lifecycles import FINAL_ATTEMPTS, AttemptState
from payments.contract.wire.records import Method
from payments.store.tables import ATTEMPTS
from payments.store.work import Work


@dataclass(frozen=True, slots=True)
class Measured:
    """Successes among the attempts that reached a final state, and the usual time of a success."""

    successes: int = 0
    attempts: int = 0
    usual_ms: int | None = None


_A: Final = ATTEMPTS.c
_SUCCEEDED: Final = _A.state == AttemptState.SUCCEEDED.value
_MEASURED: Final = (
    select(
        _A.method,
        func.sum(case((_SUCCEEDED, 1), else_=0)),
        func.count(),
        func.avg(case((_SUCCEEDED, _A.ended_ms - _A.started_ms))),
    )
    .where(
        _A.merchant == bindparam("merchant"),
        _A.ended_ms >= bindparam("since"),
        _A.state.in_(sorted(state.value for state in FINAL_ATTEMPTS)),
    )
    .group_by(_A.method)
)


def measured(work: Work, since_ms: int) -> dict[Method, Measured]:
    """The measures of each method that was used since then."""
    rows = work.connection.execute(_MEASURED, {"merchant": work.merchant, "since": since_ms})
    return {
        Method(method): Measured(
            int(successes), attempts, None if usual_ms is None else round(usual_ms)
        )
        for method, successes, attempts, usual_ms in rows
    }
