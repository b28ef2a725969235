"""Decimal arithmetic that rounds nowhere but where a formula says so, and exact decimal text."""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation
from typing import Final

# Amounts have at most 16 digits and rates at most 12 decimals: every product of three is exact.
EXACT: Final = Context(prec=64)
_MOST_DECIMALS: Final = 12


class RateError(ValueError):
    """The text is no rate, has too many decimals, or is out of its range."""


def rate_of(text: str, *, highest: int = 1) -> Decimal:
    """Read exact decimal text between 0 and ``highest`` (``"0.7"``). Raises RateError."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise RateError(text) from None
    if not value.is_finite() or not 0 <= value <= highest:
        raise RateError(text)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
        raise RateError(text)
    return value


def text_of(value: Decimal, *, decimals: int | None = None) -> str:
    """Plain decimal text without exponent, and without trailing zeros unless ``decimals`` is set."""
    if decimals is not None:
        return f"{value:.{decimals}f}"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
