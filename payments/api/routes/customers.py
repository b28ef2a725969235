"""Payers as people see them: support opens one at a time, unmasking is asked for and audited."""

from __future__ import annotations

from typing import Final

from payments.api.calls import Call
from payments.api.route import route
from payments.api.writes import done, told
from payments.contract.problems import Code
from payments.contract.roles import Permission
from payments.contract.wire.requests import Customer, Identity, OpenCustomer
from payments.flows import open_customer as desk
from payments.flows import unmask
from payments.store.work import Answer


@route(
    "POST",
    "/v1/customer",
    answers=Customer,
    needs=Permission.CUSTOMERS_OPEN,
    problems=(Code.NOT_FOUND,),
)
async def open_customer(call: Call, body: OpenCustomer) -> Answer:
    """Open one customer, found exactly; the feed then carries that customer's records."""
    return await told(call, desk.open_customer, body.find)


@route("DELETE", "/v1/customer", status=204, needs=Permission.CUSTOMERS_OPEN)
async def close_customer(call: Call) -> None:
    """Put the customer away."""
    await done(call, desk.close_customer)


@route("POST", "/v1/payers/{payer_id}/identity", answers=Identity, needs=Permission.PAYER_UNMASK)
async def unmask_payer(call: Call, payer_id: str) -> Answer:
    """The full identity of a payer whose records the user may see; the asking is audited."""
    return await told(call, unmask.identity, payer_id)


ROUTES: Final = (open_customer, close_customer, unmask_payer)
