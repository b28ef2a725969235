"""What waits for a decision: the counts that stand on the rail."""

from __future__ import annotations

from dataclasses import dataclass

from app.models.store.transaction import Transaction
from payments.contract.lifecycles import CaseState, RefundState


@dataclass(frozen=True, slots=True)
class Waiting:
    """Refunds that wait for a second person, and risk cases nobody has decided."""

    refunds: int
    cases: int


def waiting(db: Transaction) -> Waiting:
    """Count what waits, as the store knows it."""
    refunds = db.value(
        "SELECT count(*) FROM refunds WHERE state = ?", (RefundState.PENDING_APPROVAL.value,)
    )
    undecided = [
        state.value for state in CaseState if state not in {CaseState.DECIDED, CaseState.CLOSED}
    ]
    marks = ", ".join("?" * len(undecided))
    cases = db.value(f"SELECT count(*) FROM cases WHERE state IN ({marks})", undecided)
    return Waiting(int(refunds), int(cases))
