"""The sums kept with every change against a real GROUP BY, over twenty thousand orders."""

from __future__ import annotations

import pytest

from app.models.store.database import Store
from app.services.sync.apply import apply_page
from payments.contract.lifecycles import OrderState
from payments.contract.roles import Kind
from tests.builders.console import a_product, a_refund, an_order, numbered, pages, removal

COUNT = 20_000
# Shanghai has no summer time: eight hours ahead, all year. 719163 is 1970-01-01.
DAY = "({at} / 1000 + 28800) / 86400 + 719163"


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    store = Store.open(tmp_path_factory.mktemp("rollups") / "s", bytes(32))
    orders = [an_order(number) for number in range(COUNT)]
    refunds = [a_refund(number, of=orders[number * 7]) for number in range(1_000)]
    first = numbered([*(a_product(number) for number in range(200)), *orders, *refunds])
    for page in pages(first, size=5_000):
        apply_page(store, page)
    head = len(first)
    later = numbered(
        [
            *(an_order(n, state=OrderState.COMPLETED, refunded=700) for n in range(0, COUNT, 9)),
            *(an_order(n, product_id="P00042", currency="EUR") for n in range(5, COUNT, 31)),
            *(an_order(COUNT + n) for n in range(500)),
        ],
        head + 1,
    )
    later += [
        removal(Kind.ORDER, an_order(number).id, head + len(later) + 1 + place)
        for place, number in enumerate(range(3, COUNT, 40))
    ]
    for page in pages(later, size=2_000, after=head):
        apply_page(store, page)
    yield store
    store.close()


def same(store, kept, counted):
    with store.reading() as db:
        assert sorted(db.all(kept)) == sorted(db.all(counted))


def test_revenue_by_day_product_and_channel(synced):
    channel = "CASE channel " + "".join(
        f"WHEN {number} THEN '{word}' "
        for number, word in enumerate(
            (
                "",
                "alipay",
                "wechat_pay",
                "unionpay",
                "cards",
                "bank_transfer",
                "balance",
                "external",
            )
        )
    )
    same(
        synced,
        "SELECT currency, product_id, day, channel, gross, orders FROM day_figures"
        " WHERE product_id > '' AND orders > 0",
        f"SELECT currency, product_id, {DAY.format(at='paid_at')} AS day, {channel} END,"
        " sum(paid), count(*) FROM orders WHERE paid_at IS NOT NULL GROUP BY 1, 2, 3, 4",
    )


def test_refunds_by_day(synced):
    same(
        synced,
        "SELECT currency, product_id, day, sum(refunded), sum(refunds) FROM day_figures"
        " WHERE product_id > '' AND refunds > 0 GROUP BY 1, 2, 3",
        f"SELECT currency, product_id, {DAY.format(at='finished_at')}, sum(amount), count(*)"
        " FROM refunds WHERE state = 'succeeded' GROUP BY 1, 2, 3",
    )


def test_counts_of_the_list_by_day(synced):
    same(
        synced,
        "SELECT day, status, channel, kind, currency, orders, amount, refunded FROM day_counts",
        f"SELECT {DAY.format(at='placed_at')}, status, channel, kind, currency, count(*),"
        " sum(amount), sum(refunded) FROM orders GROUP BY 1, 2, 3, 4, 5",
    )


def test_all_products_together_are_the_sum_of_each(synced):
    same(
        synced,
        "SELECT currency, day, channel, gross, refunded, attempts, succeeded, h00, h12, h23"
        " FROM day_figures WHERE product_id = ''",
        "SELECT currency, day, channel, sum(gross), sum(refunded), sum(attempts), sum(succeeded),"
        " sum(h00), sum(h12), sum(h23) FROM day_figures WHERE product_id > '' GROUP BY 1, 2, 3",
    )


def test_months_are_the_sum_of_their_days(synced):
    # Julian day 2440587.5 is the day 719163 of the calendar.
    at = "day - 719163 + 2440587.5"
    month = f"strftime('%Y', {at}) * 12 + strftime('%m', {at}) - 1"
    same(
        synced,
        "SELECT currency, product_id, channel, month, gross, refunded, orders, attempts"
        " FROM month_figures",
        f"SELECT currency, product_id, channel, {month}, sum(gross), sum(refunded), sum(orders),"
        " sum(attempts) FROM day_figures WHERE product_id > '' GROUP BY 1, 2, 3, 4",
    )
    same(
        synced,
        "SELECT month, status, channel, kind, currency, orders, amount, refunded FROM month_counts",
        f"SELECT {month}, status, channel, kind, currency, sum(orders), sum(amount), sum(refunded)"
        " FROM day_counts GROUP BY 1, 2, 3, 4, 5",
    )


def test_no_cell_is_left_with_nothing_in_it(synced):
    with synced.reading() as db:
        assert not db.all(
            "SELECT 1 FROM day_figures WHERE gross = 0 AND orders = 0 AND refunds = 0"
            " AND attempts = 0"
        )
        assert not db.all("SELECT 1 FROM day_counts WHERE orders = 0")
