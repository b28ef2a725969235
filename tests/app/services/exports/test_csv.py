"""An exported file holds what was filtered, opens harmlessly and says where it comes from."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import words
from app.models.lists.cases import CASE_SOURCE
from app.models.lists.orders import ORDER_SOURCE
from app.models.lists.query import CaseQuery, OrderQuery, RefundQuery
from app.models.lists.refunds import REFUND_SOURCE
from app.models.store.database import Store
from app.services.exports.csv import Column, Written, protected, write_csv
from app.services.exports.lists import KEYS, columns, export_list
from app.services.exports.provenance import (
    AlteredFileError,
    Facts,
    NotAnExportError,
    plain,
    verified,
)
from app.services.sync.apply import apply_page
from payments.contract.money import DECIMALS
from payments.contract.roles import Kind
from payments.contract.wire.feed import Change, FeedPage
from payments.contract.wire.records import Record
from tests.app.services.services import KINDS, a_case, a_refund, an_order

ZONE = ZoneInfo("Asia/Shanghai")
FACTS = Facts("Orders", "Paid, =1+1", ZONE, datetime(2026, 3, 1, tzinfo=UTC), 42, "林")
Pair = tuple[str, int]

TEXT: Column[Pair] = Column("Name", lambda row: row[0])
AMOUNT: Column[Pair] = Column(
    "Amount",
    lambda row: plain(row[1], "CNY"),
    ours=True,
    sums=lambda row: (row[1], "CNY"),
)


class Going:
    def __init__(self, stop_at: int | None = None) -> None:
        self.reports: list[object] = []
        self.stop_at = stop_at

    def check(self) -> None:
        if self.stop_at is not None and len(self.reports) >= self.stop_at:
            raise CancelledError

    def report(self, value: object) -> None:
        self.reports.append(value)


@pytest.fixture(autouse=True)
def _english():
    before = words.language()
    words.use(words.Language.ENGLISH)
    yield
    words.use(before)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "orders.csv"


def cells(path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def write(path: Path, rows: Iterable[Pair], work: Going | None = None) -> Written:
    return write_csv(path, [TEXT, AMOUNT], rows, FACTS, work or Going())


def test_the_file_carries_filter_zone_snapshot_rows_totals_author_and_digest(path):
    written = write(path, [("a", 9450), ("b", -161)])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert cells(path) == [
        ["# Suanpan", "Orders"],
        ["# Filter", "Paid, =1+1"],
        ["# Time zone", "Asia/Shanghai"],
        ["# Snapshot", cells(path)[3][1]],
        ["# Exported by", "林"],
        ["Name", "Amount"],
        ["a", "94.50"],
        ["b", "-1.61"],
        ["# Rows", "2"],
        ["# Total of Amount, CNY", "92.89"],
        ["# Time zone", "Asia/Shanghai"],
        ["# sha256", written.digest],
    ]
    assert "42" in cells(path)[3][1]


def test_a_file_brought_back_verifies(path):
    write(path, [("a", 1)])
    assert verified(path)[:2] == [("Suanpan", "Orders"), ("Filter", "Paid, =1+1")]


def test_an_export_of_nothing_is_a_file_that_says_so(path):
    assert write(path, []).rows == 0
    assert ["# Rows", "0"] in cells(path)
    verified(path)


@given(st.data())
def test_any_altered_byte_is_found(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("export") / "orders.csv"
    write(path, [("a", 1), ("b", 2)])
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises((AlteredFileError, NotAnExportError)):
        verified(path)


@pytest.mark.parametrize("more", [b"\r\n", b" ", b"c,3\r\n", b"# sha256,\r\n"])
def test_anything_added_is_found(path, more):
    write(path, [("a", 1)])
    path.write_bytes(path.read_bytes() + more)
    with pytest.raises(AlteredFileError):
        verified(path)


@pytest.mark.parametrize("content", [b"", b"a,b\r\n1,2\r\n", b"\xff" * 1000])
def test_another_file_is_no_export(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(NotAnExportError):
        verified(path)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'),
        ("+86 138", "'+86 138"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "' =1"),
        ("\r\n=1", "'  =1"),
        ("202603010000123456789", "202603010000123456789\t"),
        ("00123", "00123\t"),
        ("0", "0"),
        ("12345678901", "12345678901"),
        ("123456789012", "123456789012\t"),
        ("算盘入门", "算盘入门"),
        ("a\x00b", "a b"),
        ("", ""),
    ],
)
def test_a_cell_shows_its_text_and_does_nothing(text, cell):
    assert protected(text) == cell


@given(st.text())
def test_no_text_begins_a_formula_or_breaks_a_line(text):
    cell = protected(text)
    assert cell.lstrip()[:1] not in {*"=+-@＝＋－＠"} or not cell.strip()
    assert not set(cell.rstrip("\t")) & {"\n", "\r", "\t", "\x00"}


@given(st.integers(-(10**20), 10**20), st.sampled_from(sorted(DECIMALS)))
def test_an_amount_is_exact_to_its_last_digit(minor, currency):
    assert plain(minor, currency) == f"{Decimal(minor).scaleb(-DECIMALS[currency]):f}"


def test_a_cancelled_export_leaves_what_was_there(path):
    write(path, [("old", 1)])
    before = path.read_bytes()
    with pytest.raises(CancelledError):
        write(path, (("new", n) for n in range(10_000)), Going(stop_at=2))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_rows_that_cannot_be_read_leave_what_was_there(path):
    def broken() -> Iterator[Pair]:
        yield ("a", 1)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        write(path, broken())
    assert list(path.parent.iterdir()) == []


def test_memory_does_not_grow_with_the_rows(path):
    def peak(rows: int) -> int:
        tracemalloc.start()
        write(path, ((f"payer {n}", n) for n in range(rows)))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.5 * peak(8_000)


def test_progress_counts_rows(path):
    work = Going()
    write(path, (("a", n) for n in range(5_000)), work)
    assert work.reports == [2_000, 4_000, 5_000]


@pytest.mark.parametrize("language", words.Language)
@pytest.mark.parametrize("kind", KEYS)
def test_every_column_has_a_header_in_both_languages(kind, language):
    words.use(language)
    heads = [column.header for column in columns(kind, ZONE)]
    assert len(set(heads)) == len(heads)


def test_a_column_the_list_does_not_have_is_refused():
    with pytest.raises(KeyError):
        columns(Kind.ORDER, ZONE, ("id", "secret"))


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path / "store.db", b"k" * 32)
    records: list[Record] = [
        an_order("202603010000000001", 9_450),
        an_order("202603010000000002", 550),
        msgspec.structs.replace(an_order("o3"), currency="JPY", title="=cmd|'/c calc'!A1"),
        a_refund(),
        a_case(),
    ]
    changes = tuple(
        Change(n, KINDS[type(r)], r.id, msgspec.Raw(msgspec.json.encode(numbered(r, n))))
        for n, r in enumerate(records, 1)
    )
    apply_page(opened, FeedPage("all", 0, 5, 5, more=False, restart=True, changes=changes))
    yield opened
    opened.close()


def numbered(record: Record, version: int) -> Record:
    return msgspec.structs.replace(record, version=version)


def export(store: Store, source, query, path: Path, **options) -> Written:
    return export_list(
        store,
        source,
        query,
        path,
        title="Orders",
        selection="",
        author="林",
        work=Going(),
        **options,
    )


def test_a_list_is_exported_as_filtered(store, path):
    export(store, ORDER_SOURCE, OrderQuery(currency="CNY"), path, keys=("id", "amount", "status"))
    found = cells(path)
    assert found[5] == ["Number", "Amount", "Status"]
    assert sorted(found[6:8]) == [
        ["202603010000000001\t", "94.50", "Paid"],
        ["202603010000000002\t", "5.50", "Paid"],
    ]
    assert found[9] == ["# Total of Amount, CNY", "100.00"]
    verified(path)


def test_currencies_are_never_added_up(store, path):
    export(store, ORDER_SOURCE, OrderQuery(), path, keys=("title", "amount", "placed_at"))
    found = cells(path)
    assert ["'=cmd|'/c calc'!A1", "10000", "2026-03-01 12:00:00"] in found
    assert ["# Total of Amount, CNY", "100.00"] in found
    assert ["# Total of Amount, JPY", "10000"] in found


@pytest.mark.parametrize(
    ("source", "query"), [(REFUND_SOURCE, RefundQuery()), (CASE_SOURCE, CaseQuery())]
)
def test_refunds_and_cases_are_exported_with_all_columns(store, path, source, query):
    assert export(store, source, query, path).rows == 1
    verified(path)
