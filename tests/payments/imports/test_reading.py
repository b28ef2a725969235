"""Files of another system: what is read, what is refused, and how rows become orders."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.contract.money import Money, half_up
from payments.imports import grouping, profile, reader

ZONE = ZoneInfo("Asia/Shanghai")
RETAIL = (
    Path(__file__).resolve().parents[4] / "shared/data/online-retail/online_retail_2010_2011.csv.gz"
)
HEADER = (
    "order_no,ordered_at,product_no,product,quantity,unit_price,currency,payer_no,payer,refund_of\n"
)


def read(tmp_path, text, name="orders.csv", using="generic"):
    path = tmp_path / name
    content = text.encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    chosen = profile.load(using)
    rejected = []
    orders = list(grouping.grouped(reader.rows(path, chosen, ZONE), chosen, rejected))
    return orders, rejected


def row(order="1", at="2026-03-01 10:00", quantity="1", price="9.99", currency="CNY", refund_of=""):
    return f"{order},{at},p1,Tea,{quantity},{price},{currency},c1,王明,{refund_of}\n"


def test_an_order_is_the_sum_of_its_lines_rounded_half_up_once(tmp_path):
    lines = row(price="0.333") + row(price="0.333") + row(price="0.339")
    orders, rejected = read(tmp_path, HEADER + lines)
    assert [order.amount for order in orders] == [Money(101, "CNY")]
    assert not rejected


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=12))
def test_rounding_never_adds_up_line_by_line(thousandths):
    from decimal import Decimal

    exact = sum(Decimal(amount) / 1000 for amount in thousandths)
    assert half_up(exact * 100) == half_up(Decimal(sum(thousandths)) / 10)


def test_rows_of_an_order_need_not_stand_together(tmp_path):
    orders, _ = read(tmp_path, HEADER + row("1") + row("2") + row("1"))
    assert [(order.number, len(order.lines)) for order in orders] == [("1", 2), ("2", 1)]


def test_equal_rows_of_one_order_are_two_lines(tmp_path):
    orders, _ = read(tmp_path, HEADER + row() + row())
    assert orders[0].amount == Money(1998, "CNY")


def test_times_without_a_zone_are_the_merchants(tmp_path):
    orders, _ = read(tmp_path, HEADER + row(at="2026-03-01 00:30"))
    placed = datetime.fromtimestamp(orders[0].at_ms / 1000, UTC)
    assert placed == datetime(2026, 2, 28, 16, 30, tzinfo=UTC)


def test_gzip_is_read_as_it_is(tmp_path):
    orders, _ = read(tmp_path, HEADER + row(), name="orders.csv.gz")
    assert len(orders) == 1


def test_a_linked_cancellation_names_its_order(tmp_path):
    orders, _ = read(tmp_path, HEADER + row("R1", quantity="-1", refund_of="1"))
    assert orders[0].is_refund
    assert orders[0].refund_of == "1"
    assert orders[0].amount == Money(999, "CNY")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(order=""), "order_number_missing"),
        (row(order="x" * 60), "order_number_too_long"),
        (row(at="yesterday"), "time_unreadable"),
        (row(quantity="1.5"), "quantity_unreadable"),
        (row(quantity="9" * 30), "quantity_unreadable"),
        (row(price="NaN"), "price_unreadable"),
        (row(price="free"), "price_unreadable"),
        (row(currency="XXX"), "currency_unknown"),
        (row().strip() + ",extra\n", "more_columns_than_header"),
        (row(quantity="-1", price="0"), "stock_correction_without_price"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_rest_is_read(tmp_path, line, reason):
    orders, rejected = read(tmp_path, HEADER + line + row("2"))
    assert [one.reason for one in rejected] == [reason]
    assert [order.number for order in orders] == ["2"]


def test_two_currencies_in_one_order_are_not_added(tmp_path):
    orders, rejected = read(tmp_path, HEADER + row() + row(currency="USD"))
    assert orders[0].amount == Money(999, "CNY")
    assert rejected[0].reason == "currency_differs_within_order"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00bad", b"\x1f\x8bnot gzip"])
def test_a_file_that_is_something_else_is_one_clear_error(tmp_path, content):
    path = tmp_path / ("file.csv.gz" if content[:2] == b"\x1f\x8b" else "file.csv")
    path.write_bytes(content)
    with pytest.raises(reader.UnreadableFileError, match=path.name):
        list(reader.rows(path, profile.load("generic"), ZONE))


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(reader.UnreadableFileError, match="cannot be read"):
        list(reader.rows(tmp_path / "none.csv", profile.load("generic"), ZONE))


def test_an_unknown_profile_names_those_there_are():
    with pytest.raises(profile.UnknownProfileError, match="online-retail"):
        profile.load("nothing")


@pytest.mark.skipif(not RETAIL.exists(), reason="the public retail data is not beside the project")
def test_the_public_retail_data_reads_to_its_known_totals():
    chosen = profile.load("online-retail")
    rejected = []
    rows = months = refunds = orders = 0
    net = Counter()
    for order in grouping.grouped(reader.rows(RETAIL, chosen, ZONE), chosen, rejected):
        sign = -1 if order.is_refund else 1
        month = datetime.fromtimestamp(order.at_ms / 1000, ZONE).strftime("%Y-%m")
        net[month] += sign * order.amount.amount
        rows += len(order.lines)
        refunds += order.is_refund
        orders += not order.is_refund
    months = len(net)
    assert rows + len(rejected) == 541_909
    assert months == 13
    assert sum(net.values()) == pytest.approx(974_774_793, abs=orders + refunds)
    assert net["2011-11"] == pytest.approx(146_175_625, abs=10)
