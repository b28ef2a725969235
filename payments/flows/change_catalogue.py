"""Products: what is sold, at what price and on which terms."""

from __future__ import annotations

from payments.contract.wire.requests import NewProduct
from payments.store.work import Work


def add(work: Work, new: NewProduct) -> str:
    """Put a product on sale. Raises RefusedError: ALREADY_EXISTS, INVALID_FIELD."""
    raise NotImplementedError


def update(work: Work, product_id: str, new: NewProduct) -> str:
    """Change a product; orders already placed keep what was locked."""
    raise NotImplementedError
