from __future__ import annotations

import asyncio
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from payments.contract.roles import Role
from payments.domain.ledger_entries import Entry
from payments.store import audit, ledger
from payments.store.ledger import UnbalancedError
from payments.store.work import Actor


def move(work, amount, *, currency="CNY", order_id="o", event="payment_received"):
    entries = (Entry("from", currency, -amount), Entry("to", currency, amount))
    ledger.post(work, event, entries, order_id=order_id)


def tamper(desk, statement):
    desk.run(lambda work: work.connection.execute(text(statement)))


def test_what_does_not_balance_is_never_written(desk):
    def lopsided(work):
        ledger.post(work, "x", (Entry("a", "CNY", 5), Entry("b", "USD", -5)))

    with pytest.raises(UnbalancedError):
        desk.run(lopsided)
    assert desk.read(ledger.check).transactions == 0


def test_an_event_that_moves_nothing_leaves_no_transaction(desk):
    desk.run(lambda work: ledger.post(work, "x", (Entry("a", "CNY", 0),)))
    assert desk.read(ledger.check).transactions == 0


def test_the_balance_of_an_account_counts_what_this_work_has_posted(desk):
    desk.run(move, 70)

    def spend(work):
        move(work, 30)
        return ledger.balance(work, "to", "CNY")

    assert desk.run(spend) == 100
    assert desk.read(ledger.balance, "to", "CNY") == 100
    assert desk.read(ledger.balance, "from", "CNY") == -100
    assert desk.read(ledger.balance, "to", "USD") == 0


def test_the_postings_of_an_order_are_listed_oldest_first(desk):
    def two(work):
        move(work, 1, order_id="mine")
        move(work, 2, order_id="other")
        move(work, 3, order_id="mine", event="refund_paid")

    desk.run(two)
    listed = desk.read(ledger.postings_of, "mine")
    assert [(it.event, it.account, it.amount) for it in listed] == [
        ("payment_received", "from", -1),
        ("payment_received", "to", 1),
        ("refund_paid", "from", -3),
        ("refund_paid", "to", 3),
    ]
    assert len({it.transaction for it in listed}) == 2


transactions = st.lists(
    st.tuples(
        st.sampled_from(["CNY", "USD", "JPY"]),
        st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=5),
    ),
    max_size=8,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(transactions)
def test_every_currency_adds_up_to_zero_and_the_chain_holds(desk, script):
    before = desk.read(ledger.check)

    def post_all(work):
        for currency, amounts in script:
            entries = [Entry(f"a{n}", currency, amount) for n, amount in enumerate(amounts)]
            ledger.post(work, "x", (*entries, Entry("rest", currency, -sum(amounts))))

    desk.run(post_all)
    after = desk.read(ledger.check)
    moving = sum(any(amounts) for _, amounts in script)
    assert after.transactions == before.transactions + moving
    assert after.balanced
    assert after.chain_intact
    assert set(after.sums.values()) <= {0}


def test_many_at_once_chain_one_after_the_other(desk):
    async def many():
        await asyncio.gather(*(desk.database.run(move, n + 1) for n in range(40)))

    desk.database.complete(many())
    check = desk.read(ledger.check)
    assert (check.transactions, check.balanced, check.chain_intact) == (40, True, True)


@pytest.mark.parametrize(
    ("change", "balanced"),
    [
        ("UPDATE postings SET amount = amount + 1 WHERE n = 3 AND line = 0", False),
        ("UPDATE postings SET amount = amount * 2 WHERE n = 3", True),
        ("UPDATE postings SET account = 'mine' WHERE n = 3 AND line = 1", True),
        ("UPDATE ledger_transactions SET event = 'gift' WHERE n = 3", True),
        ("UPDATE ledger_transactions SET at_ms = at_ms - 1 WHERE n = 3", True),
        ("DELETE FROM postings WHERE n = 3", True),
        ("UPDATE ledger_transactions SET hash = previous WHERE n = 3", True),
    ],
)
def test_changing_the_past_shows_where(desk, change, balanced):
    for amount in range(1, 6):
        desk.run(move, amount)
    third = desk.run(
        lambda work: work.connection.execute(
            text("SELECT id FROM ledger_transactions WHERE n = 3")
        ).scalar()
    )
    tamper(desk, change)
    check = desk.read(ledger.check)
    assert (check.balanced, check.chain_intact) == (balanced, False)
    assert check.first_broken == third


def test_cutting_off_the_end_shows(desk):
    for amount in range(1, 4):
        desk.run(move, amount)
    tamper(desk, "DELETE FROM postings WHERE n = 3")
    tamper(desk, "DELETE FROM ledger_transactions WHERE n = 3")
    check = desk.read(ledger.check)
    assert (check.transactions, check.chain_intact, check.first_broken) == (2, False, "head")


def test_the_audit_log_says_who_did_what_and_shows_tampering(desk):
    ann = Actor("ann", "Ann", Role.ADMIN)
    for n in range(4):
        desk.run(lambda work, n=n: audit.note(work, "did", f"thing-{n}", {"n": n}), actor=ann)
    assert desk.read(audit.first_broken) is None
    tamper(desk, "UPDATE audit SET actor = 'bob' WHERE n = 3")
    assert desk.read(audit.first_broken) == 3


def test_an_audit_log_cut_short_shows(desk):
    for n in range(3):
        desk.run(lambda work, n=n: audit.note(work, "did", f"thing-{n}"))
    tamper(desk, "DELETE FROM audit WHERE n = 3")
    assert desk.read(audit.first_broken) == 3


def test_sums_of_accounts_are_those_of_their_postings(desk):
    expected: dict[str, int] = defaultdict(int)
    for n in range(12):
        desk.run(move, n)
        expected["to"] += n
        expected["from"] -= n
    for account, total in expected.items():
        assert desk.read(ledger.balance, account, "CNY") == total
