"""Payment attempts, as the course platform shows them to the payer."""

from __future__ import annotations

from typing import Final

from payments.api.calls import Call
from payments.api.route import route
from payments.api.writes import once_outside
from payments.contract.problems import Code
from payments.contract.roles import Permission
from payments.contract.wire.requests import NewPayment, Started
from payments.store.work import Answer


@route(
    "POST",
    "/v1/orders/{order_id}/payments",
    answers=Started,
    status=201,
    needs=Permission.PAYMENTS_START,
    problems=(
        Code.ORDER_NOT_PAYABLE,
        Code.NO_CHANNEL_AVAILABLE,
        Code.CHANNEL_NOT_CONFIGURED,
        Code.CHANNEL_REFUSED,
        Code.CURRENCY_NOT_SUPPORTED,
        Code.INSUFFICIENT_BALANCE,
    ),
)
async def start_payment(call: Call, order_id: str, body: NewPayment) -> Answer:
    """Start a payment attempt; without a method the services choose the channel."""
    return await once_outside(
        call, lambda: call.services.payments.start(order_id, body, call.actor)
    )


@route("GET", "/v1/payments/{attempt_id}", answers=Started, needs=Permission.PAYMENTS_START)
async def get_payment(call: Call, attempt_id: str) -> Started:
    """How a payment attempt stands."""
    return await call.services.payments.started(attempt_id)


ROUTES: Final = (start_payment, get_payment)
