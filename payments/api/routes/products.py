"""The catalogue."""

from __future__ import annotations

from typing import Final

import msgspec

from payments.api.calls import Call
from payments.api.records import PageQuery, listed
from payments.api.route import route
from payments.api.writes import changed
from payments.contract.problems import Code
from payments.contract.roles import Kind, Permission
from payments.contract.wire.records import Product
from payments.contract.wire.requests import NewProduct
from payments.flows import change_catalogue as flows
from payments.store.work import Answer


class ProductPage(msgspec.Struct, frozen=True):
    """A page of products; ``next`` is the cursor of the following page, empty after the last."""

    items: tuple[Product, ...]
    next: str


@route("GET", "/v1/products", answers=ProductPage, needs=Permission.CATALOGUE_READ)
async def list_products(call: Call, query: PageQuery) -> Answer:
    """The catalogue; a creator sees their own products."""
    return await listed(call, Kind.PRODUCT, query)


@route(
    "POST",
    "/v1/products",
    answers=Product,
    status=201,
    needs=Permission.CATALOGUE_WRITE,
    tagged=True,
    problems=(Code.ALREADY_EXISTS, Code.CURRENCY_NOT_SUPPORTED),
)
async def add_product(call: Call, body: NewProduct) -> Answer:
    """Put a product on sale."""
    return await changed(call, Kind.PRODUCT, flows.add, body)


@route(
    "PUT",
    "/v1/products/{product_id}",
    answers=Product,
    needs=Permission.CATALOGUE_WRITE,
    tagged=True,
    problems=(Code.CURRENCY_NOT_SUPPORTED,),
)
async def change_product(call: Call, product_id: str, body: NewProduct, version: int) -> Answer:
    """Change a product; orders already placed keep what was locked."""
    return await changed(
        call, Kind.PRODUCT, flows.update, product_id, body, expecting=(product_id, version)
    )


ROUTES: Final = (list_products, add_product, change_product)
