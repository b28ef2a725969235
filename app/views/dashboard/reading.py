"""Everything the dashboard shows, read from one snapshot of the store. No Qt; made for a worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.models.lists.query import RefundQuery, Totals
from app.models.lists.refunds import REFUND_SOURCE
from app.models.lists.source import whole
from app.models.store import figures, meta
from app.models.store.database import Store
from app.models.store.figures import (
    ChannelFigures,
    FigureQuery,
    Figures,
    Heat,
    ProductFigures,
)
from app.models.store.transaction import Transaction
from app.views.dashboard.period import Comparison, Period, Span, compared, span_of
from payments.contract.lifecycles import RefundState

# More than any card has room for; all of them are in the data file.
TOP_PRODUCTS = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for.

    ``custom`` are the days of a custom period. An empty ``currency`` is the usual one, an empty
    product or channel means all of them.
    """

    period: Period = Period.DAYS_30
    comparison: Comparison = Comparison.PREVIOUS
    custom: Span | None = None
    currency: str = ""
    product_id: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a period, also one without any business. Amounts in minor units."""

    day: date
    net: int = 0
    gross: int = 0
    refunded: int = 0
    orders: int = 0
    refunds: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of some days, every day of them, oldest first."""

    span: Span
    figures: Figures
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store says. ``now`` and ``before`` are None where it has no figures at all.

    ``as_of`` is when the store was last known to be up to date, ``change`` the number of the last
    change in it; ``waiting`` the refunds that wait for approval, for those who may approve.
    """

    question: Question
    zone: ZoneInfo
    as_of: datetime | None
    change: int
    currencies: tuple[str, ...] = ()
    now: Part | None = None
    before: Part | None = None
    channels: tuple[ChannelFigures, ...] = ()
    products: tuple[ProductFigures, ...] = ()
    heat: Heat = ()
    waiting: Totals | None = None


def read(
    store: Store, question: Question, at: datetime, *, usual_currency: str, approves: bool
) -> Answer:
    """Answer a question. ``at`` is now; the merchant's calendar says which day that is."""
    with store.reading() as db:
        zone = meta.calendar(db).zone
        currencies = tuple(figures.currencies(db))
        answer = Answer(
            question,
            zone,
            meta.last_sync(db),
            meta.cursor(db),
            currencies,
            waiting=_waiting(db) if approves else None,
        )
        if not currencies:
            return answer
        asked = replace(question, currency=_currency(question, currencies, usual_currency))
        return _filled(db, replace(answer, question=asked), at.astimezone(zone).date())


def _currency(question: Question, currencies: tuple[str, ...], usual: str) -> str:
    wanted = (question.currency, usual)
    return next((one for one in wanted if one in currencies), currencies[0])


def _filled(db: Transaction, answer: Answer, today: date) -> Answer:
    asked = answer.question
    span = span_of(asked.period, today, asked.custom)
    other = compared(asked.period, span, asked.comparison)
    query = _query(asked, span)
    return replace(
        answer,
        now=_part(db, asked, span),
        before=None if other is None else _part(db, asked, other),
        channels=tuple(figures.by_channel(db, query)),
        products=tuple(figures.by_product(db, query, TOP_PRODUCTS)),
        heat=figures.by_hour(db, query),
    )


def _query(asked: Question, span: Span) -> FigureQuery:
    return FigureQuery(span.first, span.last, asked.currency, asked.product_id, asked.channel)


def _part(db: Transaction, asked: Question, span: Span) -> Part:
    query = _query(asked, span)
    first = span.first.toordinal()
    days = [Day(date.fromordinal(first + place)) for place in range(span.days)]
    for point in figures.by_day(db, query):
        place = point.day.toordinal() - first
        days[place] = Day(point.day, point.net, point.gross, point.refunded, point.orders)
    for refund in figures.refunds_by_day(db, query):
        place = refund.day.toordinal() - first
        days[place] = replace(days[place], refunds=refund.count)
    return Part(span, figures.figures(db, query), tuple(days))


def _waiting(db: Transaction) -> Totals:
    query = RefundQuery(states=(RefundState.PENDING_APPROVAL,))
    return whole(db, REFUND_SOURCE, query).totals
