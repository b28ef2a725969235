"""Support sees one customer at a time."""

from __future__ import annotations

from payments.contract.problems import Code, RefusedError
from payments.contract.wire.requests import Customer
from payments.domain.masking import masked_name, masked_phone
from payments.store import audit, customers
from payments.store.stored import StoredPayer
from payments.store.work import Actor, Work


def open_customer(work: Work, find: str) -> Customer:
    """Open the customer found by order number, payer number, phone or email, exactly.

    Raises RefusedError: NOT_FOUND, also when more than one customer fits: nothing is opened then.
    """
    actor = _agent(work)
    payer = _found(work, find.strip())
    customers.put_on_desk(work, actor.user_id, payer.id)
    audit.note(work, "customer.open", payer.id)
    return Customer(
        payer_id=payer.id,
        payer=masked_name(payer.name),
        phone=masked_phone(payer.phone),
        orders=customers.order_count(work, payer.id),
    )


def close_customer(work: Work) -> None:
    """Put the customer away; nothing is seen until the next is opened."""
    customers.clear_desk(work, _agent(work).user_id)


def _found(work: Work, find: str) -> StoredPayer:
    matching = customers.found(work, find) if find else ()
    if not matching:
        raise RefusedError(Code.NOT_FOUND, "no such customer")
    if len(matching) > 1:
        raise RefusedError(Code.NOT_FOUND, "several customers fit: use the payer number")
    return matching[0]


def _agent(work: Work) -> Actor:
    if work.actor is None:
        raise RefusedError(Code.NOT_ALLOWED)
    return work.actor
