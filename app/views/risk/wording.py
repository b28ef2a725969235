"""Risk in words: scores, reasons, time left, and what a decision does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from app import formatting, words
from app.views.theme.tokens import Tone
from app.words import MissingWordsError
from payments.contract.lifecycles import CaseState, Disposition
from payments.contract.money import Money
from payments.contract.wire.records import Risk, RiskCase, RiskPart

# Scores are in this currency (``Risk.base_amount``).
BASE: Final = "CNY"
SOON: Final = timedelta(minutes=15)
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_LEAST_LEFT: Final = timedelta(minutes=1)

# What a reviewer may choose, by disposition: the payer is remembered as fraud only for the first three.
REJECTING: Final = {
    "stolen_payment": Disposition.REFUND_AS_FRAUD,
    "account_takeover": Disposition.REFUND_AS_FRAUD,
    "payment_testing": Disposition.REFUND_AS_FRAUD,
    "reseller": Disposition.REFUND,
    "mistake": Disposition.REFUND,
}
APPROVING: Final = {
    "usual_habits": Disposition.APPROVE,
    "known_payer": Disposition.APPROVE,
    "payer_confirmed": Disposition.APPROVE,
}
UNDECIDED: Final = frozenset(CaseState) - {CaseState.DECIDED, CaseState.CLOSED}


def figure(exact: str) -> str:
    """Exact decimal text with at most two decimals, as few as say it: ``4,282.8``, ``100``."""
    text = f"{Decimal(exact):,.2f}"
    return text.rstrip("0").rstrip(".").replace("-", formatting.MINUS)


def base_money(exact: str) -> str:
    """Decimal text in the base currency's major units as an amount: ``¥4,980.00``."""
    return formatting.symbol(BASE) + f"{Decimal(exact):,.2f}"


def headline(risk: Risk) -> str:
    """The score as its formula: ``¥4,980.00 × 0.86 = 4,282.8``."""
    return f"{base_money(risk.base_amount)} × {figure(risk.coefficient)} = {figure(risk.score)}"


def above(risk: Risk) -> tuple[str, Tone]:
    """Whether the score is above the threshold, in words; exactly the threshold is not."""
    threshold = figure(risk.threshold)
    if Decimal(risk.score) > Decimal(risk.threshold):
        return words.say("risk.above", threshold=threshold), Tone.DANGER
    return words.say("risk.not_above", threshold=threshold), Tone.SUCCESS


def amount(case: RiskCase) -> str:
    """What a rejection sends back."""
    return formatting.money(Money(case.amount, case.currency))


def product(title: str, quantity: int) -> str:
    """A product and how many of it."""
    return f"{title} ×{quantity}" if quantity > 1 else title


def parts(risk: Risk) -> list[RiskPart]:
    """The parts of the coefficient, largest first."""
    return sorted(risk.parts, key=lambda part: Decimal(part.part), reverse=True)


def reason(part: RiskPart) -> str:
    """A rule's finding as a sentence; one that this console does not know, by its plain code."""
    said = dict(part.data)
    if isinstance(minutes := said.get("minutes"), int):
        said["age"] = formatting.duration(timedelta(minutes=minutes))
    if isinstance(country := said.get("country"), str):
        said["country"] = formatting.country(country)
    known = part.reason
    if known == "new_payer" and not said.get("minutes"):
        known = "new_payer_now"
    try:
        sentence = words.find(f"risk.reason.{known}", **said)
    except MissingWordsError:
        sentence = None
    return sentence or plain(part.reason)


def main_reason(risk: Risk) -> str:
    """The largest part, and how many others there are."""
    found = parts(risk)
    if not found:
        return words.say("risk.no_parts")
    first = reason(found[0])
    return words.say("risk.and_more", first=first, count=len(found) - 1) if found[1:] else first


def because(code: str) -> str:
    """The reason of a decision in words."""
    return words.find(f"risk.because.{code}") or plain(code)


def plain(code: str) -> str:
    """A code as it is, without its underscores."""
    return code.replace("_", " ")


def case_number(case_id: str) -> str:
    """The end of a case's number, enough to tell it from others beside it."""
    return case_id if len(case_id) <= _SHORT else f"…{case_id[-_TAIL:]}"


_SHORT: Final = 12
_TAIL: Final = 4
_CENTS_BELOW: Final = 100


def time_left(review_by: datetime, now: datetime) -> tuple[str, Tone]:
    """How long a reviewer has; overdue is danger, the last quarter of an hour warning."""
    left = review_by - now
    if left <= timedelta(0):
        return words.say("risk.overdue", age=_roughly(-left)), Tone.DANGER
    text = formatting.countdown(left) if left < _DAY else formatting.duration(left)
    return text, Tone.WARNING if left < SOON else Tone.INFO


def _roughly(length: timedelta) -> str:
    """In its largest unit: what is overdue by hours is not a matter of minutes."""
    unit = next((one for one in (_DAY, _HOUR) if length >= one), timedelta(seconds=1))
    return formatting.duration(length // unit * unit)


def urgency(score_rank: int, review_by: datetime, now: datetime) -> tuple[str, str]:
    """The place in the queue: loss for each minute left, and the formula behind it.

    Expected loss in the base currency (which is the score) ÷ time left, at least one minute.
    """
    left = max(review_by - now, _LEAST_LEFT)
    loss = Decimal(score_rank).scaleb(-4)
    each = loss / Decimal(left / _LEAST_LEFT)
    symbol = formatting.symbol(BASE)
    shown = f"{each:,.2f}" if each < _CENTS_BELOW else f"{each:,.0f}"
    per_minute = words.say("risk.per_minute", amount=f"{symbol}{shown}")
    formula = words.say(
        "risk.formula_of",
        loss=f"{symbol}{loss:,.2f}",
        left=formatting.duration(left),
        result=per_minute,
    )
    return per_minute, formula


def instant(epoch_ms: int) -> datetime:
    """Epoch milliseconds of the store as an instant."""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def listed(sentences: Sequence[str]) -> str:
    """Short facts side by side."""
    return " · ".join(sentence for sentence in sentences if sentence)
