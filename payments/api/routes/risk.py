"""Risk cases: claimed, decided, escalated and reopened by reviewers."""

from __future__ import annotations

from typing import Final

from payments.api.calls import Call
from payments.api.records import seen
from payments.api.route import route
from payments.api.writes import changed
from payments.contract.problems import Code
from payments.contract.roles import Kind, Permission
from payments.contract.wire.records import RiskCase
from payments.contract.wire.requests import CaseDecision, CaseNote
from payments.flows import review_risk as flows
from payments.store.work import Answer


@route("GET", "/v1/risk-cases/{case_id}", answers=RiskCase, needs=Permission.RISK_READ, tagged=True)
async def get_risk_case(call: Call, case_id: str) -> Answer:
    """One risk case with its evidence."""
    return await seen(call, Kind.RISK_CASE, case_id)


@route(
    "POST",
    "/v1/risk-cases/{case_id}/claim",
    answers=RiskCase,
    needs=Permission.RISK_DECIDE,
    tagged=True,
    problems=(Code.STEP_REFUSED,),
)
async def claim_risk_case(call: Call, case_id: str, version: int) -> Answer:
    """Take a case to look at it."""
    return await changed(call, Kind.RISK_CASE, flows.claim, case_id, expecting=(case_id, version))


@route(
    "POST",
    "/v1/risk-cases/{case_id}/decision",
    answers=RiskCase,
    needs=Permission.RISK_DECIDE,
    tagged=True,
    problems=(Code.STEP_REFUSED,),
)
async def decide_risk_case(call: Call, case_id: str, body: CaseDecision, version: int) -> Answer:
    """Approve, which releases the goods, or anything else, which refunds the order."""
    return await changed(
        call,
        Kind.RISK_CASE,
        flows.decide,
        case_id,
        body,
        call.services.terms,
        expecting=(case_id, version),
    )


@route(
    "POST",
    "/v1/risk-cases/{case_id}/escalate",
    answers=RiskCase,
    needs=Permission.RISK_DECIDE,
    tagged=True,
    problems=(Code.STEP_REFUSED,),
)
async def escalate_risk_case(call: Call, case_id: str, body: CaseNote, version: int) -> Answer:
    """Hand a case to somebody who may decide more."""
    return await changed(
        call, Kind.RISK_CASE, flows.escalate, case_id, body, expecting=(case_id, version)
    )


@route(
    "POST",
    "/v1/risk-cases/{case_id}/reopen",
    answers=RiskCase,
    needs=Permission.RISK_DECIDE,
    tagged=True,
    problems=(Code.STEP_REFUSED,),
)
async def reopen_risk_case(call: Call, case_id: str, body: CaseNote, version: int) -> Answer:
    """Look at a closed case again; the note says why."""
    return await changed(
        call, Kind.RISK_CASE, flows.reopen, case_id, body, expecting=(case_id, version)
    )


ROUTES: Final = (
    get_risk_case,
    claim_risk_case,
    decide_risk_case,
    escalate_risk_case,
    reopen_risk_case,
)
