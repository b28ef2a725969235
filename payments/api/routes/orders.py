"""Orders: placed by the course platform, read by whoever may see them."""

from __future__ import annotations

from typing import Final

import msgspec

from payments.api.calls import Call
from payments.api.records import PageQuery, listed, seen
from payments.api.route import route
from payments.api.writes import changed
from payments.contract.problems import Code
from payments.contract.roles import Kind, Permission
from payments.contract.wire.records import Order
from payments.contract.wire.requests import NewOrder, Postings
from payments.flows.cancel_order import cancel_order as cancel
from payments.flows.place_order import place_order as place
from payments.store.ledger import postings_of
from payments.store.work import Answer


class OrderPage(msgspec.Struct, frozen=True):
    """A page of orders, newest change last; ``next`` is the cursor of the following page."""

    items: tuple[Order, ...]
    next: str


@route(
    "POST",
    "/v1/orders",
    answers=Order,
    status=201,
    needs=Permission.ORDERS_PLACE,
    tagged=True,
    problems=(Code.NOT_FOUND, Code.PRODUCT_NOT_ON_SALE, Code.CURRENCY_NOT_SUPPORTED),
)
async def place_order(call: Call, body: NewOrder) -> Answer:
    """Place an order; price, discount and tax are locked from the catalogue."""
    return await changed(call, Kind.ORDER, place, body)


@route("GET", "/v1/orders", answers=OrderPage, needs=Permission.ORDERS_READ)
async def list_orders(call: Call, query: PageQuery) -> Answer:
    """The orders the user may see, in the order of their last change."""
    return await listed(call, Kind.ORDER, query)


@route("GET", "/v1/orders/{order_id}", answers=Order, needs=Permission.ORDERS_READ, tagged=True)
async def get_order(call: Call, order_id: str) -> Answer:
    """One order."""
    return await seen(call, Kind.ORDER, order_id)


@route(
    "GET",
    "/v1/orders/{order_id}/postings",
    answers=Postings,
    needs=Permission.LEDGER_READ,
)
async def get_postings(call: Call, order_id: str) -> Postings:
    """The ledger postings of an order; those of one transaction add up to zero."""
    await seen(call, Kind.ORDER, order_id)
    database = call.services.database
    return Postings(await database.read(postings_of, order_id))


@route(
    "POST",
    "/v1/orders/{order_id}/cancel",
    answers=Order,
    needs=Permission.ORDERS_PLACE,
    tagged=True,
    problems=(Code.STEP_REFUSED,),
)
async def cancel_order(call: Call, order_id: str) -> Answer:
    """Cancel an order that nobody has paid."""
    return await changed(call, Kind.ORDER, cancel, order_id)


ROUTES: Final = (place_order, list_orders, get_order, get_postings, cancel_order)
