"""Round steps for an axis, days on it, and amounts short enough to stand beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import floor, log10
from typing import Final
from zoneinfo import ZoneInfo

from app import formatting, words
from app.words import Language
from payments.contract.money import Money, decimals

_STEPS: Final = (1, 2, 2.5, 5, 10)
_DAY_STEPS: Final = (1, 2, 3, 7, 14)
_ZONE: Final = ZoneInfo("UTC")
# Where a shorter unit begins, its key, and how many it holds, the largest first.
_UNITS: Final = {
    Language.ENGLISH: (("third", 10**9), ("second", 10**6), ("first", 10**3)),
    Language.CHINESE: (("third", 10**12), ("second", 10**8), ("first", 10**4)),
}


def steps(low: float, high: float, most: int) -> list[float]:
    """Round values at equal distances from at or below ``low`` to at or above ``high``.

    At most about ``most`` of them; zero is among them where the range holds it.
    """
    reach = high - low
    if reach <= 0:
        return [low, low + 1]
    rough = reach / max(1, most - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(one for factor in _STEPS if (one := factor * power) >= rough * (1 - 1e-9))
    first = floor(low / step + 1e-9)
    last = -floor(-high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def amount_steps(low: int, high: int, currency: str, most: int) -> list[int]:
    """Round amounts (minor units) that hold both ends and zero; whole in major units."""
    one = 10 ** decimals(currency)
    bottom, top = min(0, low) / one, max(0, high) / one
    chosen = steps(bottom, max(top, bottom + 1), most)
    ticks = sorted({round(value * one) for value in chosen})
    step = ticks[1] - ticks[0]
    # Far smaller than a step, an amount may have been rounded away.
    if low < ticks[0]:
        ticks.insert(0, ticks[0] - step)
    if high > ticks[-1]:
        ticks.append(ticks[-1] + step)
    return ticks


def short_number(value: Decimal) -> str:
    """A number in the largest unit that it reaches: ``536k``, ``1.2M``, ``53.6万``."""
    size = abs(value)
    sign = formatting.MINUS if value < 0 else ""
    for unit, holds in _UNITS[words.language()]:
        if size >= holds:
            return sign + words.say(f"dashboard.unit.{unit}", number=_brief(size / holds))
    return sign + _brief(size)


def short_money(minor: int, currency: str) -> str:
    """An amount as ``short_number`` with its sign: ``¥536k``."""
    text = short_number(Decimal(minor).scaleb(-decimals(currency)))
    symbol = formatting.symbol(currency)
    if text.startswith(formatting.MINUS):
        return formatting.MINUS + symbol + text.removeprefix(formatting.MINUS)
    return symbol + text


def exact_money(minor: int, currency: str) -> str:
    """An amount to its last decimal."""
    return formatting.money(Money(minor, currency))


def _brief(size: Decimal) -> str:
    """One decimal below ten where it says something, none above."""
    places = Decimal("0.1") if size < 100 else Decimal(1)  # noqa: PLR2004 - three figures are enough
    text = f"{size.quantize(places, rounding=ROUND_HALF_UP):,}"
    return text.removesuffix(".0")


def day_label(day: date, *, beside: date | None = None) -> str:
    """A day as the axis shows it, with its year where ``beside`` lies in another."""
    noon = datetime.combine(day, time(12), UTC)
    other = noon if beside is None else datetime.combine(beside, time(12), UTC)
    return formatting.day(noon, now=other, zone=_ZONE)


def long_day_label(day: date, *, beside: date | None = None) -> str:
    """A day with its weekday: ``Sun 3 Nov``."""
    weekday = words.say(f"dashboard.weekday.d{day.weekday() + 1}")
    return words.say("dashboard.long_day", weekday=weekday, day=day_label(day, beside=beside))


def day_places(first: date, count: int, most: int) -> list[int]:
    """Which of ``count`` days are named: at equal distances, firsts of months in a long period.

    At most about ``most``; the last day is among them, instead of one that stands too close to it.
    """
    most = max(2, most)
    step = next((one for one in _DAY_STEPS if (count - 1) / one < most), 0)
    if step:
        places = list(range(0, count, step))
    else:
        places = [place for place in range(count) if (first + timedelta(days=place)).day == 1]
        places = places[:: -(-len(places) // most)]
    least = max(1.0, (count - 1) / most * 0.8)
    while places and count - 1 - places[-1] < least:
        places.pop()
    return [*places, count - 1]
