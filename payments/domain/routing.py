"""Which channel an order is paid through, and why: the channel objective of spec section 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, localcontext
from typing import Final

from payments.contract.rates import success_rate, wilson_95
from payments.contract.wire.records import Candidate, Method, Routing
from payments.domain.exact import EXACT, text_of

# With fewer attempts in the window than this a rate says little: a channel is then judged by the
# upper end of its Wilson interval, so that a new or unlucky channel is tried again.
ENOUGH_ATTEMPTS: Final = 30
_RATE_DECIMALS: Final = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One method as routing sees it, over a sliding window.

    ``excluded`` is the code of why it is no candidate, or empty. ``time`` is the usual time to
    pay; None when nothing was paid in the window.
    """

    method: Method
    fee_rate: Decimal
    successes: int = 0
    attempts: int = 0
    time: timedelta | None = None
    excluded: str = ""

    @property
    def rate(self) -> Decimal:
        """The success rate the option is judged by."""
        measured = success_rate(self.successes, self.attempts)
        if measured is None or self.attempts < ENOUGH_ATTEMPTS:
            return wilson_95(self.successes, self.attempts)[1]
        return measured


def objective(rate: Decimal, fee_rate: Decimal) -> Decimal:
    """Success rate ÷ fee rate; infinite for a zero fee, which wins over any fee."""
    if not fee_rate:
        return Decimal("Infinity")
    with localcontext(EXACT):
        return rate / fee_rate


def total_cost(payable: Decimal, weight: Decimal, time: timedelta) -> Decimal:
    """Amount payable (major units) + weight (major units per second) × time."""
    with localcontext(EXACT):
        seconds = Decimal(time // timedelta(microseconds=1)).scaleb(-6)
        return payable + weight * seconds


def route(
    options: Sequence[Option], window_days: int, *, asked_for: bool = False
) -> Routing | None:
    """Choose the option with the largest objective; ties: the faster, then the name.

    ``asked_for`` says that the payer chose the method. None when every option is excluded.
    """
    ranked = sorted((option for option in options if not option.excluded), key=_rank)
    if not ranked:
        return None
    reason = "asked_for" if asked_for else _reason(ranked)
    return _routing(ranked[0], reason, options, window_days)


def route_by_total(
    options: Sequence[Option], window_days: int, *, payable: Decimal, weight: Decimal
) -> Routing | None:
    """Choose the option with the smallest total of cost and time (the alternative objective)."""
    candidates = [option for option in options if not option.excluded]
    if not candidates:
        return None
    chosen = min(candidates, key=lambda it: (total_cost(payable, weight, _time(it)), it.method))
    return _routing(chosen, "lowest_total", options, window_days)


def _rank(option: Option) -> tuple[Decimal, timedelta, str]:
    return (-objective(option.rate, option.fee_rate), _time(option), option.method.value)


def _time(option: Option) -> timedelta:
    return timedelta.max if option.time is None else option.time


def _reason(ranked: Sequence[Option]) -> str:
    if len(ranked) == 1:
        return "only_candidate"
    first, second = _rank(ranked[0]), _rank(ranked[1])
    if first[0] != second[0]:
        return "best_objective" if ranked[0].fee_rate else "no_fee"
    return "faster" if first[1] != second[1] else "by_name"


def _routing(chosen: Option, reason: str, options: Sequence[Option], window_days: int) -> Routing:
    return Routing(
        chosen=chosen.method,
        reason=reason,
        window_days=window_days,
        candidates=tuple(_candidate(option) for option in sorted(options, key=_rank)),
    )


def _candidate(option: Option) -> Candidate:
    value = objective(option.rate, option.fee_rate)
    return Candidate(
        method=option.method,
        success_rate=text_of(option.rate, decimals=_RATE_DECIMALS),
        attempts=option.attempts,
        fee_rate=text_of(option.fee_rate, decimals=_RATE_DECIMALS),
        objective="infinite" if value.is_infinite() else text_of(value, decimals=2),
        excluded=option.excluded,
    )
