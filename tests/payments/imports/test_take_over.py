"""History taken over: once, whole, linked where the file says so, balanced in the ledger."""

from __future__ import annotations

import json

import pytest

from payments import __main__ as program
from payments.assembly import found_merchant
from payments.imports import profile
from payments.imports.command import bring_in
from payments.store import ledger
from payments.store.records import ORDERS, REFUNDS, refunds_of

HEADER = (
    "order_no,ordered_at,product_no,product,quantity,unit_price,currency,payer_no,payer,refund_of\n"
)


def row(order, price="9.99", quantity="1", refund_of="", product="p1", currency="CNY"):
    return f"{order},2026-03-01 10:00,{product},茶,{quantity},{price},{currency},c1,王小明,{refund_of}\n"


@pytest.fixture
def bring(database, tmp_path):
    database.run_sync(found_merchant)

    def bring(*rows, report=None):
        file = tmp_path / "orders.csv"
        file.write_text(HEADER + "".join(rows), encoding="utf-8")
        return bring_in(database, file, profile.load("generic"), report)

    return bring


def test_every_row_is_accounted_for(bring):
    said = bring(row("1"), row("1", "0.01"), row("2"), row(""), row("3", "-1"), row("4", "x"))
    assert said == {
        "rows": 6,
        "orders": 2,
        "refunds": 1,
        "duplicates": 0,
        "rejected": 2,
        "conflicts": 0,
        "gross": {"CNY": 1999},
        "refunded": {"CNY": 100},
        "net": {"CNY": 1899},
    }


def test_the_same_file_again_changes_nothing(bring, database):
    rows = (row("1"), row("1"), row("2"), row("9", quantity="-1", refund_of="2"))
    bring(*rows)
    before = database.read_sync(ledger.check)
    again = bring(*rows)
    assert again["duplicates"] == 4
    assert (again["orders"], again["refunds"], again["gross"]) == (0, 0, {})
    assert database.read_sync(ledger.check) == before


def test_an_overlapping_file_adds_only_what_is_new(bring):
    bring(row("1"), row("2"))
    said = bring(row("2"), row("3"))
    assert (said["orders"], said["duplicates"]) == (1, 1)


def test_a_new_row_for_a_known_order_is_a_conflict_and_changes_nothing(bring, database, tmp_path):
    bring(row("1"))
    with (tmp_path / "report.txt").open("w+", encoding="utf-8") as report:
        said = bring(row("1"), row("1", "5.00"), report=report)
        report.seek(0)
        line = json.loads(report.readline())
    assert (said["duplicates"], said["conflicts"]) == (1, 1)
    assert line == {"row": 2, "order": "1", "conflict": "order_already_recorded_without_this_row"}
    assert database.read_sync(ORDERS.get, "IM-1").amount == 999


def test_a_linked_refund_lowers_its_order_and_an_unlinked_one_stands_alone(bring, database):
    bring(row("1"), row("2"), row("8", quantity="-1", refund_of="1"), row("9", quantity="-1"))
    assert database.read_sync(ORDERS.get, "IM-1").refunded == 999
    assert [one.id for one in database.read_sync(refunds_of, "IM-1")] == ["IM-8"]
    assert database.read_sync(REFUNDS.get, "IM-9").order_id == ""


def test_a_refund_may_come_in_a_later_file(bring, database):
    bring(row("1"))
    bring(row("8", quantity="-1", refund_of="1"))
    assert database.read_sync(ORDERS.get, "IM-1").refunded == 999


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (row("8", "50.00", "-1", "1"), "refund_exceeds_paid"),
        (row("8", "1.00", "-1", "1", currency="USD"), "refund_in_another_currency"),
    ],
)
def test_a_refund_that_cannot_be_is_a_conflict(bring, database, tmp_path, second, reason):
    with (tmp_path / "report.txt").open("w+", encoding="utf-8") as report:
        said = bring(row("1"), second, report=report)
        report.seek(0)
        assert json.loads(report.readline())["conflict"] == reason
    assert said["refunds"] == 0
    assert database.read_sync(ORDERS.get, "IM-1").refunded == 0


def test_lines_share_the_order_amount_exactly(bring, database):
    bring(row("1", "0.333"), row("1", "0.333", product="p 2"), row("1", "0.339"))
    order = database.read_sync(ORDERS.get, "IM-1")
    assert sum(line.amount for line in order.lines) == order.amount == 101
    assert len({line.product_id for line in order.lines}) == 2


def test_the_ledger_balances_after_an_import(bring, database):
    bring(row("1"), row("2", currency="USD"), row("3", quantity="-2"))
    check = database.read_sync(ledger.check)
    assert (check.transactions, check.balanced, check.chain_intact) == (3, True, True)
    assert check.sums == {"CNY": 0, "USD": 0}


@pytest.mark.parametrize(
    "options",
    [
        ["orders", "no-such-file.csv", "--profile", "generic"],
        ["orders", __file__, "--profile", "nothing"],
        ["orders", __file__, "--profile", "generic"],
        ["people", __file__, "--profile", "generic"],
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_2(options, tmp_path, capsys):
    try:
        status = program.main(["import", *options, "--data", str(tmp_path)])
    except SystemExit as ended:
        status = ended.code
    assert status == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
