"""Every figure against a plain count over the records themselves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.models.store import figures, meta, records
from app.models.store.database import Store
from app.models.store.figures import FigureQuery
from app.services.sync.apply import apply_page
from payments.contract.lifecycles import FINAL_ATTEMPTS, AttemptState, RefundState, Review
from payments.contract.wire.records import ChannelName
from tests.builders.console import a_product, a_refund, an_order, numbered, pages

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Spread over fourteen months, so that periods hold whole months and parts of them.
ORDERS = [
    an_order(number, placed_at=at, paid_at=at + timedelta(minutes=3), attempts=())
    if number % 2
    else an_order(number, placed_at=at)
    for number in range(600)
    for at in [datetime(2024, 3, 5, 3, tzinfo=UTC) + timedelta(hours=17 * number)]
]
REFUNDS = [a_refund(number, of=ORDERS[number * 3]) for number in range(60)] + [
    a_refund(90),
    a_refund(91, state=RefundState.FAILED, of=ORDERS[5]),
]
QUERIES = [
    FigureQuery(date(2024, 1, 1), date(2026, 12, 31), "CNY"),
    FigureQuery(date(2024, 3, 17), date(2025, 2, 11), "CNY"),
    FigureQuery(date(2024, 5, 1), date(2024, 6, 30), "CNY"),
    FigureQuery(date(2024, 5, 7), date(2024, 5, 7), "CNY"),
    FigureQuery(date(2024, 4, 1), date(2025, 1, 15), "CNY", channel="alipay"),
    FigureQuery(date(2024, 4, 2), date(2025, 1, 31), "CNY", product_id=ORDERS[0].product_id),
    FigureQuery(date(2024, 3, 17), date(2025, 2, 11), "USD"),
    FigureQuery(date(2031, 3, 17), date(2032, 2, 11), "CNY"),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store = Store.open(tmp_path_factory.mktemp("figures") / "s", bytes(32))
    everything = numbered([*(a_product(n) for n in range(150)), *ORDERS, *REFUNDS])
    for page in pages(everything, size=200):
        apply_page(store, page)
    yield store
    store.close()


def day_of(at):
    return at.astimezone(SHANGHAI).date()


def fits(query, record, day, channel):
    return (
        record.currency == query.currency
        and query.first_day <= day <= query.last_day
        and query.product_id in {"", record.product_id}
        and query.channel in {"", channel}
    )


def paid_in(query):
    return [
        order
        for order in ORDERS
        if order.paid_at and fits(query, order, day_of(order.paid_at), order.channel)
    ]


def refunded_in(query):
    return [
        refund
        for refund in REFUNDS
        if refund.state is RefundState.SUCCEEDED
        and fits(query, refund, day_of(refund.finished_at), refund.channel or "")
    ]


def ended_in(query):
    return [
        attempt
        for order in ORDERS
        for attempt in order.attempts
        if attempt.state in FINAL_ATTEMPTS
        and fits(query, order, day_of(attempt.ended_at), attempt.channel)
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_headline_figures_are_what_the_records_say(filled, query):
    paid, refunded, ended = paid_in(query), refunded_in(query), ended_in(query)
    gross, returned = sum(o.paid for o in paid), sum(r.amount for r in refunded)
    held = [o for o in paid if o.review is Review.PENDING and o.refunded < o.paid]
    with filled.reading() as db:
        shown = figures.figures(db, query)
    assert shown == figures.Figures(
        net=gross - returned,
        gross=gross,
        refunded=returned,
        orders=len(paid),
        attempts=len(ended),
        succeeded=sum(a.state is AttemptState.SUCCEEDED for a in ended),
        held_amount=sum(o.paid - o.refunded for o in held),
        held_cases=len(held),
    )


@pytest.mark.parametrize("query", QUERIES)
def test_days_add_up_to_the_headline(filled, query):
    with filled.reading() as db:
        days, refunds = figures.by_day(db, query), figures.refunds_by_day(db, query)
    gross, orders = Counter[date](), Counter[date]()
    for order in paid_in(query):
        gross[day_of(order.paid_at)] += order.paid
        orders[day_of(order.paid_at)] += 1
    amount, count = Counter[date](), Counter[date]()
    for refund in refunded_in(query):
        amount[day_of(refund.finished_at)] += refund.amount
        count[day_of(refund.finished_at)] += 1
    assert {p.day: p.gross for p in days if p.gross} == +gross
    assert {p.day: p.orders for p in days if p.orders} == orders
    assert {p.day: p.refunded for p in days if p.refunded} == amount
    assert all(p.net == p.gross - p.refunded for p in days)
    assert [(p.day, p.amount, p.count) for p in refunds] == [
        (day, amount[day], count[day]) for day in sorted(count)
    ]


@pytest.mark.parametrize("query", QUERIES)
def test_channels_add_up_to_the_headline(filled, query):
    with filled.reading() as db:
        shown, total = figures.by_channel(db, query), figures.figures(db, query)
    assert sum(part.net for part in shown) == total.net
    assert sum(part.orders for part in shown) == total.orders
    assert sum(part.attempts for part in shown) == total.attempts
    for part in shown:
        mine = [o for o in paid_in(query) if o.channel == part.channel]
        assert part.orders == len(mine)
        assert part.succeeded <= part.attempts


@pytest.mark.parametrize("query", QUERIES)
def test_products_are_ranked_by_what_they_brought_in(filled, query):
    net, orders = Counter[str](), Counter[str]()
    for order in paid_in(query):
        net[order.product_id] += order.paid
        orders[order.product_id] += 1
    for refund in refunded_in(query):
        if refund.product_id:
            net[refund.product_id] -= refund.amount
            orders[refund.product_id] += 0
    ranked = sorted(net, key=lambda product: (-net[product], product))[:7]
    with filled.reading() as db:
        shown = figures.by_product(db, query, 7)
    shown = [part for part in shown if part.product_id in net]
    assert [(p.product_id, p.net, p.orders) for p in shown] == [
        (product, net[product], orders[product]) for product in ranked
    ]
    for part in shown:
        number = int(part.product_id[1:])
        assert part.title == (a_product(number).title if number < 150 else part.product_id)


@pytest.mark.parametrize("query", QUERIES)
def test_the_heat_map_counts_each_paid_order_in_its_hour(filled, query):
    expected = [[0] * 24 for _ in range(7)]
    for order in paid_in(query):
        local = order.paid_at.astimezone(SHANGHAI)
        expected[local.weekday()][local.hour] += 1
    with filled.reading() as db:
        assert figures.by_hour(db, query) == tuple(tuple(day) for day in expected)


def test_unlinked_refunds_count_in_the_whole_and_in_no_product(filled):
    day = day_of(REFUNDS[60].finished_at)
    query = FigureQuery(day, day, "CNY")
    with filled.reading() as db:
        assert figures.figures(db, query).refunded >= 1200
        assert all(part.product_id for part in figures.by_product(db, query, 100))


def test_currencies_and_span_are_those_that_have_figures(filled):
    with filled.reading() as db:
        assert figures.currencies(db) == ["CNY", "USD"]
        shown = figures.span(db, "CNY")
        assert figures.span(db, "EUR") is None
    days = [day_of(order.paid_at) for order in ORDERS if order.paid_at and order.currency == "CNY"]
    days += [day_of(refund.finished_at) for refund in REFUNDS if refund.currency == "CNY"]
    assert shown == (min(days), max(days))


@pytest.mark.parametrize("text", ["摄", "摄影", "摄影入", "Photography", "photo", "P00002"])
def test_products_are_found_in_both_languages(filled, text):
    with filled.reading() as db:
        found = figures.products(db, text, 500)
        everything = figures.products(db, "", 500)
    assert "P00002" in {product.product_id for product in found}
    assert len(found) < len(everything) == 150


def test_a_day_begins_at_midnight_in_the_merchants_zone(store):
    with store.writing() as db:
        records.use_zone(db, "America/New_York")
    # 2024-03-10: clocks go forward there at 02:00; 04:30 UTC is still the evening before.
    late = an_order(1, paid_at=datetime(2024, 3, 10, 4, 30, tzinfo=UTC), currency="CNY", paid=100)
    early = an_order(2, paid_at=datetime(2024, 3, 11, 3, 59, tzinfo=UTC), currency="CNY", paid=10)
    apply_page(store, next(pages(numbered([late, early]), size=9)))
    with store.reading() as db:
        days = figures.by_day(db, FigureQuery(date(2024, 3, 9), date(2024, 3, 10), "CNY"))
    assert [(point.day, point.gross) for point in days if point.gross] == [
        (date(2024, 3, 9), 100),
        (date(2024, 3, 10), 10),
    ]


def test_another_zone_starts_the_figures_again(store):
    apply_page(store, next(pages(numbered([an_order(2)]), size=9)))
    with store.writing() as db:
        records.use_zone(db, "Asia/Shanghai")
        assert meta.cursor(db) == 1
        records.use_zone(db, "Europe/Berlin")
        assert meta.cursor(db) == 0
        assert records.is_empty(db)


def test_channels_are_the_contracts():
    assert {order.channel for order in ORDERS} <= set(ChannelName)
