"""The tables of books that are kept: notices, ledger, feed, jobs, audit, imports, settings."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, UniqueConstraint

from payments.store.tables import (
    METADATA,
    at,
    key,
    maybe_at,
    maybe_text,
    number,
    text,
    yes_no,
)

# A head is one row that every transaction updates: room on its page keeps the updates in place.
_ROOMY: Final = {"fillfactor": 10}


def _numbered() -> Column[int]:
    return Column("n", BigInteger, primary_key=True, autoincrement=False)


NOTICES: Final = Table(
    "notices",
    METADATA,
    key("merchant"),
    key("channel"),
    key("notice_id"),
    at("received_ms"),
    text("result"),
)

SECURITY_EVENTS: Final = Table(
    "security_events",
    METADATA,
    key("merchant"),
    key("id"),
    at("at_ms"),
    text("kind"),
    text("channel"),
    text("subject"),
    text("data"),
    Index(None, "merchant", "at_ms"),
)

LEDGER_TRANSACTIONS: Final = Table(
    "ledger_transactions",
    METADATA,
    key("merchant"),
    _numbered(),
    text("id"),
    at("at_ms"),
    text("event"),
    text("order_id"),
    text("refund_id"),
    text("previous"),
    text("hash"),
    UniqueConstraint("merchant", "id"),
)

POSTINGS: Final = Table(
    "postings",
    METADATA,
    key("merchant"),
    _numbered(),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    text("account"),
    text("currency"),
    number("amount"),
    text("order_id"),
    Index(None, "merchant", "account", "currency", "amount"),
    Index(None, "merchant", "order_id"),
    ForeignKeyConstraint(
        ["merchant", "n"], ["ledger_transactions.merchant", "ledger_transactions.n"]
    ),
)

LEDGER_HEAD: Final = Table(
    "ledger_head",
    METADATA,
    key("merchant"),
    number("n"),
    text("hash"),
    postgresql_with=_ROOMY,
)

FEED: Final = Table(
    "feed",
    METADATA,
    key("merchant"),
    key("kind"),
    key("id"),
    key("audience"),
    number("seq"),
    text("payer_id"),
    yes_no("at_risk"),
    maybe_text("body"),
    maybe_text("inner_body"),
    UniqueConstraint("merchant", "seq"),
    Index(None, "merchant", "audience", "seq"),
    Index(None, "merchant", "payer_id", "seq"),
)

FEED_HEAD: Final = Table(
    "feed_head",
    METADATA,
    key("merchant"),
    number("seq"),
    text("generation"),
    postgresql_with=_ROOMY,
)

JOBS: Final = Table(
    "jobs",
    METADATA,
    key("merchant"),
    key("id"),
    text("kind"),
    text("dedup"),
    text("args"),
    at("run_at_ms"),
    number("attempts"),
    text("lease"),
    at("lease_until_ms"),
    text("last_error"),
    maybe_at("dead_ms"),
    UniqueConstraint("merchant", "dedup"),
    Index(None, "merchant", "dead_ms", "run_at_ms"),
)

IDEMPOTENCY: Final = Table(
    "idempotency",
    METADATA,
    key("merchant"),
    key("user_id"),
    key("key"),
    text("digest"),
    number("status"),
    text("body"),
    number("version"),
    at("at_ms"),
    Index(None, "merchant", "at_ms"),
)

AUDIT: Final = Table(
    "audit",
    METADATA,
    key("merchant"),
    _numbered(),
    at("at_ms"),
    text("actor"),
    text("what"),
    text("subject"),
    text("data"),
    text("previous"),
    text("hash"),
    Index(None, "merchant", "subject"),
)

AUDIT_HEAD: Final = Table(
    "audit_head",
    METADATA,
    key("merchant"),
    number("n"),
    text("hash"),
    postgresql_with=_ROOMY,
)

CHANNEL_SETTINGS: Final = Table(
    "channel_settings",
    METADATA,
    key("merchant"),
    key("channel"),
    yes_no("enabled"),
    text("fee_rate"),
    text("config"),
)

IMPORTED: Final = Table(
    "imported",
    METADATA,
    key("merchant"),
    key("source"),
    key("external_id"),
    text("digest"),
    text("kind"),
    text("record_id"),
)


EXCHANGE_RATES: Final = Table(
    "exchange_rates",
    METADATA,
    key("merchant"),
    key("currency"),
    key("day"),
    text("rate"),
)
