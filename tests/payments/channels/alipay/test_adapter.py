"""The adapter against the simulator, over real TLS, in both key modes."""

from __future__ import annotations

import ssl
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec
import pytest

from payments.channels.alipay import signing
from payments.channels.alipay.adapter import AlipayChannel
from payments.channels.alipay.messages import Operation
from payments.channels.protocol import (
    BadSignatureError,
    PaymentResult,
    RefundResult,
    UnreadableNotificationError,
)
from payments.channels.simulation.provider import Action, ImpossibleActionError, UnknownTradeError
from payments.channels.simulation.script import Outcome
from payments.contract.money import Money
from payments.contract.wire.records import Method


def test_a_qr_payment_from_code_to_notification(shop):
    request = shop.request()
    instruction = shop.channel.start(request)
    assert instruction.result is PaymentResult.NOT_YET
    assert (instruction.kind, instruction.content[:8]) == ("qr", "https://")
    assert shop.ask(request).result is PaymentResult.NOT_YET

    shop.simulator.act(request.attempt_id, Action.SCAN)
    assert shop.ask(request).result is PaymentResult.NOT_YET
    shop.simulator.act(request.attempt_id, Action.PAY)

    outcome = shop.ask(request)
    assert outcome.result is PaymentResult.PAID
    assert outcome.amount == request.amount
    assert outcome.attempt_id == request.attempt_id
    assert outcome.paid_at == shop.world.clock()
    notice = shop.told(request)
    assert notice.payment == outcome
    assert notice.refund is None


def test_a_page_payment_is_a_signed_address_that_the_browser_opens(shop):
    request = shop.request(
        "课程 [sim:paid]", method=Method.ALIPAY_PAGE, return_url="https://www.example.test/back"
    )
    instruction = shop.channel.start(request)
    assert (instruction.result, instruction.kind) == (PaymentResult.NOT_YET, "page")
    assert shop.ask(request).result is PaymentResult.NOT_YET
    answer = httpx.get(instruction.content, verify=_trust(shop))
    assert answer.status_code == 302
    back, _, query = answer.headers["location"].partition("?")
    told = signing.read_form(query.encode())
    assert (back, told["out_trade_no"]) == ("https://www.example.test/back", request.attempt_id)
    text = signing.notification_text(told).encode()
    assert signing.verify(text, told["sign"], shop.simulator.keys.alipay.public_key())
    assert shop.told(request).payment.result is PaymentResult.PAID
    assert shop.ask(request).result is PaymentResult.PAID


def test_a_page_opened_by_hand_leads_to_the_till(plain_shop):
    request = plain_shop.request(method=Method.ALIPAY_PAGE)
    address = plain_shop.channel.start(request).content
    answer = httpx.get(address, verify=_trust(plain_shop))
    assert answer.headers["location"].endswith("/")
    trade = next(
        each for each in plain_shop.simulator.trades() if each.number == request.attempt_id
    )
    assert (trade.amount, trade.can_pay) == (19900, True)
    altered = httpx.get(address.replace("199.00", "1.00"), verify=_trust(plain_shop))
    assert altered.status_code == 200
    assert "isv.invalid-signature" in altered.content.decode("gbk")


def _trust(shop: Any) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=shop.world.ca_file)


@pytest.mark.parametrize(
    ("outcome", "result"),
    [
        ("paid", PaymentResult.PAID),
        ("insufficient_funds", PaymentResult.NOT_YET),
        ("closed", PaymentResult.CLOSED),
        ("paid_late", PaymentResult.NOT_YET),
        ("duplicate_notification", PaymentResult.PAID),
        ("late_notification", PaymentResult.PAID),
        ("wrong_amount", PaymentResult.PAID),
        ("no_notification", PaymentResult.PAID),
        ("forged_notification", PaymentResult.NOT_YET),
    ],
)
def test_asking_tells_how_a_scripted_payment_stands(shop, outcome, result):
    assert shop.ask(shop.started(outcome)).result is result


@pytest.mark.parametrize("outcome", ["no_answer", "server_error_after", "slow_answer"])
def test_a_start_whose_answer_is_lost_is_unknown_and_may_be_paid_all_the_same(shop, outcome):
    channel = _impatient(shop)
    request = shop.request(f"课程 [sim:{outcome}]")
    instruction = channel.start(request)
    assert instruction.result is PaymentResult.UNKNOWN
    assert instruction.failure == "no_answer"
    assert shop.ask(request).result is PaymentResult.NOT_YET
    shop.simulator.act(request.attempt_id, Action.PAY)
    assert shop.ask(request).result is PaymentResult.PAID


@pytest.mark.parametrize("outcome", ["no_answer_before", "server_error"])
def test_a_start_that_was_not_taken_is_unknown_and_can_be_sent_again(shop, outcome):
    request = shop.request(f"课程 [sim:{outcome}]")
    assert shop.channel.start(request).result is PaymentResult.UNKNOWN
    with pytest.raises(UnknownTradeError):
        shop.simulator.act(request.attempt_id, Action.PAY)
    assert shop.channel.start(request).result is PaymentResult.NOT_YET


def _impatient(shop: Any) -> AlipayChannel:
    config = msgspec.structs.replace(shop.world.configs[shop.key], read_s=0.3)
    return AlipayChannel(config, clock=shop.world.clock)


def test_a_gateway_that_cannot_be_reached_is_unknown(plain_shop):
    config = msgspec.structs.replace(
        plain_shop.world.configs["plain"], gateway="https://127.0.0.1:9/gateway.do"
    )
    channel = AlipayChannel(config, clock=plain_shop.world.clock)
    instruction = channel.start(plain_shop.request())
    assert (instruction.result, instruction.failure) == (PaymentResult.UNKNOWN, "not_sent")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("unsigned", "bad_signature"),
        ("wrong_signature", "bad_signature"),
        ("busy", "isp.unknow-error"),
        ("busy_after", "isp.unknow-error"),
        ("ACQ.SYSTEM_ERROR", "ACQ.SYSTEM_ERROR"),
        ("ACQ.SOMETHING_NEW", "ACQ.SOMETHING_NEW"),
        ("ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_SUCCESS"),
    ],
)
def test_what_proves_nothing_is_unknown_for_a_start_and_a_question(shop, fault, reason):
    started = shop.channel.start(shop.request(f"课程 [alipay:{fault}]"))
    assert (started.result, started.failure) == (PaymentResult.UNKNOWN, reason)
    request = shop.started("paid")
    shop.simulator.inject(Operation.QUERY, request.attempt_id, fault)
    asked = shop.ask(request)
    assert (asked.result, asked.failure) == (PaymentResult.UNKNOWN, reason)
    assert shop.ask(request).result is PaymentResult.PAID


def test_an_answer_with_escaped_slashes_is_read(shop):
    instruction = shop.channel.start(shop.request("课程 [alipay:escaped]"))
    assert instruction.result is PaymentResult.NOT_YET
    assert "\\" not in instruction.content


@pytest.mark.parametrize("code", ["ACQ.TOTAL_FEE_EXCEED", "ACQ.TRADE_HAS_CLOSE", "40006"])
def test_a_final_refusal_of_a_start_is_a_failure_with_its_code(plain_shop, code):
    instruction = plain_shop.channel.start(plain_shop.request(f"课程 [alipay:{code}]"))
    assert (instruction.result, instruction.failure) == (PaymentResult.FAILED, code)


@pytest.mark.parametrize(
    ("changes", "failure"),
    [
        ({"amount": Money(100, "USD")}, "currency_not_supported"),
        ({"amount": Money(0, "CNY")}, "amount_not_supported"),
        ({"amount": Money(100_000_000_01, "CNY")}, "amount_not_supported"),
        ({"method": Method.WECHAT_PAY_NATIVE}, "method_not_supported"),
        ({"attempt_id": "has-a-dash"}, "number_not_supported"),
    ],
)
def test_what_alipay_cannot_take_is_refused_before_it_is_sent(plain_shop, changes, failure):
    request = msgspec.structs.replace(plain_shop.request(), **changes)
    instruction = plain_shop.channel.start(request)
    assert (instruction.result, instruction.failure) == (PaymentResult.FAILED, failure)


def test_closing_before_anybody_scanned_leaves_the_code_payable_until_it_expires(shop):
    request = shop.started()
    closed = shop.close(request)
    assert (closed.result, closed.failure) == (PaymentResult.NOT_YET, "ACQ.TRADE_NOT_EXIST")
    shop.world.clock.forward(minutes=31)
    with pytest.raises(ImpossibleActionError):
        shop.simulator.act(request.attempt_id, Action.PAY)
    assert shop.ask(request).result is PaymentResult.NOT_YET


def test_a_scanned_payment_is_closed_by_us_or_by_its_expiry(shop):
    ours, theirs = shop.started(), shop.started()
    for request in (ours, theirs):
        shop.simulator.act(request.attempt_id, Action.SCAN)
    assert shop.close(ours).result is PaymentResult.CLOSED
    shop.world.clock.forward(minutes=31)
    for request in (ours, theirs):
        assert shop.ask(request).result is PaymentResult.CLOSED


def test_a_payment_made_while_it_is_being_closed_is_paid(shop):
    request = shop.started("paid_late")
    assert shop.close(request).result is PaymentResult.PAID
    assert shop.told(request).payment.result is PaymentResult.PAID


def test_a_payment_made_as_it_expires_is_paid(shop):
    request = shop.started("paid_late")
    shop.world.clock.forward(minutes=31)
    assert shop.ask(request).result is PaymentResult.PAID
    assert shop.close(request).result is PaymentResult.PAID
    assert shop.told(request).payment.result is PaymentResult.PAID


def test_an_expired_code_can_be_asked_for_again_with_a_later_end(shop):
    request = shop.started()
    shop.world.clock.forward(minutes=31)
    later = msgspec.structs.replace(request, expires_at=shop.world.clock() + timedelta(minutes=30))
    assert shop.channel.start(later).result is PaymentResult.NOT_YET
    shop.simulator.act(request.attempt_id, Action.PAY)
    assert shop.ask(request).result is PaymentResult.PAID


def test_an_unsigned_refusal_counts_for_a_start_and_not_for_money(plain_shop):
    config = msgspec.structs.replace(plain_shop.world.configs["plain"], app_id="2021999999999999")
    stranger = AlipayChannel(config, clock=plain_shop.world.clock)
    request = plain_shop.request()
    started = stranger.start(request)
    assert (started.result, started.failure) == (PaymentResult.FAILED, "isv.invalid-app-id")
    refunded = stranger.refund(plain_shop.refund_of(request, 100))
    assert (refunded.result, refunded.failure) == (RefundResult.UNKNOWN, "bad_signature")
    asked = stranger.ask(plain_shop.attempt(request))
    assert (asked.result, asked.failure) == (PaymentResult.UNKNOWN, "isv.invalid-app-id")


def test_a_close_without_an_answer_is_unknown_and_then_closed(shop):
    request = shop.started()
    shop.simulator.act(request.attempt_id, Action.SCAN)
    shop.simulator.inject(Operation.CLOSE, request.attempt_id, "busy_after")
    assert shop.close(request).result is PaymentResult.UNKNOWN
    assert shop.ask(request).result is PaymentResult.CLOSED


def test_parts_are_refunded_and_the_last_one_returns_the_whole(shop):
    request = shop.started("paid")
    assert shop.told(request).refund is None
    first, second = shop.refund_of(request, 9900), shop.refund_of(request, 10000)
    assert shop.channel.ask_refund(first).result is RefundResult.NOT_FOUND
    assert shop.channel.refund(first).result is RefundResult.SUCCEEDED
    assert shop.ask(request).result is PaymentResult.PAID
    done = shop.channel.ask_refund(first)
    assert (done.result, done.amount) == (RefundResult.SUCCEEDED, Money(9900, "CNY"))
    assert shop.channel.refund(second).result is RefundResult.SUCCEEDED
    assert shop.ask(request).result is PaymentResult.REFUNDED

    notice = shop.told(request)
    assert notice.payment.result is PaymentResult.PAID
    assert (notice.refund.refund_id, notice.refund.result) == (
        first.refund_id,
        RefundResult.SUCCEEDED,
    )
    assert shop.untold(request)


def test_a_refund_sent_twice_returns_the_money_once(shop):
    request = shop.started("paid")
    refund = shop.refund_of(request, 5000)
    first, again = shop.channel.refund(refund), shop.channel.refund(refund)
    assert first.result is again.result is RefundResult.SUCCEEDED
    assert again.amount == refund.amount
    rest = shop.refund_of(request, 14901)
    refused = shop.channel.refund(rest)
    assert (refused.result, refused.failure) == (
        RefundResult.FAILED,
        "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    )
    other = shop.refund_of(request, 4000, number=refund.refund_id)
    assert shop.channel.refund(other).failure == "ACQ.DISCORDANT_REPEAT_REQUEST"


def test_a_repeat_that_cannot_be_asked_about_stays_open(plain_shop):
    request = plain_shop.started("paid")
    refund = plain_shop.refund_of(request, 5000)
    plain_shop.channel.refund(refund)
    plain_shop.simulator.inject(Operation.REFUND_QUERY, refund.refund_id, "busy")
    assert plain_shop.channel.refund(refund).result is RefundResult.PROCESSING


@pytest.mark.parametrize(
    "fault", ["[sim:no_answer]", "[sim:server_error_after]", "[alipay:busy_after]"]
)
def test_a_refund_whose_answer_is_lost_is_unknown_and_found_by_asking(shop, fault):
    request = shop.started("paid")
    refund = shop.refund_of(request, 5000, f"退款 {fault}")
    assert shop.channel.refund(refund).result is RefundResult.UNKNOWN
    assert shop.channel.ask_refund(refund).result is RefundResult.SUCCEEDED


@pytest.mark.parametrize(
    "fault",
    ["[sim:no_answer_before]", "[sim:server_error]", "[alipay:busy]", "[alipay:ACQ.SYSTEM_ERROR]"],
)
def test_a_refund_that_was_not_taken_is_sent_again_with_the_same_number(shop, fault):
    request = shop.started("paid")
    refund = shop.refund_of(request, 5000, f"退款 {fault}")
    assert shop.channel.refund(refund).result is RefundResult.UNKNOWN
    assert shop.channel.ask_refund(refund).result is RefundResult.NOT_FOUND
    assert shop.channel.refund(refund).result is RefundResult.SUCCEEDED


@pytest.mark.parametrize("fault", ["unsigned", "wrong_signature"])
def test_a_refund_answered_without_proof_is_unknown(shop, fault):
    request = shop.started("paid")
    refund = shop.refund_of(request, 5000, f"退款 [alipay:{fault}]")
    outcome = shop.channel.refund(refund)
    assert (outcome.result, outcome.failure) == (RefundResult.UNKNOWN, "bad_signature")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        ("[sim:insufficient_funds]", RefundResult.RETRY_LATER),
        ("[sim:closed]", RefundResult.FAILED),
        ("[sim:abnormal]", RefundResult.REQUIRES_ACTION),
        ("[alipay:40005]", RefundResult.RETRY_LATER),
        ("[alipay:40003]", RefundResult.FAILED),
        ("[alipay:ACQ.NOT_ALLOW_PARTIAL_REFUND]", RefundResult.FAILED),
        ("[alipay:ACQ.SOMETHING_NEW]", RefundResult.UNKNOWN),
    ],
)
def test_a_refused_refund_says_what_can_be_done(plain_shop, fault, result):
    request = plain_shop.started("paid")
    outcome = plain_shop.channel.refund(plain_shop.refund_of(request, 5000, f"退款 {fault}"))
    assert outcome.result is result
    assert outcome.failure


def test_an_unpaid_or_wholly_refunded_payment_cannot_be_refunded(shop):
    unpaid = shop.started()
    outcome = shop.channel.refund(shop.refund_of(unpaid, 100))
    assert (outcome.result, outcome.failure) == (RefundResult.FAILED, "ACQ.TRADE_NOT_EXIST")
    paid = shop.started("paid")
    whole = shop.refund_of(paid, 19900)
    assert shop.channel.refund(whole).result is RefundResult.SUCCEEDED
    assert shop.channel.refund(shop.refund_of(paid, 100)).result is RefundResult.FAILED
    assert shop.channel.refund(whole).result is RefundResult.SUCCEEDED


def test_a_refund_refused_for_a_state_that_is_fine_is_unknown(plain_shop):
    request = plain_shop.started("paid")
    refund = plain_shop.refund_of(request, 100, "[alipay:ACQ.TRADE_STATUS_ERROR]")
    assert plain_shop.channel.refund(refund).result is RefundResult.UNKNOWN


def test_a_refund_that_may_have_returned_everything_has_not_failed(plain_shop):
    request = plain_shop.started("paid")
    whole = plain_shop.refund_of(request, 19900)
    assert plain_shop.channel.refund(whole).result is RefundResult.SUCCEEDED
    plain_shop.simulator.inject(Operation.REFUND, whole.refund_id, "ACQ.TRADE_HAS_CLOSE")
    plain_shop.simulator.inject(Operation.REFUND_QUERY, whole.refund_id, "busy")
    assert plain_shop.channel.refund(whole).result is RefundResult.UNKNOWN
    assert plain_shop.channel.ask_refund(whole).result is RefundResult.SUCCEEDED


def test_after_a_year_the_refund_window_is_over(plain_shop):
    request = plain_shop.started("paid")
    plain_shop.world.clock.forward(days=366)
    assert plain_shop.ask(request).result is PaymentResult.PAID
    outcome = plain_shop.channel.refund(plain_shop.refund_of(request, 100))
    assert (outcome.result, outcome.failure) == (RefundResult.FAILED, "ACQ.TRADE_HAS_FINISHED")


def test_a_duplicate_notification_has_the_same_id(shop):
    request = shop.started("duplicate_notification")
    first, second = shop.told(request), shop.told(request)
    assert first == second


def test_a_payment_notification_may_come_after_the_refunds(shop):
    request = shop.started("reordered_notification")
    refund = shop.refund_of(request, 5000)
    shop.channel.refund(refund)
    assert shop.told(request).refund.refund_id == refund.refund_id
    late = shop.told(request)
    assert late.refund is None
    assert late.payment.result is PaymentResult.PAID


def test_a_late_notification_comes_all_the_same(shop):
    assert shop.told(shop.started("late_notification")).payment.result is PaymentResult.PAID


def test_a_forged_notification_is_refused_and_the_payment_stays_unpaid(shop):
    request = shop.started("forged_notification")
    assert isinstance(shop.told(request), BadSignatureError)
    assert shop.ask(request).result is PaymentResult.NOT_YET


def test_an_altered_notification_is_refused_and_comes_again_unaltered(shop):
    request = shop.started("altered_notification")
    assert isinstance(shop.told(request), BadSignatureError)
    assert shop.told(request).payment.amount == request.amount


def test_a_notification_of_another_amount_says_so(shop):
    request = shop.started("wrong_amount")
    payment = shop.told(request).payment
    assert payment.result is PaymentResult.PAID
    assert payment.amount != request.amount


@pytest.mark.parametrize("fault", ["wrong_seller", "wrong_app"])
def test_a_notification_for_another_merchant_says_so(shop, fault):
    request = shop.request(f"课程 [sim:paid] [alipay:{fault}]")
    shop.channel.start(request)
    assert not shop.told(request).payment.merchant_matches


def test_a_notification_of_a_status_nobody_knows_is_kept_for_people(shop):
    request = shop.request("课程 [sim:paid] [alipay:unknown_status]")
    shop.channel.start(request)
    assert isinstance(shop.told(request), UnreadableNotificationError)


def test_a_payment_without_a_notification_is_found_by_asking(shop):
    request = shop.started("no_notification")
    assert shop.ask(request).result is PaymentResult.PAID
    assert shop.untold(request)


def test_a_script_set_for_a_number_strikes_each_operation_once(plain_shop):
    request = plain_shop.started("paid")
    plain_shop.world.script.set(request.attempt_id, Outcome.NO_ANSWER)
    assert plain_shop.ask(request).result is PaymentResult.UNKNOWN
    assert plain_shop.ask(request).result is PaymentResult.PAID


def test_a_reissued_certificate_of_the_same_key_needs_no_patience(certified_shop):
    certified_shop.simulator.keys.reissue()
    request = certified_shop.started("paid")
    assert certified_shop.told(request).payment.result is PaymentResult.PAID
    assert certified_shop.ask(request).result is PaymentResult.PAID


def test_a_reissued_certificate_of_a_new_key_is_fetched_and_trusted(shop_of_its_own):
    shop = shop_of_its_own
    request = shop.started()
    shop.simulator.keys.reissue(with_new_key=True)
    shop.simulator.act(request.attempt_id, Action.PAY)
    assert isinstance(shop.told(request), BadSignatureError)
    assert shop.ask(request).result is PaymentResult.PAID
    while isinstance(said := shop.told(request), BadSignatureError):
        pass
    assert said.payment.result is PaymentResult.PAID


def test_the_traits_say_what_the_channel_can_do(plain_shop):
    traits = plain_shop.channel.traits
    assert traits.methods == (Method.ALIPAY_QR, Method.ALIPAY_PAGE)
    assert traits.currencies == {"CNY"}
    assert traits.fee_rate == Decimal("0.0060")
    assert traits.refund_window == timedelta(days=365)
    assert traits.refund_spacing == timedelta(seconds=3)


def test_a_configuration_shows_no_key(plain_shop):
    assert "PRIVATE" not in repr(plain_shop.world.configs["plain"])
