"""Products in the store: their row and what can be searched (titles in both languages)."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from app.models.store.rollups import Deltas
from app.models.store.shelf import Shelf, detail_of
from app.models.store.standing import plain
from app.models.store.transaction import Transaction
from payments.contract.roles import Kind
from payments.contract.wire.records import Product


class ProductRow(NamedTuple):
    """A product's line; rates are exact decimal text."""

    row: int
    id: str
    version: int
    kind: str
    title: str
    title_en: str
    currency: str
    price: int
    instructor_id: str
    instructor: str
    commission_rate: str
    tax_rate: str
    refund_days: int
    on_sale: int


def _values(product: Product) -> tuple[Any, ...]:
    return (
        product.id,
        product.version,
        plain(product.kind),
        product.title,
        product.title_en,
        product.currency,
        product.price,
        product.instructor_id,
        product.instructor,
        product.commission_rate,
        product.tax_rate,
        product.refund_days,
        int(product.on_sale),
    )


def _words(product: Product) -> tuple[str, ...]:
    return product.id, product.title, product.title_en


PRODUCTS = Shelf(
    kind=Kind.PRODUCT,
    table="products",
    decoder=msgspec.json.Decoder(Product),
    columns=ProductRow._fields,
    values=_values,
    searched=("number", "title", "title_en"),
    words=_words,
    tally=Deltas.nothing,
)


def detail(db: Transaction, product_id: str) -> Product | None:
    """The whole product as the server sent it, or None when it is not in the store."""
    return detail_of(db, PRODUCTS, product_id)


def catalogue(db: Transaction) -> list[ProductRow]:
    """Every product, those on sale first, then by title."""
    rows = db.all(
        f"SELECT {', '.join(ProductRow._fields)} FROM products ORDER BY on_sale DESC, title, id"
    )
    return [ProductRow(*row) for row in rows]
