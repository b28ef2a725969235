"""The five headline figures with their change, ready to be shown. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import Final

from app import formatting, words
from app.models.store.figures import Figures
from app.views.charts.scales import exact_money
from app.views.dashboard.reading import Answer
from app.views.dashboard.wording import against_words, span_words
from payments.contract.rates import success_rate, wilson_95

_POINT: Final = Decimal("0.1")


class Verdict(Enum):
    """Whether a change is to the good."""

    BETTER = "better"
    WORSE = "worse"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: ``direction`` is 1 up, −1 down, 0 not at all."""

    direction: int
    amount: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Headline:
    """One tile. ``beside`` stands quietly behind the value; ``hint`` says more.

    ``change`` is None where there is nothing to compare.
    """

    key: str
    caption: str
    value: str
    change: Change | None
    against: str
    hint: str
    beside: str = ""

    def said(self) -> str:
        """The tile in one sentence."""
        parts = [self.caption, self.value, self.beside]
        if self.change is not None:
            how = ("down", "same", "up")[self.change.direction + 1]
            verdict = words.say(f"dashboard.verdict.{self.change.verdict.value}")
            parts.append(words.say(f"dashboard.change.{how}", amount=self.change.amount))
            parts.append(f"{self.against}{verdict}")
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Tile:
    """How one figure is said, how it changed (now, before), what its hint adds, what is beside."""

    key: str
    value: Callable[[Figures, str], str]
    change: Callable[[Figures, Figures], Change | None]
    hint: Callable[[Figures, str], str] = lambda _figures, _currency: ""
    beside: Callable[[Figures], str] = lambda _figures: ""


def headlines(answer: Answer) -> tuple[Headline, ...]:
    """Net revenue, orders paid, success rate, refund rate, held for review; none without figures."""
    if answer.now is None:
        return ()
    now, before, currency = answer.now.figures, answer.before, answer.question.currency
    against = words.say("dashboard.versus", other=against_words(answer)) if before else ""
    made = []
    for tile in _TILES:
        hints = [tile.hint(now, currency)]
        if before is not None:
            then = tile.value(before.figures, currency)
            span = span_words(before.span)
            hints.append(words.say("dashboard.tile.then", span=span, value=then))
        made.append(
            Headline(
                tile.key,
                words.say(f"dashboard.tile.{tile.key}"),
                tile.value(now, currency),
                tile.change(now, before.figures) if before is not None else None,
                against,
                "\n".join(hint for hint in hints if hint),
                tile.beside(now),
            )
        )
    return tuple(made)


def _rate(figures: Figures, _currency: str) -> str:
    """The success rate with half of its 95 % interval: ``94.8 % ±0.4``; words without attempts.

    With few attempts the interval is far from even, and its ends are said: ``100.0 % (78.5–100)``.
    """
    rate = _success(figures)
    if rate is None:
        return _no_data()
    low, high = wilson_95(figures.succeeded, figures.attempts)
    half = (high - low) / 2
    if rate - half < 0 or rate + half > 1:
        ends = {"low": _percent_number(low), "high": _percent_number(high)}
        return words.say("dashboard.tile.rate_between", rate=formatting.percent(rate), **ends)
    said = {"rate": formatting.percent(rate), "half": _percent_number(half)}
    return words.say("dashboard.tile.rate", **said)


def _percent_number(ratio: Decimal) -> str:
    return str((ratio * 100).quantize(_POINT, rounding=ROUND_HALF_UP)).removesuffix(".0")


def _no_data() -> str:
    return words.say("dashboard.no_data")


def _success(figures: Figures) -> Decimal | None:
    return success_rate(figures.succeeded, figures.attempts)


def _refund_rate(figures: Figures) -> Decimal | None:
    return Decimal(figures.refunded) / Decimal(figures.gross) if figures.gross > 0 else None


def _net(figures: Figures, currency: str) -> str:
    return exact_money(figures.net, currency)


def _orders(figures: Figures, _currency: str) -> str:
    return formatting.count(figures.orders)


def _refunds(figures: Figures, _currency: str) -> str:
    rate = _refund_rate(figures)
    return _no_data() if rate is None else formatting.percent(rate, 2)


def _refunded(figures: Figures, currency: str) -> str:
    refunded = exact_money(figures.refunded, currency)
    return words.say("dashboard.tile.refunds_hint", refunded=refunded)


def _held(figures: Figures, currency: str) -> str:
    return exact_money(figures.held_amount, currency)


def _held_hint(_figures: Figures, _currency: str) -> str:
    return words.say("dashboard.tile.held_hint")


def _interval(figures: Figures, _currency: str) -> str:
    if not figures.attempts:
        return ""
    low, high = wilson_95(figures.succeeded, figures.attempts)
    interval = words.say(
        "dashboard.readout.interval", low=formatting.percent(low), high=formatting.percent(high)
    )
    counts = words.say(
        "dashboard.readout.attempts",
        succeeded=formatting.count(figures.succeeded),
        attempts=formatting.count(figures.attempts),
    )
    return f"{interval}\n{counts}"


def _relative(now: int, was: int) -> Change | None:
    """Against nothing or a loss a percentage says nothing."""
    if was <= 0:
        return None
    ratio = Decimal(now - was) / Decimal(was)
    rounded = (ratio * 100).quantize(_POINT, rounding=ROUND_HALF_UP)
    return _change(rounded, formatting.percent(abs(ratio)), more_is_better=True)


def _points(
    now: Decimal | None, was: Decimal | None, *, more_is_better: bool, places: int = 1
) -> Change | None:
    if now is None or was is None:
        return None
    unit = Decimal(1).scaleb(-places)
    points = ((now - was) * 100).quantize(unit, rounding=ROUND_HALF_UP)
    amount = words.say("dashboard.change.points", number=str(abs(points)))
    return _change(points, amount, more_is_better=more_is_better)


def _case_words(count: int) -> str:
    return words.say("dashboard.tile.cases", count=count)


def _cases(now: int, was: int) -> Change:
    amount = _case_words(abs(now - was))
    return _change(Decimal(now - was), amount, more_is_better=False)


def _change(difference: Decimal, amount: str, *, more_is_better: bool) -> Change:
    if not difference:
        return Change(0, "", Verdict.NEITHER)
    up = difference > 0
    verdict = Verdict.BETTER if up is more_is_better else Verdict.WORSE
    return Change(1 if up else -1, amount, verdict)


_TILES: Final = (
    _Tile("net", _net, lambda now, was: _relative(now.net, was.net)),
    _Tile("orders", _orders, lambda now, was: _relative(now.orders, was.orders)),
    _Tile(
        "success",
        _rate,
        lambda now, was: _points(_success(now), _success(was), more_is_better=True),
        _interval,
    ),
    _Tile(
        "refunds",
        _refunds,
        lambda now, was: _points(
            _refund_rate(now), _refund_rate(was), more_is_better=False, places=2
        ),
        _refunded,
    ),
    _Tile(
        "held",
        _held,
        lambda now, was: _cases(now.held_cases, was.held_cases),
        _held_hint,
        lambda now: _case_words(now.held_cases),
    ),
)
