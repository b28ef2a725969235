"""What an order costs: price × (1 − discount) × (1 + tax), rounded half-up once at the end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from payments.contract.money import half_up
from payments.domain.exact import EXACT, RateError


@dataclass(frozen=True, slots=True)
class Priced:
    """The parts of an order's amount in minor units: ``price − discount + tax = amount``."""

    price: int
    discount: int
    tax: int
    amount: int

    @property
    def net(self) -> int:
        """What is shared between instructor and platform: the amount without its tax."""
        return self.amount - self.tax


def priced(price: int, discount: Decimal, tax: Decimal) -> Priced:
    """The amount of an order (spec section 3) and its parts.

    ``price`` is minor units, ``discount`` a rate in 0…1, ``tax`` a rate of at least 0. The amount is
    rounded once; the parts are what makes it up, so an untaxed order has no tax of a rounding.
    Raises RateError for rates out of range.
    """
    if price < 0 or not 0 <= discount <= 1 or tax < 0:
        message = f"price {price}, discount {discount}, tax {tax}"
        raise RateError(message)
    with localcontext(EXACT):
        discounted = price * (1 - discount)
        amount = half_up(discounted * (1 + tax))
        net = half_up(discounted)
    return Priced(price=price, discount=price - net, tax=amount - net, amount=amount)
