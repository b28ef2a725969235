"""Periods, comparisons and filters in the words of the language in force. No Qt."""

from __future__ import annotations

from app import formatting, words
from app.views.dashboard.period import Comparison, Period, Span
from app.views.dashboard.reading import Answer, Question


def period_words(question: Question) -> str:
    """The period as its chip says it."""
    if question.period is Period.CUSTOM and question.custom is not None:
        return span_words(question.custom)
    return words.say(f"dashboard.period.{question.period.value}")


def span_words(span: Span) -> str:
    """Days from and to, always with their year: they stand in files and chips."""
    if span.days == 1:
        return f"{span.first:%Y-%m-%d}"
    return words.say("dashboard.span", first=f"{span.first:%Y-%m-%d}", last=f"{span.last:%Y-%m-%d}")


def against_words(answer: Answer) -> str:
    """What the figures are compared with: “previous 30 days”; empty for nothing."""
    asked, before = answer.question, answer.before
    if before is None:
        return ""
    if asked.comparison is Comparison.LAST_YEAR:
        return words.say("dashboard.against.last_year")
    if asked.period in {Period.THIS_MONTH, Period.LAST_MONTH, Period.THIS_YEAR, Period.TODAY}:
        return words.say(f"dashboard.against.{asked.period.value}")
    return words.say("dashboard.against.days", count=before.span.days)


def selection_words(answer: Answer, product: str, channel: str) -> str:
    """The filter as exported files state it; ``product`` and ``channel`` in words, or empty."""
    if answer.now is None:
        return ""
    parts = [span_words(answer.now.span), answer.question.currency]
    if answer.before is not None:
        parts.append(words.say("dashboard.compared", span=span_words(answer.before.span)))
    parts += [part for part in (product, channel) if part]
    return words.say("dashboard.and").join(parts)


def as_of_words(answer: Answer, today: str = "") -> str:
    """When the figures were true."""
    if answer.as_of is None:
        return words.say("dashboard.never_synced")
    clock = formatting.clock(answer.as_of, answer.zone)
    day = f"{answer.as_of.astimezone(answer.zone):%Y-%m-%d}"
    if today and day != today:
        return words.say("dashboard.as_of_day", day=day, clock=clock)
    return words.say("dashboard.as_of", clock=clock)
