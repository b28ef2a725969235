"""Rates as both programs show them: share of successes, with its Wilson 95 % interval."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

# Two-sided 95 % quantile of the normal distribution.
_Z: Final = Decimal("1.959963984540054")
_DIGITS: Final = 20


def success_rate(successes: int, trials: int) -> Decimal | None:
    """Successes ÷ trials, exact to 20 digits; None ("no data") when nothing was tried.

    Raises ValueError for counts that cannot be.
    """
    _check(successes, trials)
    if not trials:
        return None
    with localcontext(prec=_DIGITS):
        return Decimal(successes) / Decimal(trials)


def wilson_95(successes: int, trials: int) -> tuple[Decimal, Decimal]:
    """Wilson score interval at 95 % (Wilson 1927): where the true rate lies, from 0 to 1.

    With no trials nothing is known: (0, 1). Raises ValueError for counts that cannot be.
    """
    rate = success_rate(successes, trials)
    if rate is None:
        return Decimal(0), Decimal(1)
    with localcontext(prec=_DIGITS):
        n, z_squared = Decimal(trials), _Z * _Z
        centre = rate + z_squared / (2 * n)
        spread = _Z * (rate * (1 - rate) / n + z_squared / (4 * n * n)).sqrt()
        scale = 1 + z_squared / n
        low = Decimal(0) if successes == 0 else (centre - spread) / scale
        high = Decimal(1) if successes == trials else (centre + spread) / scale
    return low, high


def _check(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        message = f"{successes} successes of {trials}"
        raise ValueError(message)
