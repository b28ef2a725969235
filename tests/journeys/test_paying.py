"""From an order to a payment that the ledger knows, whatever the provider does."""

from __future__ import annotations

import pytest

from payments.channels.alipay.messages import Operation
from tests.journeys.business import until


@pytest.mark.parametrize(
    ("method", "channel", "actions"),
    [("wechat_pay.native", "wechat_pay", ["pay"]), ("alipay.qr", "alipay", ["scan", "pay"])],
)
def test_a_buyer_scans_a_code_pays_and_has_the_course(business, method, channel, actions):
    order = business.places()
    started = business.begins(order, method)
    assert started["action"]["kind"] == "qr"
    for action in actions:
        business.acts(channel, started["attempt_id"], action)
    paid = business.becomes(order, state="paid")
    assert (paid.paid, paid.channel, paid.fulfilment) == (10_000, channel, "granted")
    assert len(business.postings(order)) == 1


@pytest.mark.parametrize("method", ["wechat_pay.native", "alipay.qr"])
def test_a_forged_notification_changes_nothing(business, method):
    before = sum(business.alarms().values())
    order = business.places()
    business.scripts(f"{order}*", "forged_notification")
    business.begins(order, method)
    until(lambda: sum(business.alarms().values()) > before, "the alarm")
    seen = business.order(order)
    assert (seen.state, seen.paid) == ("awaiting_payment", 0)
    assert business.postings(order) == set()


@pytest.mark.parametrize("method", ["wechat_pay.native", "alipay.qr"])
def test_another_amount_than_asked_for_is_a_conflict_and_never_a_payment(business, method):
    order = business.places()
    business.scripts(f"{order}*", "wrong_amount")
    business.begins(order, method)
    until(lambda: "attempt_conflicted" in business.happened(order), "the conflict")
    seen = business.order(order)
    assert (seen.state, seen.paid) == ("awaiting_payment", 0)
    assert seen.attempts[0].state == "conflicted"
    assert business.postings(order) == set()


@pytest.mark.parametrize("outcome", ["duplicate_notification", "altered_notification"])
def test_a_payment_counts_once_however_it_is_told(business, outcome):
    order = business.places()
    business.scripts(f"{order}*", outcome)
    business.begins(order)
    business.becomes(order, state="paid")
    assert business.happened(order).count("paid") == 1
    assert len(business.postings(order)) == 1


def test_money_that_comes_after_the_end_of_an_order_goes_back(business, simulators):
    order = business.places()
    business.scripts(f"{order}*", "no_notification")
    attempt = business.begins(order, "alipay.qr")["attempt_id"]
    # The buyer has paid, nobody says so, and when asked to close it the provider is busy.
    simulators.alipay.inject(Operation.CLOSE, attempt, "busy")
    business.grows_old(order, hours=2)
    until(lambda: "late_success" in business.happened(order), "the late success")
    late = business.order(order)
    assert (late.state, late.paid) == ("expired", 0)
    until(lambda: business.refunds(order)[0].state == "succeeded", "the refund")
    assert [(one.amount, one.automatic) for one in business.refunds(order)] == [(10_000, True)]
