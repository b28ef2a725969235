"""Amounts: an integer in the currency's minor unit and an ISO 4217 code, never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Annotated, Final

import msgspec

# ISO 4217 codes and their number of decimals.
DECIMALS: Final[dict[str, int]] = {
    "AUD": 2,
    "BHD": 3,
    "CAD": 2,
    "CHF": 2,
    "CNY": 2,
    "EUR": 2,
    "GBP": 2,
    "HKD": 2,
    "IDR": 2,
    "INR": 2,
    "JPY": 0,
    "KRW": 0,
    "KWD": 3,
    "MYR": 2,
    "NZD": 2,
    "SGD": 2,
    "THB": 2,
    "TWD": 2,
    "USD": 2,
    "VND": 0,
}

# The largest amount taken anywhere: exact in every JSON reader, far inside 64 bits even when summed.
LARGEST_AMOUNT: Final = 10**15


Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code")]
Minor = Annotated[
    int,
    msgspec.Meta(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT, description="amount in minor units"),
]


class UnknownCurrencyError(ValueError):
    """The code is not a currency that Suanpan handles."""


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies met where one currency was expected."""


class AmountError(ValueError):
    """The text is no amount, has too many decimals, or is out of range."""


def decimals(currency: str) -> int:
    """Number of decimals of a currency's minor unit (CNY 2, JPY 0, KWD 3)."""
    try:
        return DECIMALS[currency]
    except KeyError:
        raise UnknownCurrencyError(currency) from None


def half_up(value: Decimal) -> int:
    """Round to a whole number, halves away from zero (the rule of spec section 3)."""
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


class Money(msgspec.Struct, frozen=True, order=False):
    """An amount in minor units with its currency."""

    amount: Minor
    currency: Currency

    def __post_init__(self) -> None:
        """Refuse currencies and amounts that Suanpan does not handle."""
        decimals(self.currency)
        if abs(self.amount) > LARGEST_AMOUNT:
            raise AmountError(self.amount)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency}"
            raise CurrencyMismatchError(message)
        return other.amount

    def major(self) -> Decimal:
        """The amount in major units, exact: 9450 CNY → 94.50."""
        return Decimal(self.amount).scaleb(-decimals(self.currency))

    def plain(self) -> str:
        """Major units as plain text with all decimals and no sign for the currency: ``94.50``."""
        return f"{self.major():.{decimals(self.currency)}f}"


def money_of(text: str, currency: str) -> Money:
    """Read major units exactly: ``"94.50"`` CNY → 9450.

    Raises AmountError for text that is no finite number or has more decimals than the currency,
    UnknownCurrencyError for a currency that is not handled.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise AmountError(text) from None
    if not value.is_finite():
        raise AmountError(text)
    minor = value.scaleb(decimals(currency))
    if minor != minor.to_integral_value():
        raise AmountError(text)
    return Money(int(minor), currency)


def rounded(value: Decimal, currency: str) -> Money:
    """Major units of any precision, rounded half-up once to the minor unit."""
    return Money(half_up(value.scaleb(decimals(currency))), currency)


def zero(currency: str) -> Money:
    """Nothing, in that currency."""
    return Money(0, currency)
