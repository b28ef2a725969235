"""Place an order: price, discount and tax are locked from the catalogue at this moment."""

from __future__ import annotations

from payments.contract.wire.requests import NewOrder
from payments.store.work import Work


def place_order(work: Work, new: NewOrder) -> str:
    """Add the order and its payer, and answer the order's id.

    Raises RefusedError: NOT_FOUND, PRODUCT_NOT_ON_SALE, INVALID_FIELD, CURRENCY_NOT_SUPPORTED.
    """
    raise NotImplementedError
