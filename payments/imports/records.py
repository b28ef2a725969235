"""What an imported order becomes in the store: an order that was paid elsewhere, or a refund."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from payments.contract.lifecycles import Fulfilment, OrderState, RefundState, Settlement
from payments.contract.money import Money, rounded
from payments.contract.wire.records import (
    ChannelName,
    Event,
    Happening,
    Method,
    OrderLine,
)
from payments.domain.masking import masked_name, masked_phone
from payments.domain.splitting import split
from payments.imports.grouping import ImportedOrder
from payments.imports.profile import Profile
from payments.store.instants import instant
from payments.store.stored import StoredOrder, StoredPayer, StoredProduct, StoredRefund

_UNSAFE = re.compile(r"[^0-9A-Za-z_-]")
_LONGEST_ID = 64


def number_of(profile: Profile, number: str) -> str:
    """A number of the other system as an id here; numbers that differ stay different."""
    safe = _UNSAFE.sub("_", number)
    if safe != number:
        safe = f"{safe}_{hashlib.sha256(number.encode()).hexdigest()[:6]}"
    return f"{profile.prefix}{safe}"[:_LONGEST_ID]


def order_of(imported: ImportedOrder, profile: Profile, now: datetime) -> StoredOrder:
    """An order that was placed, paid and handed over elsewhere."""
    first = imported.lines[0]
    amount = imported.amount.amount
    paid_at = instant(imported.at_ms)
    return StoredOrder(
        id=number_of(profile, imported.number),
        placed_ms=imported.at_ms,
        kind=profile.kind,
        product_id=number_of(profile, first.product) if first.product else "",
        title=title_of(imported),
        quantity=sum(line.quantity for line in imported.lines),
        instructor_id="",
        instructor="",
        payer_id=number_of(profile, first.payer) if first.payer else "",
        payer=masked_name(first.payer_name or first.payer),
        payer_phone=masked_phone(first.phone),
        currency=imported.amount.currency,
        price=amount,
        amount=amount,
        commission_rate="0",
        state=OrderState.COMPLETED,
        fulfilment=Fulfilment.CONFIRMED,
        settlement=Settlement.SETTLED,
        channel=ChannelName.EXTERNAL,
        method=Method.EXTERNAL,
        paid=amount,
        paid_ms=imported.at_ms,
        country=first.country,
        lines=lines_of(imported, profile),
        events=(
            Event(paid_at, Happening.PLACED),
            Event(now, Happening.IMPORTED, "", {"source": profile.name}),
        ),
        source=f"import:{profile.name}",
    )


def refund_of(
    imported: ImportedOrder, profile: Profile, now: datetime, order: StoredOrder | None
) -> StoredRefund:
    """A refund that was paid out elsewhere; without an order it is unlinked and shown as such."""
    first = imported.lines[0]
    at = instant(imported.at_ms)
    return StoredRefund(
        id=number_of(profile, imported.number),
        order_id=order.id if order else "",
        requested_ms=imported.at_ms,
        finished_ms=imported.at_ms,
        currency=imported.amount.currency,
        amount=imported.amount.amount,
        state=RefundState.SUCCEEDED,
        reason="imported",
        title=title_of(imported),
        kind=profile.kind,
        product_id=number_of(profile, first.product) if first.product else "",
        payer_id=number_of(profile, first.payer) if first.payer else "",
        payer=masked_name(first.payer_name or first.payer),
        channel=ChannelName.EXTERNAL,
        lines=lines_of(imported, profile),
        events=(
            Event(at, Happening.REFUND_SUCCEEDED, "", {"amount": imported.amount.amount}),
            Event(now, Happening.IMPORTED, "", {"source": profile.name}),
        ),
        source=f"import:{profile.name}",
    )


def with_refund(order: StoredOrder, refund: StoredRefund) -> StoredOrder:
    """The order after a refund that the file links to it."""
    event = Event(
        instant(refund.requested_ms),
        Happening.REFUND_SUCCEEDED,
        "",
        {"refund": refund.id, "amount": refund.amount},
    )
    return replace(order, refunded=order.refunded + refund.amount, events=(*order.events, event))


def title_of(imported: ImportedOrder) -> str:
    """What an order is called in a list: its first line, and how many more there are."""
    named = [line.title or line.product for line in imported.lines]
    first = next((name for name in named if name), imported.number)
    return f"{first} +{len(named) - 1}" if len(named) > 1 else first


def lines_of(imported: ImportedOrder, profile: Profile) -> tuple[OrderLine, ...]:
    """The lines with their shares of the amount, which add up to it exactly."""
    exact = [abs(line.total()) for line in imported.lines]
    weights = exact if sum(exact) else [Decimal(1)] * len(exact)
    parts = _shared(imported.amount, weights, _signs(imported))
    return tuple(
        OrderLine(
            product_id=number_of(profile, line.product) if line.product else "",
            title=line.title or line.product,
            quantity=abs(line.quantity) if imported.is_refund else line.quantity,
            unit_price=line.unit_price,
            amount=part,
        )
        for line, part in zip(imported.lines, parts, strict=True)
    )


def _signs(imported: ImportedOrder) -> list[int]:
    whole = -1 if imported.is_refund else 1
    return [-1 if line.total() * whole < 0 else 1 for line in imported.lines]


def _shared(amount: Money, weights: list[Decimal], signs: list[int]) -> tuple[int, ...]:
    """Shares by weight; lines that run against the order's sign take theirs from the others."""
    if all(sign > 0 for sign in signs):
        return split(amount.amount, weights)
    signed = list(zip(weights, signs, strict=True))
    against = [rounded(w, amount.currency).amount if s < 0 else 0 for w, s in signed]
    along = [w if s > 0 else Decimal(0) for w, s in signed]
    parts = split(amount.amount + sum(against), along)
    return tuple(part - taken for part, taken in zip(parts, against, strict=True))


def products_of(imported: Iterable[ImportedOrder], profile: Profile) -> list[StoredProduct]:
    """The products that these orders name, no longer on sale here."""
    found: dict[str, StoredProduct] = {}
    for order in imported:
        for line in order.lines:
            product_id = number_of(profile, line.product) if line.product else ""
            if product_id and product_id not in found:
                found[product_id] = StoredProduct(
                    id=product_id,
                    kind=profile.kind,
                    title=line.title or line.product,
                    currency=line.currency,
                    price=rounded(abs(Decimal(line.unit_price)), line.currency).amount,
                    instructor_id="",
                    instructor="",
                    commission_rate="0",
                    tax_rate="0",
                    refund_days=0,
                    on_sale=False,
                )
    return list(found.values())


def payers_of(imported: Iterable[ImportedOrder], profile: Profile) -> list[StoredPayer]:
    """The payers that these orders name."""
    found: dict[str, StoredPayer] = {}
    for order in imported:
        first = order.lines[0]
        if not first.payer:
            continue
        payer_id = number_of(profile, first.payer)
        found.setdefault(
            payer_id,
            StoredPayer(
                id=payer_id,
                name=first.payer_name or first.payer,
                phone=first.phone,
                email=first.email,
                first_seen_ms=order.at_ms,
            ),
        )
    return list(found.values())
