"""The tables of records and people; ``tables_books`` has the books that are kept about them.

Every primary key starts with the merchant, the unit of scale. Instants are milliseconds in
``…_ms`` columns, amounts are minor units, rates are exact decimal text, JSON is text. Ids are made
by the application. No row of one merchant points at a row of another.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str) -> Column[Any]:
    """A text column of the primary key."""
    return Column(name, Text, primary_key=True)


def text(name: str) -> Column[Any]:
    """Text that may be empty but is never absent."""
    return Column(name, Text, nullable=False)


def number(name: str) -> Column[Any]:
    """A whole number of 64 bits: an amount in minor units, a count."""
    return Column(name, BigInteger, nullable=False)


def at(name: str) -> Column[Any]:
    """An instant that is always known, in milliseconds."""
    return Column(name, BigInteger, nullable=False)


def maybe_at(name: str) -> Column[Any]:
    """An instant that may not have come yet, in milliseconds."""
    return Column(name, BigInteger)


def maybe_text(name: str) -> Column[Any]:
    """Text that may be absent."""
    return Column(name, Text)


def yes_no(name: str) -> Column[Any]:
    """A truth value."""
    return Column(name, Boolean, nullable=False)


def known_index(name: str, *then: str) -> Index:
    """An index of the rows whose text in this column is not empty."""
    known = column(name) != ""
    return Index(None, "merchant", name, *then, sqlite_where=known, postgresql_where=known)


MERCHANTS: Final = Table(
    "merchants",
    METADATA,
    key("merchant"),
    text("name"),
    text("zone"),
    text("base_currency"),
    text("settings"),
)

USERS: Final = Table(
    "users",
    METADATA,
    key("merchant"),
    key("id"),
    text("login"),
    text("name"),
    text("role"),
    text("instructor_id"),
    text("password_hash"),
    text("second_factor"),
    number("failed"),
    maybe_at("locked_until_ms"),
    yes_no("disabled"),
    UniqueConstraint("merchant", "login"),
)

RECOVERY_CODES: Final = Table(
    "recovery_codes",
    METADATA,
    key("merchant"),
    key("user_id"),
    key("code_hash"),
    ForeignKeyConstraint(["merchant", "user_id"], ["users.merchant", "users.id"]),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    key("merchant"),
    key("id"),
    text("access_hash"),
    text("refresh_hash"),
    text("family"),
    text("user_id"),
    text("device"),
    at("created_ms"),
    at("access_expires_ms"),
    at("refresh_expires_ms"),
    maybe_at("replaced_ms"),
    maybe_at("revoked_ms"),
    UniqueConstraint("merchant", "access_hash"),
    UniqueConstraint("merchant", "refresh_hash"),
    Index(None, "merchant", "user_id"),
    Index(None, "merchant", "family"),
    ForeignKeyConstraint(["merchant", "user_id"], ["users.merchant", "users.id"]),
)

DESKS: Final = Table("desks", METADATA, key("merchant"), key("user_id"), text("payer_id"))

PRODUCTS: Final = Table(
    "products",
    METADATA,
    key("merchant"),
    key("id"),
    text("kind"),
    text("title"),
    text("title_en"),
    text("currency"),
    number("price"),
    text("instructor_id"),
    text("instructor"),
    text("commission_rate"),
    text("tax_rate"),
    number("refund_days"),
    number("period_days"),
    text("expert"),
    yes_no("on_sale"),
)

PAYERS: Final = Table(
    "payers",
    METADATA,
    key("merchant"),
    key("id"),
    text("name"),
    text("phone"),
    text("email"),
    at("first_seen_ms"),
    yes_no("at_risk"),
    known_index("phone"),
    known_index("email"),
)

ORDERS: Final = Table(
    "orders",
    METADATA,
    key("merchant"),
    key("id"),
    at("placed_ms"),
    text("kind"),
    text("product_id"),
    text("title"),
    number("quantity"),
    text("instructor_id"),
    text("instructor"),
    text("payer_id"),
    text("payer"),
    text("payer_phone"),
    text("currency"),
    number("price"),
    number("discount"),
    text("discount_rate"),
    number("tax"),
    text("tax_rate"),
    number("amount"),
    text("commission_rate"),
    number("instructor_share"),
    number("refund_days"),
    text("state"),
    text("fulfilment"),
    text("review"),
    text("settlement"),
    maybe_text("channel"),
    maybe_text("method"),
    number("attempt_count"),
    number("paid"),
    number("refunded"),
    number("refunding"),
    number("fee"),
    maybe_at("paid_ms"),
    maybe_at("expires_ms"),
    maybe_at("refundable_until_ms"),
    text("device_id"),
    text("address"),
    text("country"),
    yes_no("at_risk"),
    maybe_text("routing"),
    maybe_text("risk"),
    text("lines"),
    text("events"),
    text("source"),
    Index(None, "merchant", "payer_id", "placed_ms"),
    known_index("device_id", "placed_ms"),
    known_index("address"),
)

ATTEMPTS: Final = Table(
    "attempts",
    METADATA,
    key("merchant"),
    key("id"),
    text("order_id"),
    text("channel"),
    text("method"),
    text("state"),
    text("currency"),
    number("amount"),
    at("started_ms"),
    maybe_at("ended_ms"),
    at("expires_ms"),
    text("failure"),
    text("channel_ref"),
    text("took"),
    text("instruction_kind"),
    text("instruction"),
    number("asked"),
    Index(None, "merchant", "order_id"),
    Index(None, "merchant", "ended_ms"),
    ForeignKeyConstraint(["merchant", "order_id"], ["orders.merchant", "orders.id"]),
)

REFUNDS: Final = Table(
    "refunds",
    METADATA,
    key("merchant"),
    key("id"),
    text("order_id"),
    text("attempt_id"),
    at("requested_ms"),
    text("currency"),
    number("amount"),
    text("state"),
    text("reason"),
    text("note"),
    text("title"),
    maybe_text("kind"),
    text("product_id"),
    text("instructor_id"),
    text("payer_id"),
    text("payer"),
    maybe_text("channel"),
    text("requested_by"),
    text("requested_by_id"),
    text("decided_by"),
    text("decided_by_id"),
    maybe_at("decided_ms"),
    maybe_at("submitted_ms"),
    maybe_at("finished_ms"),
    yes_no("needs_second_person"),
    yes_no("automatic"),
    yes_no("at_risk"),
    text("failure"),
    text("channel_ref"),
    number("asked"),
    maybe_text("effects"),
    text("lines"),
    text("events"),
    text("source"),
    Index(None, "merchant", "order_id"),
)

RISK_CASES: Final = Table(
    "risk_cases",
    METADATA,
    key("merchant"),
    key("id"),
    text("order_id"),
    at("opened_ms"),
    text("state"),
    text("currency"),
    number("amount"),
    number("expected_loss"),
    text("risk"),
    text("title"),
    number("quantity"),
    text("payer_id"),
    text("payer"),
    maybe_text("channel"),
    at("review_by_ms"),
    text("assignee_id"),
    text("assignee"),
    maybe_text("disposition"),
    maybe_text("decided_by"),
    text("decider_id"),
    text("decider"),
    maybe_at("decided_ms"),
    text("reason"),
    text("note"),
    text("evidence"),
    text("events"),
    Index(None, "merchant", "order_id"),
)

HOLDS: Final = Table(
    "holds",
    METADATA,
    key("merchant"),
    key("id"),
    text("subject_kind"),
    text("subject"),
    text("state"),
    text("reason"),
    text("owner"),
    text("next_action"),
    at("review_by_ms"),
    Index(None, "merchant", "subject_kind", "subject"),
)
