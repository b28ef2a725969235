"""The five headline figures with their change, ready to be shown. No Qt."""

from __future__ import annotations

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
    """One tile. ``change`` is None where there is nothing to compare; ``hint`` says more."""

    key: str
    caption: str
    value: str
    change: Change | None
    against: str
    hint: str

    def said(self) -> str:
        """The tile in one sentence."""
        parts = [self.caption, self.value]
        if self.change is not None:
            how = ("down", "same", "up")[self.change.direction + 1]
            verdict = words.say(f"dashboard.verdict.{self.change.verdict.value}")
            parts.append(words.say(f"dashboard.change.{how}", amount=self.change.amount))
            parts.append(f"{self.against}{verdict}")
        return ", ".join(part for part in parts if part)


def headlines(answer: Answer) -> tuple[Headline, ...]:
    """Net revenue, orders paid, success rate, refund rate, held for review; none without figures."""
    if answer.now is None:
        return ()
    now = answer.now.figures
    before = answer.before.figures if answer.before is not None else None
    against = words.say("dashboard.versus", other=against_words(answer)) if before else ""
    span = span_words(answer.before.span) if answer.before is not None else ""
    currency = answer.question.currency

    def tile(
        key: str, value: str, was: str, change: Change | None, hint: str = "", **named: str
    ) -> Headline:
        caption = words.say(f"dashboard.tile.{key}", **named)
        then = words.say("dashboard.tile.then", span=span, value=was) if before else ""
        return Headline(
            key, caption, value, change, against, "\n".join(one for one in (hint, then) if one)
        )

    was = before or Figures(0, 0, 0, 0, 0, 0, 0, 0)
    return (
        tile(
            "net",
            exact_money(now.net, currency),
            exact_money(was.net, currency),
            _relative(now.net, was.net) if before else None,
        ),
        tile(
            "orders",
            formatting.count(now.orders),
            formatting.count(was.orders),
            _relative(now.orders, was.orders) if before else None,
        ),
        tile(
            "success",
            rate_words(now),
            rate_words(was),
            _points(_success(now), _success(was), more_is_better=True) if before else None,
            _interval(now),
        ),
        tile(
            "refunds",
            formatting.percent(_refund_rate(now), 2) if now.gross > 0 else _no_data(),
            formatting.percent(_refund_rate(was), 2) if was.gross > 0 else _no_data(),
            _points(_refund_rate(now), _refund_rate(was), more_is_better=False, places=2)
            if before
            else None,
            words.say("dashboard.tile.refunds_hint", refunded=exact_money(now.refunded, currency)),
        ),
        tile(
            "held",
            exact_money(now.held_amount, currency),
            exact_money(was.held_amount, currency),
            _cases(now.held_cases, was.held_cases) if before else None,
            words.say("dashboard.tile.held_hint"),
            cases=words.say("dashboard.tile.cases", count=now.held_cases),
        ),
    )


def rate_words(figures: Figures) -> str:
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


def _interval(figures: Figures) -> str:
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


def _cases(now: int, was: int) -> Change:
    amount = words.say("dashboard.tile.cases", count=abs(now - was))
    return _change(Decimal(now - was), amount, more_is_better=False)


def _change(difference: Decimal, amount: str, *, more_is_better: bool) -> Change:
    if not difference:
        return Change(0, "", Verdict.NEITHER)
    up = difference > 0
    verdict = Verdict.BETTER if up is more_is_better else Verdict.WORSE
    return Change(1 if up else -1, amount, verdict)
