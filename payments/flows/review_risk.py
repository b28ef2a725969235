"""Review risk cases: claim, decide, escalate, reopen."""

from __future__ import annotations

from payments.channels.registry import Terms
from payments.contract.wire.requests import CaseDecision, CaseNote
from payments.store.work import Work


def claim(work: Work, case_id: str) -> str:
    """Take a case to look at it."""
    raise NotImplementedError


def decide(work: Work, case_id: str, decision: CaseDecision, terms: Terms) -> str:
    """Approve (releases the goods) or decline (refunds the order in full)."""
    raise NotImplementedError


def escalate(work: Work, case_id: str, note: CaseNote) -> str:
    """Hand a case to somebody who may decide more."""
    raise NotImplementedError


def reopen(work: Work, case_id: str, note: CaseNote) -> str:
    """Look at a closed case again; the note says why."""
    raise NotImplementedError
