"""Amounts from one currency to another, rounded half-up to the target's minor unit."""

from __future__ import annotations

from decimal import Decimal, localcontext

from payments.contract.money import Money, decimals, half_up
from payments.domain.exact import EXACT, RateError


def exchange(source: Money, currency: str, rate: Decimal) -> Money:
    """``source`` in ``currency``; ``rate`` is target per one source, in major units.

    Raises RateError for a rate that is not positive.
    """
    return _times(source, currency, rate, Decimal(1))


def exchange_at(source: Money, currency: str, price: Decimal) -> Money:
    """``source`` in ``currency``, where one of ``currency`` costs ``price`` of the source's.

    Raises RateError for a price that is not positive.
    """
    return _times(source, currency, Decimal(1), price)


def _times(source: Money, currency: str, over: Decimal, under: Decimal) -> Money:
    if over <= 0 or under <= 0:
        message = f"rate {over}/{under}"
        raise RateError(message)
    with localcontext(EXACT):
        minor = (source.major() * over).scaleb(decimals(currency)) / under
        return Money(half_up(minor), currency)
