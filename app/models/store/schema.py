"""The tables of the local store.

Each kind of record has a table of what can be sorted and filtered, one of the JSON received
(``…_bodies``, apart so that scans stay short) and one of what can be searched (``…_search``).
``row`` is a small number for the lists; ``id`` is the record's own. Instants are epoch
milliseconds, amounts minor units, days ``date.toordinal``; words that repeat in every order are
numbers (``codes``).
"""

from __future__ import annotations

from typing import Final

from app.models.store.codes import STATUSES
from app.models.store.transaction import Transaction
from payments.contract.lifecycles import OrderStatus

HOURS: Final = tuple(f"h{hour:02}" for hour in range(24))

_SEARCHED: Final = {
    "orders": "number, payer, title",
    "refunds": "number, payer, title",
    "cases": "number, payer, title",
    "products": "number, title, title_en",
}
_MERGED_SEGMENTS: Final = 4

TABLES: Final = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE orders (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        placed_at INTEGER NOT NULL, status INTEGER NOT NULL, channel INTEGER NOT NULL,
        kind INTEGER NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        paid INTEGER NOT NULL, refunded INTEGER NOT NULL, refunding INTEGER NOT NULL,
        quantity INTEGER NOT NULL, title TEXT NOT NULL, product_id TEXT NOT NULL,
        payer_id TEXT NOT NULL, payer TEXT NOT NULL, payer_phone TEXT NOT NULL,
        instructor TEXT NOT NULL, review INTEGER NOT NULL, fulfilment INTEGER NOT NULL,
        settlement INTEGER NOT NULL, paid_at INTEGER, refundable_until INTEGER
    ) STRICT""",
    """CREATE TABLE refunds (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        requested_at INTEGER NOT NULL, state TEXT NOT NULL, channel TEXT NOT NULL,
        kind TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL,
        order_id TEXT NOT NULL, title TEXT NOT NULL, product_id TEXT NOT NULL,
        payer_id TEXT NOT NULL, payer TEXT NOT NULL, reason TEXT NOT NULL,
        requested_by TEXT NOT NULL, requested_by_id TEXT NOT NULL, decided_by TEXT NOT NULL,
        decided_at INTEGER, finished_at INTEGER, needs_second_person INTEGER NOT NULL,
        automatic INTEGER NOT NULL, failure TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE cases (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        opened_at INTEGER NOT NULL, state TEXT NOT NULL, channel TEXT NOT NULL,
        currency TEXT NOT NULL, amount INTEGER NOT NULL, at_risk INTEGER NOT NULL,
        score TEXT NOT NULL, score_rank INTEGER NOT NULL, coefficient TEXT NOT NULL,
        threshold TEXT NOT NULL, order_id TEXT NOT NULL, title TEXT NOT NULL,
        quantity INTEGER NOT NULL, payer_id TEXT NOT NULL, payer TEXT NOT NULL,
        review_by INTEGER NOT NULL, assignee_id TEXT NOT NULL, assignee TEXT NOT NULL,
        disposition TEXT NOT NULL, decided_at INTEGER
    ) STRICT""",
    """CREATE TABLE products (
        row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        kind TEXT NOT NULL, title TEXT NOT NULL, title_en TEXT NOT NULL, currency TEXT NOT NULL,
        price INTEGER NOT NULL, instructor_id TEXT NOT NULL, instructor TEXT NOT NULL,
        commission_rate TEXT NOT NULL, tax_rate TEXT NOT NULL, refund_days INTEGER NOT NULL,
        on_sale INTEGER NOT NULL
    ) STRICT""",
    *(
        f"CREATE TABLE {table}_bodies (row INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT"
        for table in _SEARCHED
    ),
    *(
        f"CREATE VIRTUAL TABLE {table}_search USING fts5 ({columns}, content='',"
        " contentless_delete=1, tokenize='unicode61')"
        for table, columns in _SEARCHED.items()
    ),
    # A product of '' is all of them together.
    f"""CREATE TABLE day_figures (
        currency TEXT NOT NULL, product_id TEXT NOT NULL, day INTEGER NOT NULL,
        channel TEXT NOT NULL, gross INTEGER NOT NULL, refunded INTEGER NOT NULL,
        refunds INTEGER NOT NULL, orders INTEGER NOT NULL, attempts INTEGER NOT NULL,
        succeeded INTEGER NOT NULL, {", ".join(f"{hour} INTEGER NOT NULL" for hour in HOURS)},
        PRIMARY KEY (currency, product_id, day, channel)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE month_figures (
        currency TEXT NOT NULL, month INTEGER NOT NULL, product_id TEXT NOT NULL,
        channel TEXT NOT NULL, gross INTEGER NOT NULL, refunded INTEGER NOT NULL,
        refunds INTEGER NOT NULL, orders INTEGER NOT NULL, attempts INTEGER NOT NULL,
        succeeded INTEGER NOT NULL, PRIMARY KEY (currency, month, product_id, channel)
    ) STRICT, WITHOUT ROWID""",
    *(
        f"""CREATE TABLE {table} (
            {period} INTEGER NOT NULL, status INTEGER NOT NULL, channel INTEGER NOT NULL,
            kind INTEGER NOT NULL, currency TEXT NOT NULL, orders INTEGER NOT NULL,
            amount INTEGER NOT NULL, refunded INTEGER NOT NULL,
            PRIMARY KEY ({period}, status, channel, kind, currency)
        ) STRICT, WITHOUT ROWID"""
        for table, period in (("day_counts", "day"), ("month_counts", "month"))
    ),
    # What the fresh run under way has brought so far.
    """CREATE TABLE brought (
        kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE saved_views (
        list TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, query TEXT NOT NULL,
        PRIMARY KEY (list, name)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE pending_actions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, idempotency_key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL, target TEXT NOT NULL, body TEXT NOT NULL,
        base_version INTEGER NOT NULL, made_at INTEGER NOT NULL, state TEXT NOT NULL,
        answer TEXT NOT NULL
    ) STRICT""",
)

# Every index the list can be sorted by goes on with what the chips filter by, so that no filter in
# any order has to look at the records themselves; ``row`` comes before, where it breaks ties.
_CHIPS: Final = "row, status, channel, kind, currency, amount, refunded"

# Dropped during a first sync and built once at its end, which is several times faster.
INDEXES: Final = {
    "orders_placed": f"orders (placed_at, {_CHIPS})",
    "orders_status": "orders (status, placed_at, row, channel, kind, currency, amount, refunded)",
    "orders_channel": "orders (channel, placed_at, row, status, kind, currency, amount, refunded)",
    "orders_kind": "orders (kind, placed_at, row, status, channel, currency, amount, refunded)",
    "orders_amount": "orders (amount, placed_at, row, status, channel, kind, currency, refunded)",
    "orders_payer": f"orders (payer, placed_at, {_CHIPS})",
    "orders_title": f"orders (title, placed_at, {_CHIPS})",
    # These follow the order of the rows closely: cheap to build and to keep.
    "orders_refunded": "orders (refunded, placed_at, row, status, channel, kind, currency, amount)",
    "orders_paid": f"orders (paid_at, {_CHIPS})",
    "orders_quantity": f"orders (quantity, placed_at, {_CHIPS})",
    "orders_instructor": f"orders (instructor, placed_at, {_CHIPS})",
    "orders_product": "orders (product_id, placed_at)",
    "orders_payer_id": "orders (payer_id, placed_at)",
    "orders_held": (
        "orders (currency, paid_at, product_id, channel, paid, refunded)"
        f" WHERE status = {STATUSES.of(OrderStatus.ON_HOLD)}"
    ),
    "refunds_requested": "refunds (requested_at)",
    "refunds_state": "refunds (state, requested_at)",
    "refunds_order": "refunds (order_id)",
    "refunds_payer_id": "refunds (payer_id)",
    "cases_state": "cases (state, at_risk)",
    "cases_order": "cases (order_id)",
    "day_figures_products": (
        "day_figures (currency, day, product_id, channel, gross, refunded, orders)"
    ),
}


def create_index(db: Transaction, name: str) -> None:
    """Build one secondary index, unless it is there."""
    db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {INDEXES[name]}")


def analyze(db: Transaction) -> None:
    """Renew the statistics that choose between indexes; a sample of each is enough for that."""
    db.execute("PRAGMA analysis_limit = 1000")
    # Not what has no index to choose from: of the bodies it would count every page.
    for table in sorted({columns.split(" ", 1)[0] for columns in INDEXES.values()}):
        db.execute(f"ANALYZE {table}")


def create_indexes(db: Transaction) -> None:
    """Build every secondary index that is not there."""
    for name in INDEXES:
        create_index(db, name)
    merge_search(db)
    analyze(db)


def drop_indexes(db: Transaction) -> None:
    """Take the secondary indexes away before a first sync, and let what is searched grow freely."""
    for name in INDEXES:
        db.execute(f"DROP INDEX IF EXISTS {name}")
    merge_search(db, 0)


def merge_search(db: Transaction, segments: int = _MERGED_SEGMENTS) -> None:
    """How many segments of the searched words are merged into one as they come; 0 is none.

    During a first sync most words would be written four times over.
    """
    for table in _SEARCHED:
        search = f"{table}_search"
        db.execute(f"INSERT INTO {search} ({search}, rank) VALUES ('automerge', ?)", (segments,))
