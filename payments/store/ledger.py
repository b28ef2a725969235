"""The ledger: balanced transactions that are only ever appended, each chained to the one before.

The chain runs over the canonical content of every transaction; whoever changes, drops or inserts
one changes every hash after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update

from payments.contract.wire.requests import LedgerCheck, Posting
from payments.domain.hash_chain import START, link
from payments.domain.ledger_entries import Entry
from payments.store.instants import instant
from payments.store.prepared import Prepared
from payments.store.tables_books import LEDGER_HEAD, LEDGER_TRANSACTIONS, POSTINGS
from payments.store.work import Posted, Work

_T: Final = LEDGER_TRANSACTIONS.c
_P: Final = POSTINGS.c
_HEAD: Final = Prepared(
    select(LEDGER_HEAD.c.n, LEDGER_HEAD.c.hash)
    .where(LEDGER_HEAD.c.merchant == bindparam("merchant"))
    .with_for_update()
)
_ADVANCE: Final = Prepared(
    update(LEDGER_HEAD)
    .where(LEDGER_HEAD.c.merchant == bindparam("at_merchant"))
    .values(n=bindparam("to_n"), hash=bindparam("to_hash"))
)
_ADD_TRANSACTION: Final = Prepared(LEDGER_TRANSACTIONS.insert())
_ADD_POSTING: Final = Prepared(POSTINGS.insert())
_BALANCE: Final = select(func.coalesce(func.sum(_P.amount), 0)).where(
    _P.merchant == bindparam("merchant"),
    _P.account == bindparam("account"),
    _P.currency == bindparam("currency"),
)
_LINES: Final = select(_T.id, _T.at_ms, _P.account, _P.currency, _P.amount, _T.event).join_from(
    POSTINGS, LEDGER_TRANSACTIONS, (_T.merchant == _P.merchant) & (_T.n == _P.n)
)
_OF_ORDER: Final = _LINES.where(
    _P.merchant == bindparam("merchant"), _P.order_id == bindparam("order_id")
).order_by(_P.n, _P.line)
_SUMS: Final = (
    select(_P.currency, func.sum(_P.amount))
    .where(_P.merchant == bindparam("merchant"))
    .group_by(_P.currency)
)
_WHOLE: Final = (
    select(
        _T.n,
        _T.id,
        _T.at_ms,
        _T.event,
        _T.order_id,
        _T.refund_id,
        _T.previous,
        _T.hash,
        _P.account,
        _P.currency,
        _P.amount,
    )
    .join_from(
        LEDGER_TRANSACTIONS, POSTINGS, (_T.merchant == _P.merchant) & (_T.n == _P.n), isouter=True
    )
    .where(_T.merchant == bindparam("merchant"))
    .order_by(_T.n, _P.line)
)


class UnbalancedError(AssertionError):
    """Postings of one transaction do not add up to zero: a mistake in a flow, never written."""


def post(
    work: Work, event: str, entries: Iterable[Entry], *, order_id: str = "", refund_id: str = ""
) -> None:
    """Post one transaction. Raises UnbalancedError unless each currency adds up to zero."""
    lines = tuple(entry for entry in entries if entry.amount)
    assert_balanced(lines)
    if lines:
        posted = Posted(work.new_id(), work.now_ms, event, lines, order_id, refund_id)
        work.postings.append(posted)


def assert_balanced(entries: Iterable[Entry]) -> None:
    """Raises UnbalancedError unless the entries of each currency add up to zero."""
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        sums[entry.currency] += entry.amount
    if any(sums.values()):
        raise UnbalancedError(dict(sums))


def balance(work: Work, account: str, currency: str) -> int:
    """The sum of an account in minor units, what this work has posted included."""
    bound = {"merchant": work.merchant, "account": account, "currency": currency}
    stored: int = work.connection.execute(_BALANCE, bound).scalar_one()
    return int(stored) + sum(
        entry.amount
        for posted in work.postings
        for entry in posted.entries
        if (entry.account, entry.currency) == (account, currency)
    )


def write(work: Work) -> None:
    """Append what the work has posted to the chain. Part of ``finishing.finish``."""
    append(work, work.postings)


def append(work: Work, posted: Sequence[Posted]) -> None:
    """Append transactions to the chain at once, in this order. Raises UnbalancedError."""
    if not posted:
        return
    for one in posted:
        assert_balanced(one.entries)
    ((number, previous),) = _HEAD.rows(work, {"merchant": work.merchant})
    rows = _chained(work.merchant, posted, number, previous)
    transactions, postings = map(list, zip(*rows, strict=True))
    _ADD_TRANSACTION.run_each(work, transactions)
    _ADD_POSTING.run_each(work, [line for lines in postings for line in lines])
    last = transactions[-1]
    _ADVANCE.run(work, {"at_merchant": work.merchant, "to_n": last["n"], "to_hash": last["hash"]})


def _chained(
    merchant: str, posted: Sequence[Posted], number: int, previous: str
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Rows of transactions and postings that continue the chain after ``number``."""
    for one in posted:
        number += 1
        transaction: dict[str, Any] = {
            "n": number,
            "id": one.id,
            "at_ms": one.at_ms,
            "event": str(one.event),
            "order_id": one.order_id,
            "refund_id": one.refund_id,
        }
        entries = [(entry.account, entry.currency, entry.amount) for entry in one.entries]
        digest = link(previous, _content(transaction, entries))
        yield (
            {"merchant": merchant, **transaction, "previous": previous, "hash": digest},
            [
                {
                    "merchant": merchant,
                    "n": number,
                    "line": line,
                    "account": account,
                    "currency": currency,
                    "amount": amount,
                    "order_id": one.order_id,
                }
                for line, (account, currency, amount) in enumerate(entries)
            ],
        )
        previous = digest


def _content(transaction: dict[str, Any], entries: Sequence[tuple[str, str, int]]) -> Any:  # noqa: ANN401 - JSON
    return [transaction, entries]


def postings_of(work: Work, order_id: str) -> tuple[Posting, ...]:
    """The postings of one order, oldest first."""
    bound = {"merchant": work.merchant, "order_id": order_id}
    return tuple(
        Posting(
            transaction=row.id,
            at=instant(row.at_ms),
            account=row.account,
            currency=row.currency,
            amount=row.amount,
            event=row.event,
        )
        for row in work.connection.execute(_OF_ORDER, bound)
    )


def check(work: Work) -> LedgerCheck:
    """Add the whole ledger up and follow its chain; ``first_broken`` is a transaction's id."""
    bound = {"merchant": work.merchant}
    sums = {currency: int(total) for currency, total in work.connection.execute(_SUMS, bound)}
    count, broken, last = _follow(work)
    if not broken and _HEAD.rows(work, bound) != [(count, last)]:
        broken = "head"
    return LedgerCheck(
        transactions=count,
        balanced=not any(sums.values()),
        chain_intact=not broken,
        sums=sums,
        first_broken=broken,
    )


def _follow(work: Work) -> tuple[int, str, str]:
    count, broken, previous = 0, "", START
    rows = work.connection.execute(_WHOLE, {"merchant": work.merchant})
    for _, lines in groupby(rows, key=lambda row: row.n):
        postings = list(lines)
        first = postings[0]
        transaction = {
            "n": first.n,
            "id": first.id,
            "at_ms": first.at_ms,
            "event": first.event,
            "order_id": first.order_id,
            "refund_id": first.refund_id,
        }
        entries = [
            (row.account, row.currency, row.amount) for row in postings if row.account is not None
        ]
        count += 1
        expected = link(previous, _content(transaction, entries))
        follows = (first.n, first.previous, first.hash) == (count, previous, expected)
        if not broken and not follows:
            broken = first.id
        previous = first.hash
    return count, broken, previous
