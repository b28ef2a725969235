"""Support sees one customer at a time."""

from __future__ import annotations

from payments.contract.wire.requests import Customer
from payments.store.work import Work


def open_customer(work: Work, find: str) -> Customer:
    """Open the customer found by order number, payer number, phone or email, exactly."""
    raise NotImplementedError


def close_customer(work: Work) -> None:
    """Put the customer away; nothing is seen until the next is opened."""
    raise NotImplementedError
