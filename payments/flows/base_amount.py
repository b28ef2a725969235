"""Amounts in the merchant's base currency, at the newest rate known."""

from __future__ import annotations

from decimal import Decimal

from payments.contract.money import Money
from payments.domain.exchange import exchange
from payments.flows.merchant import merchant_of
from payments.store import exchange_rates
from payments.store.work import Work


def rate_to_base(work: Work, currency: str) -> Decimal | None:
    """Base currency per one of ``currency``; None when no rate is known."""
    if currency == merchant_of(work).base_currency:
        return Decimal(1)
    return exchange_rates.newest(work, currency)


def base_amount(work: Work, money: Money) -> Money | None:
    """The amount in the base currency, half-up; None when no rate is known."""
    rate = rate_to_base(work, money.currency)
    base = merchant_of(work).base_currency
    return None if rate is None else exchange(money, base, rate)
