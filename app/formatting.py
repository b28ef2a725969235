"""Amounts, counts, instants and names as a person reads them, in the language in force. No Qt."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from app import words
from app.words import Language
from payments.contract.money import Money, decimals

MINUS: Final = "−"
DEFAULT_ZONE: Final = ZoneInfo("Asia/Shanghai")
NO_DATA: Final = "–"

SYMBOLS: Final[dict[str, str]] = {
    "AUD": "A$",
    "BHD": "BD ",
    "CAD": "C$",
    "CHF": "CHF ",
    "CNY": "¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "IDR": "Rp ",
    "INR": "₹",
    "JPY": "JP¥",
    "KRW": "₩",
    "KWD": "KD ",
    "MYR": "RM ",
    "NZD": "NZ$",
    "SGD": "S$",
    "THB": "฿",
    "TWD": "NT$",
    "USD": "US$",
    "VND": "₫",
}

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_PHONE_SHOWN: Final = 7
_CARD_SHOWN: Final = 8


def symbol(currency: str) -> str:
    """The sign that stands before an amount: ``¥`` for CNY, ``JP¥`` for JPY."""
    decimals(currency)
    return SYMBOLS[currency]


def money(value: Money, *, sign: bool = False) -> str:
    """An amount with its currency's sign and decimals: ``¥94.50``, ``−¥1.61``, ``JP¥500``.

    ``sign`` puts a plus before amounts above zero, for parts that are added or taken away.
    """
    return _signed(value.amount, symbol(value.currency) + _digits(value), plus=sign)


def amount(value: Money) -> str:
    """An amount without its currency, for columns whose header names it: ``1,204.50``."""
    return _signed(value.amount, _digits(value), plus=False)


def count(number: int) -> str:
    """A whole number in groups of three: ``12,408``."""
    return _signed(number, f"{abs(number):,}", plus=False)


def percent(ratio: Decimal | None, places: int = 1) -> str:
    """A ratio as percent, rounded half-up: 0.948 → ``94.8 %`` (``94.8%`` in Chinese).

    None is shown as a dash: without attempts there is no success rate, and never 0 %.
    """
    if ratio is None:
        return NO_DATA
    value = (ratio * 100).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    gap = "" if words.language() is Language.CHINESE else "\N{NO-BREAK SPACE}"
    return f"{MINUS if value < 0 else ''}{abs(value):,}{gap}%"


def instant(at: datetime, *, now: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """Relative within the last 24 hours ("12 min ago"), then the day and time in the zone."""
    age = (now - at).total_seconds()
    if 0 <= age < _DAY:
        return _ago(int(age))
    here, today = at.astimezone(zone), now.astimezone(zone)
    clock = f"{here:%H:%M}"
    if here.date() == today.date() - timedelta(days=1):
        return words.say("formatting.yesterday", clock=clock)
    return f"{day(at, now=now, zone=zone)} {clock}"


def day(at: datetime, *, now: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """The calendar day in the zone, with the year only if it is another: ``20 Nov``, ``11-20``."""
    here = at.astimezone(zone)
    same_year = here.year == now.astimezone(zone).year
    if words.language() is Language.CHINESE:
        return f"{here:%m-%d}" if same_year else f"{here:%Y-%m-%d}"
    month = words.say(f"formatting.month.m{here.month}")
    return f"{here.day} {month}" if same_year else f"{here.day} {month} {here.year}"


def country(code: str) -> str:
    """The name of a country by its ISO 3166 code; the code where the name is not known here."""
    return words.find(f"formatting.country.{code}") or code


def absolute(at: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """Day, time to the second and zone: ``2026-11-20 14:31:07 Asia/Shanghai (UTC+08:00)``."""
    here = at.astimezone(zone)
    offset = f"{here:%z}"
    place = words.find(f"formatting.zone.{zone.key.replace('/', '_')}") or zone.key
    return f"{here:%Y-%m-%d %H:%M:%S} {place} (UTC{offset[:3]}:{offset[3:]})"


def clock(at: datetime, zone: ZoneInfo = DEFAULT_ZONE) -> str:
    """The time of day to the second: ``14:31:07``."""
    return f"{at.astimezone(zone):%H:%M:%S}"


def duration(length: timedelta) -> str:
    """How long, in its two largest units: ``55 min``, ``1 h 5 min``, ``3 d 4 h``, ``6 s``."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return words.say("formatting.seconds", count=seconds)
    if seconds < _HOUR:
        return words.say("formatting.minutes", count=seconds // _MINUTE)
    large, small, size, part = (
        ("hours", "minutes", _HOUR, _MINUTE) if seconds < _DAY else ("days", "hours", _DAY, _HOUR)
    )
    text = words.say(f"formatting.{large}", count=seconds // size)
    rest = seconds % size // part
    return f"{text} {words.say(f'formatting.{small}', count=rest)}" if rest else text


def countdown(length: timedelta) -> str:
    """Time left to the second: ``04:12``, ``1:04:12``; nothing left is ``00:00``."""
    seconds = max(0, int(length.total_seconds()))
    minutes, rest = divmod(seconds, _MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def masked_name(full: str) -> str:
    """A name of which only the ends are shown: ``王*明``, ``李*``, ``M*** Chen``."""
    full = full.strip()
    if not full:
        return ""
    given, _, family = full.rpartition(" ")
    if given:
        return f"{given[0]}*** {family}"
    if full.isascii():
        return f"{full[0]}***"
    middle = "*" * max(1, len(full) - 2)
    return full[0] + middle + (full[-1] if len(full) > 2 else "")  # noqa: PLR2004 - first and last


def masked_phone(full: str) -> str:
    """A phone number without its middle: ``138****5678``; all stars when it is too short."""
    plain = full.strip()
    if len(plain) < _PHONE_SHOWN + 1:
        return "*" * len(plain)
    return f"{plain[:3]}****{plain[-4:]}"


def masked_card(full: str) -> str:
    """A card number without its middle: ``6222 **** **** 1234``."""
    plain = "".join(full.split())
    if len(plain) < _CARD_SHOWN + 1:
        return "*" * len(plain)
    return f"{plain[:4]} **** **** {plain[-4:]}"


def _ago(seconds: int) -> str:
    if seconds < _MINUTE:
        return words.say("formatting.just_now")
    if seconds < _HOUR:
        return words.say("formatting.minutes_ago", count=seconds // _MINUTE)
    return words.say("formatting.hours_ago", count=seconds // _HOUR)


def _digits(value: Money) -> str:
    places = decimals(value.currency)
    return f"{abs(value.major()):,.{places}f}"


def _signed(number: int, text: str, *, plus: bool) -> str:
    if number < 0:
        return MINUS + text
    return f"+{text}" if plus and number > 0 else text
