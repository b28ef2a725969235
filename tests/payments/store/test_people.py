from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from payments.contract.lifecycles import AttemptState, CaseState, Disposition, OrderState
from payments.contract.roles import Role
from payments.contract.wire.records import ChannelName, Method, Risk
from payments.store import (
    channel_settings,
    customers,
    exchange_rates,
    measures,
    merchants,
    notices,
    risk_history,
    security_events,
    sessions,
    users,
)
from payments.store.channel_settings import ChannelSetting
from payments.store.measures import Measured
from payments.store.records import ATTEMPTS, CASES, ORDERS, PAYERS
from payments.store.sessions import StoredSession
from payments.store.stored import StoredAttempt, StoredCase, StoredPayer
from payments.store.users import StoredUser

ANN = StoredUser(id="ann", login="ann@shop", name="Ann", role=Role.FINANCE, password_hash="x")
HOUR = 3_600_000


@pytest.fixture
def ann(desk):
    desk.run(users.add, ANN)
    return desk


def session(number, clock, **changes):
    now_ms = int(clock.now.timestamp() * 1000)
    made = StoredSession(
        id=f"s{number}",
        access_hash=f"access-{number}",
        refresh_hash=f"refresh-{number}",
        family="family",
        user_id="ann",
        device="laptop",
        created_ms=now_ms,
        access_expires_ms=now_ms + HOUR,
        refresh_expires_ms=now_ms + 24 * HOUR,
    )
    return replace(made, **changes)


def test_a_user_is_found_by_login_changed_under_lock_and_listed(ann):
    assert ann.read(users.by_login, "ann@shop") == ANN
    assert ann.read(users.by_login, "nobody") is None

    def fail_once(work):
        user = users.locked_by_login(work, "ann@shop")
        assert user is not None
        users.save(work, replace(user, failed=user.failed + 1))

    ann.run(fail_once)
    assert [it.failed for it in ann.read(users.every)] == [1]


def test_a_recovery_code_is_used_once(ann):
    ann.run(users.replace_recovery_codes, "ann", ["one", "two"])
    assert ann.run(users.use_recovery_code, "ann", "one")
    assert not ann.run(users.use_recovery_code, "ann", "one")
    ann.run(users.replace_recovery_codes, "ann", ["three"])
    assert not ann.run(users.use_recovery_code, "ann", "two")


def test_an_access_token_counts_until_it_expires_is_renewed_or_ended(ann, clock):
    ann.run(sessions.add, session(1, clock))
    ann.run(sessions.add, session(2, clock))
    ann.run(sessions.add, session(3, clock, family="other"))
    signed_in = ann.read(sessions.signed_in, "access-1")
    assert (signed_in.actor.user_id, signed_in.actor.role) == ("ann", Role.FINANCE)
    ann.run(sessions.mark_replaced, ann.read(sessions.by_refresh, "refresh-1"))
    assert ann.read(sessions.signed_in, "access-1") is None
    ann.run(sessions.end_family, "family")
    assert ann.read(sessions.signed_in, "access-2") is None
    assert ann.read(sessions.signed_in, "access-3") is not None
    clock.forward(timedelta(hours=1))
    assert ann.read(sessions.signed_in, "access-3") is None


def test_signing_out_everywhere_ends_all_and_old_sessions_are_cleared_away(ann, clock):
    ann.run(sessions.add, session(1, clock))
    ann.run(sessions.end_all_of, "ann")
    assert ann.read(sessions.by_access, "access-1").revoked_ms is not None
    clock.forward(timedelta(days=2))
    ann.run(sessions.add, session(2, clock))
    assert ann.read(sessions.by_access, "access-1") is None


def test_a_disabled_user_is_signed_in_nowhere(ann, clock):
    ann.run(sessions.add, session(1, clock))

    def disable(work):
        users.locked(work, "ann")
        users.save(work, replace(ANN, disabled=True))

    ann.run(disable)
    assert ann.read(sessions.signed_in, "access-1") is None


def test_a_customer_is_found_exactly_by_number_phone_email_or_order(desk):
    li = StoredPayer(id="li", name="李", phone="138", email="li@x", first_seen_ms=0)
    desk.run(PAYERS.add, li)
    desk.run(PAYERS.add, StoredPayer(id="wu", name="吴", first_seen_ms=0))
    desk.order("o", payer_id="li")
    for find in ("li", "138", "li@x", "o"):
        assert desk.read(customers.found, find) == [li]
    for find in ("", "13", "LI@X", "%"):
        assert desk.read(customers.found, find) == []
    assert desk.read(customers.order_count, "li") == 1


def test_the_merchant_is_founded_once_and_keeps_its_settings(desk):
    shop = desk.read(merchants.get)
    assert (shop.zone, shop.base_currency) == ("Asia/Shanghai", "CNY")
    changed = replace(shop, name="New", settings=merchants.Settings(risk_threshold="50"))
    desk.run(merchants.save, changed)
    desk.run(lambda work: merchants.found(work, "Other"))
    assert desk.read(merchants.get) == changed


def test_the_newest_rate_counts_exactly(desk):
    desk.run(exchange_rates.put, "USD", date(2026, 3, 1), Decimal("7.123456789012"))
    desk.run(exchange_rates.put, "USD", date(2026, 2, 1), Decimal(6))
    assert desk.read(exchange_rates.newest, "USD") == Decimal("7.123456789012")
    assert desk.read(exchange_rates.newest, "EUR") is None


def test_a_notification_is_new_once(desk):
    assert desk.run(notices.is_new, "alipay", "n1")
    assert not desk.run(notices.is_new, "alipay", "n1")
    assert desk.run(notices.is_new, "wechat_pay", "n1")
    desk.run(notices.conclude, "alipay", "n1", "paid")


def test_channels_are_set_up_and_changed(desk):
    desk.run(channel_settings.put, ChannelSetting(ChannelName.ALIPAY, True, "0.006", "sealed"))
    changed = ChannelSetting(ChannelName.ALIPAY, False, "0.005", "sealed")
    desk.run(channel_settings.put, changed)
    assert desk.read(channel_settings.every) == [changed]


def test_security_events_are_counted_by_kind(desk):
    for kind in ("forged", "forged", "conflict"):
        desk.run(security_events.add, kind, "alipay", "o", {"amount": 5})
    assert desk.read(security_events.counted) == {"forged": 2, "conflict": 1}


def add_attempt(desk, number, state, took, order_id="o"):
    attempt = StoredAttempt(
        id=f"{order_id}_{number}",
        order_id=order_id,
        channel=ChannelName.ALIPAY,
        method=Method.ALIPAY_QR,
        state=state,
        currency="CNY",
        amount=1,
        started_ms=1000,
        ended_ms=None if took is None else 1000 + took,
        expires_ms=9,
    )

    def add(work):
        ORDERS.locked(work, order_id)
        ATTEMPTS.add(work, attempt)

    desk.run(add)


def test_measures_count_final_attempts_of_the_window(desk):
    desk.order("o")
    add_attempt(desk, 1, AttemptState.SUCCEEDED, 3000)
    add_attempt(desk, 2, AttemptState.SUCCEEDED, 5000)
    add_attempt(desk, 3, AttemptState.FAILED, 9000)
    add_attempt(desk, 4, AttemptState.PROCESSING, None)
    measured = desk.read(measures.measured, 0)
    assert measured == {Method.ALIPAY_QR: Measured(successes=2, attempts=3, usual_ms=4000)}
    assert desk.read(measures.measured, 10_000_000) == {}


def test_the_past_of_an_order_is_counted_without_it(desk, clock):
    now = int(clock.now.timestamp() * 1000)
    paid = {"paid": 100, "state": OrderState.PAID, "country": "CN"}
    desk.order("old", placed_ms=now - 48 * HOUR, **paid)
    desk.order("today", placed_ms=now - 2 * HOUR, **(paid | {"paid": 200}))
    desk.order("dollars", placed_ms=now - 2 * HOUR, currency="USD", product_id="talk", **paid)
    desk.order("recent", placed_ms=now - HOUR // 2, device_id="d")
    desk.order("stranger", placed_ms=now - HOUR // 2, payer_id="x", device_id="d", address="a")
    add_attempt(desk, 1, AttemptState.FAILED, 10, "recent")
    order = desk.order("this", placed_ms=now, device_id="d", address="a", **paid)
    around = desk.read(risk_history.around, order)
    assert around == risk_history.Around(
        payer_paid_orders=3,
        payer_usual=150,
        payer_orders_recently=1,
        payer_countries=frozenset({"CN"}),
        same_product_today=1,
        failed_attempts_today=1,
        device_payers=1,
        device_orders_recently=2,
    )
    assert desk.read(risk_history.payer_totals, order) == risk_history.PayerTotals(4, 300)
    history = desk.read(risk_history.orders_of_payer, order)
    assert history[0].id == "recent"
    assert len(history) == 4
    assert [it.id for it in desk.read(risk_history.linked_orders, order)] == ["stranger"]


def test_an_order_without_device_or_address_is_linked_to_nothing(desk):
    desk.order("a", payer_id="x")
    order = desk.order("b")
    assert desk.read(risk_history.linked_orders, order) == []
    assert desk.read(risk_history.around, order).device_payers == 0


def test_alike_cases_are_decided_ones_over_the_same_product(desk):
    risk = Risk("1", "1", "1", "1", ())
    ends = (
        (CaseState.CLOSED, Disposition.REFUND_AS_FRAUD),
        (CaseState.DECIDED, Disposition.APPROVE),
        (CaseState.OPEN, None),
    )
    for number, (state, disposition) in enumerate(ends):
        desk.order(f"o{number}")
        case = StoredCase(
            id=f"c{number}",
            order_id=f"o{number}",
            opened_ms=0,
            state=state,
            currency="CNY",
            amount=1,
            expected_loss=1,
            risk=risk,
            title="t",
            payer_id="payer",
            payer="李*",
            review_by_ms=1,
            disposition=disposition,
        )
        desk.run(CASES.add, case)
    assert desk.read(risk_history.closed_cases, desk.order("this")) == (2, 1)
