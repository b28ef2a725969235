"""Ids made by the application: short, ordered by time, never guessed in a row."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from payments.store.instants import milliseconds

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME: Final = 9
_RANDOM: Final = 11
_BITS: Final = 5


def ids(clock: Callable[[], datetime]) -> Callable[[], str]:
    """A source of ids of 20 letters: 45 bits of milliseconds and 55 random bits.

    With a number of an attempt behind it an id still fits the 32 letters of WeChat Pay.
    """

    def new_id() -> str:
        number = milliseconds(clock()) << (_RANDOM * _BITS) | secrets.randbits(_RANDOM * _BITS)
        return spelled(number)

    return new_id


def spelled(number: int) -> str:
    """A number below 2¹⁰⁰ as 20 letters that sort as the numbers do."""
    shifts = range((_TIME + _RANDOM - 1) * _BITS, -1, -_BITS)
    return "".join(_LETTERS[number >> shift & 31] for shift in shifts)
