"""Who may do what (spec section 1): roles, permissions and what each role's feed carries."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What a signed-in person, or the course platform's own program, is."""

    CREATOR = "creator"
    RISK_REVIEWER = "risk_reviewer"
    FINANCE = "finance"
    SUPPORT = "support"
    ADMIN = "admin"
    PLATFORM = "platform"


class Permission(StrEnum):
    """One thing that a role may do; the server checks each, the console only hides."""

    ORDERS_READ = "orders.read"
    ORDERS_PLACE = "orders.place"
    PAYMENTS_START = "payments.start"
    REFUNDS_READ = "refunds.read"
    REFUNDS_REQUEST = "refunds.request"
    REFUNDS_APPROVE = "refunds.approve"
    REFUNDS_COMMENT = "refunds.comment"
    RISK_READ = "risk.read"
    RISK_DECIDE = "risk.decide"
    LEDGER_READ = "ledger.read"
    REVENUE_READ = "revenue.read"
    PAYER_UNMASK = "payer.unmask"
    CUSTOMERS_OPEN = "customers.open"
    CATALOGUE_READ = "catalogue.read"
    CATALOGUE_WRITE = "catalogue.write"
    CHANNELS_READ = "channels.read"
    CHANNELS_WRITE = "channels.write"
    SETTINGS_WRITE = "settings.write"
    USERS_WRITE = "users.write"
    AUDIT_READ = "audit.read"


class Kind(StrEnum):
    """The kinds of record in the change feed."""

    ORDER = "order"
    REFUND = "refund"
    RISK_CASE = "risk_case"
    PRODUCT = "product"


class View(StrEnum):
    """Which records of a merchant a role may see."""

    EVERYTHING = "everything"
    OWN_PRODUCTS = "own_products"
    RISK_RELATED = "risk_related"
    OPEN_CUSTOMER = "open_customer"
    NOTHING = "nothing"


P = Permission

GRANTS: Final = MappingProxyType(
    {
        Role.CREATOR: frozenset(
            {P.ORDERS_READ, P.REFUNDS_READ, P.REFUNDS_COMMENT, P.REVENUE_READ, P.CATALOGUE_READ}
        ),
        Role.RISK_REVIEWER: frozenset(
            {P.ORDERS_READ, P.REFUNDS_READ, P.RISK_READ, P.RISK_DECIDE, P.PAYER_UNMASK}
        ),
        Role.FINANCE: frozenset(
            {
                P.ORDERS_READ,
                P.REFUNDS_READ,
                P.REFUNDS_REQUEST,
                P.REFUNDS_APPROVE,
                P.LEDGER_READ,
                P.REVENUE_READ,
                P.CATALOGUE_READ,
                P.CHANNELS_READ,
                P.PAYER_UNMASK,
            }
        ),
        Role.SUPPORT: frozenset(
            {
                P.ORDERS_READ,
                P.REFUNDS_READ,
                P.REFUNDS_REQUEST,
                P.CUSTOMERS_OPEN,
                P.CATALOGUE_READ,
                P.PAYER_UNMASK,
            }
        ),
        Role.ADMIN: frozenset(set(P) - {P.CUSTOMERS_OPEN}),
        Role.PLATFORM: frozenset(
            {P.ORDERS_READ, P.ORDERS_PLACE, P.PAYMENTS_START, P.CATALOGUE_READ}
        ),
    }
)

# Which records each role sees, and which kinds its feed carries.
VIEWS: Final = MappingProxyType(
    {
        Role.CREATOR: View.OWN_PRODUCTS,
        Role.RISK_REVIEWER: View.RISK_RELATED,
        Role.FINANCE: View.EVERYTHING,
        Role.SUPPORT: View.OPEN_CUSTOMER,
        Role.ADMIN: View.EVERYTHING,
        Role.PLATFORM: View.NOTHING,
    }
)
FEED_KINDS: Final = MappingProxyType(
    {
        Role.CREATOR: frozenset({Kind.PRODUCT, Kind.ORDER, Kind.REFUND}),
        Role.RISK_REVIEWER: frozenset({Kind.ORDER, Kind.REFUND, Kind.RISK_CASE}),
        Role.FINANCE: frozenset({Kind.PRODUCT, Kind.ORDER, Kind.REFUND}),
        Role.SUPPORT: frozenset({Kind.ORDER, Kind.REFUND}),
        Role.ADMIN: frozenset(Kind),
        Role.PLATFORM: frozenset[Kind](),
    }
)
# Roles that are given the inner part of a record: routing reason, channel fee, risk assessment.
SEES_INNER: Final = frozenset({Role.FINANCE, Role.RISK_REVIEWER, Role.ADMIN})


def may(role: Role, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return permission in GRANTS[role]
