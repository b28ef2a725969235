"""The totals of a filter as the figures of a summary row."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from app import formatting, words
from app.models.lists.query import Totals
from payments.contract.money import Money, rounded

Figures = list[tuple[str, str]]


def order_figures(totals: Totals, base_currency: str) -> Figures:
    """How many orders; what they come to, was returned, and is usual, currency by currency."""
    figures = [count(totals.count, "orders.summary.orders")]
    for currency in in_order(totals, base_currency):
        gross = Money(totals.amount[currency], currency)
        figures.append((formatting.money(gross), words.say("orders.summary.gross")))
        if returned := totals.refunded.get(currency):
            said = formatting.money(Money(returned, currency))
            figures.append((said, words.say("orders.summary.refunded")))
        if len(totals.amount) == 1 and totals.count:
            usual = rounded(gross.major() / totals.count, currency)
            figures.append((formatting.money(usual), words.say("orders.summary.average")))
    return figures


def refund_figures(totals: Totals, base_currency: str) -> Figures:
    """How many refunds, what was asked for, and what of it reached the payers."""
    figures = [count(totals.count, "refunds.summary.refunds")]
    for currency in in_order(totals, base_currency):
        asked = formatting.money(Money(totals.amount[currency], currency))
        figures.append((asked, words.say("refunds.summary.asked")))
        if returned := totals.refunded.get(currency):
            said = formatting.money(Money(returned, currency))
            figures.append((said, words.say("refunds.summary.returned")))
    return figures


def amounts_note(totals: Totals, zone: ZoneInfo) -> str:
    """What holds for every row: the currency where there is one, and the zone."""
    place = words.find(f"formatting.zone.{zone.key.replace('/', '_')}") or zone.key
    if len(totals.amount) != 1:
        return words.say("lists.currency.mixed", zone=place)
    return words.say("lists.currency.note", currency=next(iter(totals.amount)), zone=place)


def count(number: int, key: str) -> tuple[str, str]:
    """A number and its word in the right form."""
    return formatting.count(number), words.say(key, count=number)


def in_order(totals: Totals, base_currency: str) -> list[str]:
    """The currencies, the business's own first."""
    return sorted(totals.amount, key=lambda currency: (currency != base_currency, currency))
