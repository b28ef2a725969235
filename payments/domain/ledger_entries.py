"""Which accounts each event that moves money posts to; debits are positive, sums are zero.

Accounts are named ``kind`` or ``kind:whose``. What the business has (money at a channel, fees it
bore) is debited; what it owes (a payer's balance, an instructor's share, tax) is credited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from payments.contract.wire.records import ChannelName, ProductKind
from payments.domain.commission import Shares


class LedgerEvent(StrEnum):
    """What moved money."""

    PAYMENT_RECEIVED = "payment_received"
    UNASKED_RECEIVED = "unasked_received"
    BALANCE_GRANTED = "balance_granted"
    REFUND_RESERVED = "refund_reserved"
    REFUND_RELEASED = "refund_released"
    REFUND_PAID = "refund_paid"
    UNASKED_RETURNED = "unasked_returned"


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting: ``amount`` in minor units of ``currency``, debit positive."""

    account: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Sale:
    """What the ledger needs to know of an order and the channel its money came through."""

    channel: ChannelName
    currency: str
    kind: ProductKind
    payer_id: str
    instructor_id: str


OWED = "owed_to_payers"
PLATFORM = "platform_revenue"
TAX = "tax_payable"


def balance_account(payer_id: str) -> str:
    """The account of a payer's prepaid balance; what the payer has is its negated sum."""
    return f"payer_balance:{payer_id}"


def instructor_account(instructor_id: str) -> str:
    """The account of what an instructor has earned."""
    return f"instructor_payable:{instructor_id}"


def fee_account(channel: ChannelName) -> str:
    """The account of a channel's fees."""
    return f"fees:{channel.value}"


def money_account(channel: ChannelName, payer_id: str) -> str:
    """Where the money of a channel is: its clearing account, or the payer's own balance."""
    if channel is ChannelName.BALANCE:
        return balance_account(payer_id)
    return f"channel_clearing:{channel.value}"


def payment_received(sale: Sale, shares: Shares, fee: int) -> tuple[Entry, ...]:
    """An order's money arrived and is shared; a top-up's is owed until its balance is granted."""
    return _entries(
        sale.currency,
        [(_money(sale), shares.total), *_negated(_given_up(sale, shares)), *_fee(sale, fee)],
    )


def balance_granted(sale: Sale, amount: int) -> tuple[Entry, ...]:
    """A top-up was fulfilled: the payer can spend it."""
    return _entries(sale.currency, [(OWED, amount), (balance_account(sale.payer_id), -amount)])


def unasked_received(sale: Sale, amount: int, fee: int) -> tuple[Entry, ...]:
    """Money that arrived late or a second time: it is owed back, nobody has earned it."""
    return _entries(sale.currency, [(_money(sale), amount), (OWED, -amount), *_fee(sale, fee)])


def refund_reserved(sale: Sale, amount: int) -> tuple[Entry, ...]:
    """A top-up's refund was asked for: the payer can no longer spend that part of the balance."""
    return _entries(sale.currency, [(balance_account(sale.payer_id), amount), (OWED, -amount)])


def refund_released(sale: Sale, amount: int) -> tuple[Entry, ...]:
    """A top-up's refund came to nothing: the payer may spend that part of the balance again."""
    return _entries(sale.currency, [(balance_account(sale.payer_id), -amount), (OWED, amount)])


def refund_paid(sale: Sale, shares: Shares, fee_returned: int) -> tuple[Entry, ...]:
    """A refund reached the payer; each part is taken back from who had earned it."""
    return _entries(
        sale.currency,
        [
            *_given_up(sale, shares),
            (_money(sale), -shares.total),
            *_fee(sale, -fee_returned),
        ],
    )


def unasked_returned(sale: Sale, amount: int, fee_returned: int) -> tuple[Entry, ...]:
    """Money that arrived late or a second time has gone back."""
    return _entries(
        sale.currency,
        [(OWED, amount), (_money(sale), -amount), *_fee(sale, -fee_returned)],
    )


def _money(sale: Sale) -> str:
    return money_account(sale.channel, sale.payer_id)


def _given_up(sale: Sale, shares: Shares) -> list[tuple[str, int]]:
    if sale.kind is ProductKind.TOP_UP:
        return [(OWED, shares.total)]
    return [
        (instructor_account(sale.instructor_id), shares.instructor),
        (PLATFORM, shares.platform),
        (TAX, shares.tax),
    ]


def _negated(lines: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(account, -amount) for account, amount in lines]


def _fee(sale: Sale, fee: int) -> list[tuple[str, int]]:
    return [(fee_account(sale.channel), fee), (_money(sale), -fee)]


def _entries(currency: str, lines: Iterable[tuple[str, int]]) -> tuple[Entry, ...]:
    return tuple(Entry(account, currency, amount) for account, amount in lines if amount)
