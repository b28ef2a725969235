from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from payments.contract.wire.records import ChannelName, ProductKind
from payments.domain import ledger_entries as entries
from payments.domain.commission import Shares

amounts = st.integers(0, 10**12)
sales = st.builds(
    entries.Sale,
    st.sampled_from(ChannelName),
    st.just("CNY"),
    st.sampled_from(ProductKind),
    st.just("payer-1"),
    st.just("teacher-1"),
)
parts = st.builds(Shares, amounts, amounts, amounts)


def _balances(*transactions: tuple[entries.Entry, ...]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for entry in (entry for transaction in transactions for entry in transaction):
        totals[entry.account] += entry.amount
    return {account: amount for account, amount in totals.items() if amount}


@given(sales, parts, amounts)
def test_every_event_posts_a_balanced_transaction(sale, shares, fee):
    amount = shares.total
    for transaction in (
        entries.payment_received(sale, shares, fee),
        entries.unasked_received(sale, amount, fee),
        entries.balance_granted(sale, amount),
        entries.refund_reserved(sale, amount),
        entries.refund_released(sale, amount),
        entries.refund_paid(sale, shares, fee),
        entries.unasked_returned(sale, amount, fee),
    ):
        assert sum(entry.amount for entry in transaction) == 0
        assert all(entry.amount for entry in transaction)


@given(sales, parts, amounts)
def test_a_full_refund_with_its_fee_leaves_nothing_anywhere(sale, shares, fee):
    assert not _balances(
        entries.payment_received(sale, shares, fee), entries.refund_paid(sale, shares, fee)
    )


@given(parts, amounts)
def test_a_granted_top_up_is_reserved_before_it_goes_back(shares, fee):
    sale = entries.Sale(ChannelName.WECHAT_PAY, "CNY", ProductKind.TOP_UP, "payer-1", "")
    assert not _balances(
        entries.payment_received(sale, shares, fee),
        entries.balance_granted(sale, shares.total),
        entries.refund_reserved(sale, shares.total),
        entries.refund_released(sale, shares.total),
        entries.refund_reserved(sale, shares.total),
        entries.refund_paid(sale, shares, fee),
    )


@given(sales, amounts, amounts)
def test_unasked_money_that_went_back_leaves_nothing_anywhere(sale, amount, fee):
    assert not _balances(
        entries.unasked_received(sale, amount, fee), entries.unasked_returned(sale, amount, fee)
    )


def test_a_top_up_becomes_the_payers_balance():
    sale = entries.Sale(ChannelName.ALIPAY, "CNY", ProductKind.TOP_UP, "payer-1", "")
    received = entries.payment_received(sale, Shares(0, 10_000), 60)
    assert _balances(received)["owed_to_payers"] == -10_000
    assert _balances(received, entries.balance_granted(sale, 10_000)) == {
        "channel_clearing:alipay": 9_940,
        "payer_balance:payer-1": -10_000,
        "fees:alipay": 60,
    }


def test_paying_by_balance_spends_it():
    sale = entries.Sale(ChannelName.BALANCE, "CNY", ProductKind.COURSE, "payer-1", "teacher-1")
    assert _balances(entries.payment_received(sale, Shares(6_300, 2_700, 450), 0)) == {
        "payer_balance:payer-1": 9_450,
        "instructor_payable:teacher-1": -6_300,
        "platform_revenue": -2_700,
        "tax_payable": -450,
    }
