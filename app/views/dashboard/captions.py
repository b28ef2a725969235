"""Title and subtitle of each chart in the language in force. No Qt."""

from __future__ import annotations

from app import formatting, words
from app.views.charts.scales import exact_money
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.reading import Answer
from app.views.dashboard.wording import against_words


def title(name: ChartName) -> str:
    """What the chart is called."""
    return words.say(f"dashboard.chart.{name.value}")


def subtitle(name: ChartName, answer: Answer) -> str:
    """What exactly it shows; empty without figures."""
    if answer.now is None:
        return ""
    currency, now = answer.question.currency, answer.now.figures
    if name is ChartName.REVENUE:
        other = against_words(answer)
        beside = "beside" if answer.now.span.days == 1 else "compared"
        key = f"dashboard.subtitle.revenue_{beside}" if other else "dashboard.subtitle.revenue"
        return words.say(key, currency=currency, other=other)
    if name is ChartName.RATES:
        attempts = now.attempts
        number = formatting.count(attempts)
        return words.say("dashboard.subtitle.rates", count=attempts, number=number)
    if name is ChartName.REFUNDS:
        count = sum(day.refunds for day in answer.now.days)
        total = exact_money(now.refunded, currency)
        return words.say("dashboard.subtitle.refunds", count=count, total=total)
    return words.say(f"dashboard.subtitle.{name.value}")
