"""Refunds: asked for, decided by a second person, cancelled, tried again."""

from __future__ import annotations

from typing import Final

from payments.api.calls import Call
from payments.api.records import seen
from payments.api.route import route
from payments.api.writes import changed
from payments.contract.problems import Code
from payments.contract.roles import Kind, Permission
from payments.contract.wire.records import Refund
from payments.contract.wire.requests import NewRefund, RefundDecision
from payments.flows import refund as flows
from payments.store.work import Answer


@route(
    "POST",
    "/v1/refunds",
    answers=Refund,
    status=201,
    needs=Permission.REFUNDS_REQUEST,
    tagged=True,
    problems=(
        Code.NOT_FOUND,
        Code.ORDER_NOT_REFUNDABLE,
        Code.REFUND_EXCEEDS_PAID,
        Code.REFUND_WINDOW_OVER,
        Code.CURRENCY_NOT_SUPPORTED,
    ),
)
async def request_refund(call: Call, body: NewRefund) -> Answer:
    """Ask for a refund; its amount is reserved from then on."""
    await seen(call, Kind.ORDER, body.order_id)
    return await changed(call, Kind.REFUND, flows.request, body, call.services.terms)


@route("GET", "/v1/refunds/{refund_id}", answers=Refund, needs=Permission.REFUNDS_READ, tagged=True)
async def get_refund(call: Call, refund_id: str) -> Answer:
    """One refund."""
    return await seen(call, Kind.REFUND, refund_id)


@route(
    "POST",
    "/v1/refunds/{refund_id}/decision",
    answers=Refund,
    needs=Permission.REFUNDS_APPROVE,
    tagged=True,
    problems=(Code.STEP_REFUSED, Code.SECOND_PERSON_REQUIRED),
)
async def decide_refund(call: Call, refund_id: str, body: RefundDecision, version: int) -> Answer:
    """Approve or reject a refund; never the person who asked for it."""
    return await changed(
        call, Kind.REFUND, flows.decide, refund_id, body, expecting=(refund_id, version)
    )


@route(
    "POST",
    "/v1/refunds/{refund_id}/cancel",
    answers=Refund,
    needs=Permission.REFUNDS_REQUEST,
    tagged=True,
    problems=(Code.STEP_REFUSED,),
)
async def cancel_refund(call: Call, refund_id: str, version: int) -> Answer:
    """Take a refund back before it is at the channel."""
    await seen(call, Kind.REFUND, refund_id)
    return await changed(call, Kind.REFUND, flows.cancel, refund_id, expecting=(refund_id, version))


@route(
    "POST",
    "/v1/refunds/{refund_id}/retry",
    answers=Refund,
    needs=Permission.REFUNDS_APPROVE,
    tagged=True,
    problems=(
        Code.STEP_REFUSED,
        Code.REFUND_EXCEEDS_PAID,
        Code.REFUND_WINDOW_OVER,
        Code.ORDER_NOT_REFUNDABLE,
    ),
)
async def retry_refund(call: Call, refund_id: str, version: int) -> Answer:
    """Try a failed refund again; answers the refund that is now under way."""
    return await changed(
        call,
        Kind.REFUND,
        flows.retry,
        refund_id,
        call.services.terms,
        expecting=(refund_id, version),
    )


ROUTES: Final = (request_refund, get_refund, decide_refund, cancel_refund, retry_refund)
