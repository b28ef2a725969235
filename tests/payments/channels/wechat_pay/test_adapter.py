"""The adapter against the simulated provider over TLS, one test for each thing that can happen."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from payments.channels.protocol import (
    AttemptRef,
    BadSignatureError,
    Channel,
    PaymentRequest,
    PaymentResult,
    RawNotification,
    RefundRequest,
    RefundResult,
    UnreadableNotificationError,
)
from payments.channels.registry import is_healthy
from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import Action
from payments.channels.simulation.script import Outcome
from payments.channels.wechat_pay.adapter import WeChatPay
from payments.channels.wechat_pay.client import WeChatPayConfig
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, Method

NUMBERS = itertools.count(1)
PRICE = Money(19900, "CNY")
NOWHERE = "https://127.0.0.1:9/notify"


def a_request(
    number: str = "", *, outcome: Outcome | None = None, **changes: Any
) -> PaymentRequest:
    request = PaymentRequest(
        attempt_id=number or f"attempt-{next(NUMBERS):06d}",
        method=Method.WECHAT_PAY_NATIVE,
        amount=PRICE,
        title="Python 入门课" + (f" [sim:{outcome}]" if outcome else ""),
        expires_at=datetime.now(UTC) + timedelta(minutes=30),
        notify_url=NOWHERE,
    )
    return msgspec.structs.replace(request, **changes)


def a_refund(paid: PaymentRequest, amount: int = 5000, **changes: Any) -> RefundRequest:
    refund = RefundRequest(
        refund_id=f"refund-{next(NUMBERS):06d}",
        attempt_id=paid.attempt_id,
        channel_ref="",
        amount=Money(amount, "CNY"),
        total=paid.amount,
        reason="不想要了",
        notify_url=NOWHERE,
    )
    return msgspec.structs.replace(refund, **changes)


def ref(request: PaymentRequest) -> AttemptRef:
    return AttemptRef(request.attempt_id, request.amount, request.method)


def paid(channel: WeChatPay, **changes: Any) -> PaymentRequest:
    request = a_request(outcome=Outcome.PAID, **changes)
    assert channel.start(request).result is PaymentResult.NOT_YET
    return request


def test_it_is_a_channel_and_says_what_it_can_do(channel: WeChatPay) -> None:
    as_channel: Channel = channel
    traits = as_channel.traits
    assert (traits.name, traits.fee_rate) == (ChannelName.WECHAT_PAY, Decimal("0.0060"))
    assert traits.currencies == {"CNY"}
    assert traits.refund_window == timedelta(days=365)
    assert traits.refund_spacing == timedelta(seconds=60)


def test_a_payment_is_shown_as_a_code_asked_about_and_paid_by_hand(
    channel: WeChatPay, simulators: Simulators
) -> None:
    request = a_request()
    shown = channel.start(request)
    assert (shown.result, shown.kind) == (PaymentResult.NOT_YET, "qr")
    assert shown.content.startswith("weixin://wxpay/bizpayurl?pr=")
    assert channel.ask(ref(request)).result is PaymentResult.NOT_YET

    simulators.wechat_pay.act(request.attempt_id, Action.PAY)
    said = channel.ask(ref(request))
    assert (said.result, said.amount, said.attempt_id) == (
        PaymentResult.PAID,
        PRICE,
        request.attempt_id,
    )
    assert said.merchant_matches
    assert said.channel_ref
    assert said.payer_ref
    assert said.paid_at is not None
    assert abs(said.paid_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_same_request_again_is_the_same_order_with_a_fresh_code(channel: WeChatPay) -> None:
    request = a_request()
    first, second = channel.start(request), channel.start(request)
    assert first.result is second.result is PaymentResult.NOT_YET
    assert first.content != second.content


@pytest.mark.parametrize(
    ("outcome", "started", "asked"),
    [
        (Outcome.BY_HAND, PaymentResult.NOT_YET, PaymentResult.NOT_YET),
        (Outcome.PAID, PaymentResult.NOT_YET, PaymentResult.PAID),
        (Outcome.INSUFFICIENT_FUNDS, PaymentResult.NOT_YET, PaymentResult.NOT_YET),
        (Outcome.CLOSED, PaymentResult.NOT_YET, PaymentResult.CLOSED),
        (Outcome.PAID_LATE, PaymentResult.NOT_YET, PaymentResult.NOT_YET),
        (Outcome.NO_ANSWER, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.NO_ANSWER_BEFORE, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.SLOW_ANSWER, PaymentResult.NOT_YET, PaymentResult.NOT_YET),
        (Outcome.SERVER_ERROR, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.SERVER_ERROR_AFTER, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.BUSY, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.UNSIGNED_ANSWER, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.FORGED_ANSWER, PaymentResult.UNKNOWN, PaymentResult.NOT_YET),
        (Outcome.UNSUPPORTED_METHOD, PaymentResult.FAILED, PaymentResult.NOT_YET),
        (Outcome.FORGED_NOTIFICATION, PaymentResult.NOT_YET, PaymentResult.NOT_YET),
        (Outcome.ALTERED_NOTIFICATION, PaymentResult.NOT_YET, PaymentResult.PAID),
        (Outcome.DUPLICATE_NOTIFICATION, PaymentResult.NOT_YET, PaymentResult.PAID),
        (Outcome.REORDERED_NOTIFICATION, PaymentResult.NOT_YET, PaymentResult.PAID),
        (Outcome.LATE_NOTIFICATION, PaymentResult.NOT_YET, PaymentResult.PAID),
        (Outcome.NO_NOTIFICATION, PaymentResult.NOT_YET, PaymentResult.PAID),
        (Outcome.WRONG_AMOUNT, PaymentResult.NOT_YET, PaymentResult.PAID),
    ],
)
def test_every_scripted_outcome_is_understood(
    channel: WeChatPay, outcome: Outcome, started: PaymentResult, asked: PaymentResult
) -> None:
    request = a_request(outcome=outcome)
    assert channel.start(request).result is started
    assert channel.ask(ref(request)).result is asked


@pytest.mark.parametrize(
    "fault",
    [
        Outcome.NO_ANSWER,
        Outcome.NO_ANSWER_BEFORE,
        Outcome.SERVER_ERROR,
        Outcome.SERVER_ERROR_AFTER,
        Outcome.BUSY,
        Outcome.UNSIGNED_ANSWER,
        Outcome.FORGED_ANSWER,
    ],
)
def test_after_an_unknown_start_the_same_request_leads_to_the_code(
    channel: WeChatPay, fault: Outcome
) -> None:
    request = a_request(outcome=fault)
    assert channel.start(request).result is PaymentResult.UNKNOWN
    assert channel.start(request).result is PaymentResult.NOT_YET


def test_another_amount_is_told_as_it_is(channel: WeChatPay) -> None:
    request = a_request(outcome=Outcome.WRONG_AMOUNT)
    channel.start(request)
    said = channel.ask(ref(request))
    assert said.amount == Money(PRICE.amount + 1, "CNY")


def test_an_order_that_never_reached_the_provider_is_not_yet_paid(channel: WeChatPay) -> None:
    said = channel.ask(ref(a_request()))
    assert (said.result, said.failure) == (PaymentResult.NOT_YET, "ORDERNOTEXIST")


def test_an_unpaid_order_is_closed_and_again(channel: WeChatPay) -> None:
    request = a_request()
    channel.start(request)
    assert channel.close(ref(request)).result is PaymentResult.CLOSED
    assert channel.close(ref(request)).result is PaymentResult.CLOSED
    assert channel.ask(ref(request)).result is PaymentResult.CLOSED
    assert channel.start(request).result is PaymentResult.FAILED


def test_closing_an_order_nobody_knows_is_done(channel: WeChatPay) -> None:
    assert channel.close(ref(a_request())).result is PaymentResult.CLOSED


def test_closing_finds_a_payment_made_at_the_last_moment(channel: WeChatPay) -> None:
    request = a_request(outcome=Outcome.PAID_LATE)
    channel.start(request)
    said = channel.close(ref(request))
    assert (said.result, said.amount) == (PaymentResult.PAID, PRICE)


def test_starting_a_paid_order_again_is_asked_about_first(channel: WeChatPay) -> None:
    request = paid(channel)
    again = channel.start(request)
    assert (again.result, again.failure) == (PaymentResult.UNKNOWN, "ORDERPAID")


def test_the_same_number_for_something_else_is_asked_about_first(channel: WeChatPay) -> None:
    request = a_request()
    channel.start(request)
    other = msgspec.structs.replace(request, amount=Money(1, "CNY"))
    assert channel.start(other).result is PaymentResult.UNKNOWN


def test_a_refused_parameter_is_final(channel: WeChatPay) -> None:
    refused = channel.start(a_request(notify_url="https://shop.example/notify?order=1"))
    assert (refused.result, refused.failure) == (PaymentResult.FAILED, "PARAMERROR")


def test_a_number_with_signs_of_its_own_is_signed_as_it_is_sent(channel: WeChatPay) -> None:
    request = a_request("a|b*c-" + str(next(NUMBERS)))
    channel.start(request)
    assert channel.ask(ref(request)).attempt_id == request.attempt_id


def test_a_long_title_is_cut_and_another_currency_is_no_payment(channel: WeChatPay) -> None:
    assert channel.start(a_request(title="课" * 300)).result is PaymentResult.NOT_YET
    refused = channel.start(a_request(amount=Money(100, "USD")))
    assert (refused.result, refused.failure) == (PaymentResult.FAILED, "currency_not_supported")


def test_no_connection_is_unknown_and_certainly_not_sent(config: WeChatPayConfig) -> None:
    away = msgspec.structs.replace(config, base_url="https://127.0.0.1:9")
    channel = WeChatPay(away, clock=lambda: datetime.now(UTC))
    started = channel.start(a_request())
    assert (started.result, started.failure) == (PaymentResult.UNKNOWN, "not_sent")
    assert channel.ask(ref(a_request())).result is PaymentResult.UNKNOWN
    assert channel.close(ref(a_request())).result is PaymentResult.UNKNOWN
    refund = a_refund(a_request())
    assert channel.refund(refund).result is RefundResult.UNKNOWN
    assert channel.ask_refund(refund).result is RefundResult.UNKNOWN
    assert not is_healthy(channel)
    channel.shut_down()


def test_a_provider_with_an_unknown_certificate_is_never_spoken_to(
    config: WeChatPayConfig,
) -> None:
    suspicious = msgspec.structs.replace(config, ca_file=None)
    channel = WeChatPay(suspicious, clock=lambda: datetime.now(UTC))
    assert channel.start(a_request()).failure == "not_sent"
    channel.shut_down()


def test_an_answer_slower_than_we_wait_is_unknown(config: WeChatPayConfig) -> None:
    hasty = msgspec.structs.replace(config, read_s=0.001)
    channel = WeChatPay(hasty, clock=lambda: datetime.now(UTC))
    started = channel.start(a_request(outcome=Outcome.SLOW_ANSWER))
    assert (started.result, started.failure) == (PaymentResult.UNKNOWN, "no_answer")
    channel.shut_down()


def test_a_wrong_clock_is_unknown_and_never_a_failure(config: WeChatPayConfig) -> None:
    slow = WeChatPay(config, clock=lambda: datetime.now(UTC) - timedelta(minutes=6))
    assert slow.start(a_request()).result is PaymentResult.UNKNOWN
    slow.shut_down()


def test_the_configuration_shows_no_secret(config: WeChatPayConfig) -> None:
    assert config.apiv3_key not in repr(config)
    assert "PRIVATE" not in repr(config)


def test_refunds_are_taken_up_to_what_was_paid(channel: WeChatPay) -> None:
    payment = paid(channel)
    first = a_refund(payment, 5000)
    taken = channel.refund(first)
    assert (taken.result, taken.refund_id) == (RefundResult.PROCESSING, first.refund_id)
    assert channel.ask_refund(first).amount == Money(5000, "CNY")
    by_channel = a_refund(payment, 14900, channel_ref=channel.ask(ref(payment)).channel_ref)
    assert channel.refund(by_channel).result is RefundResult.PROCESSING
    assert channel.refund(a_refund(payment, 1)).result is RefundResult.FAILED
    assert channel.ask(ref(payment)).result is PaymentResult.PAID


def test_a_refund_sent_again_has_no_second_effect(channel: WeChatPay) -> None:
    payment = paid(channel)
    request = a_refund(payment, PRICE.amount)
    first, second = channel.refund(request), channel.refund(request)
    assert first.channel_ref == second.channel_ref
    other = msgspec.structs.replace(request, amount=Money(1, "CNY"))
    assert channel.refund(other).amount == PRICE


@pytest.mark.parametrize(
    ("outcome", "sent", "asked"),
    [
        (Outcome.INSUFFICIENT_FUNDS, RefundResult.RETRY_LATER, RefundResult.NOT_FOUND),
        (Outcome.BUSY, RefundResult.RETRY_LATER, RefundResult.NOT_FOUND),
        (Outcome.SERVER_ERROR, RefundResult.UNKNOWN, RefundResult.NOT_FOUND),
        (Outcome.NO_ANSWER_BEFORE, RefundResult.UNKNOWN, RefundResult.NOT_FOUND),
    ],
)
def test_a_refund_that_was_not_taken_can_be_sent_again(
    channel: WeChatPay, outcome: Outcome, sent: RefundResult, asked: RefundResult
) -> None:
    request = a_refund(paid(channel), reason=f"[sim:{outcome}]")
    assert channel.refund(request).result is sent
    assert channel.ask_refund(request).result is asked


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.SERVER_ERROR_AFTER,
        Outcome.NO_ANSWER,
        Outcome.UNSIGNED_ANSWER,
        Outcome.FORGED_ANSWER,
    ],
)
def test_a_refund_whose_answer_was_lost_is_found_by_asking(
    channel: WeChatPay, outcome: Outcome
) -> None:
    request = a_refund(paid(channel), reason=f"[sim:{outcome}]")
    assert channel.refund(request).result is RefundResult.UNKNOWN
    assert channel.ask_refund(request).result in {RefundResult.PROCESSING, RefundResult.SUCCEEDED}


def test_a_refund_of_an_unpaid_order_fails(channel: WeChatPay) -> None:
    request = a_request()
    channel.start(request)
    assert channel.refund(a_refund(request)).failure == "RESOURCENOTEXISTS"


class TestNotifications:
    """What arrives at the merchant, over TLS, and what the adapter makes of it."""

    def test_a_payment_is_notified_and_read(self, channel, merchant) -> None:
        request = paid(channel, notify_url=merchant.notify_url)
        notice = channel.read_notification(merchant.next())
        assert notice.payment.result is PaymentResult.PAID
        assert notice.payment == channel.ask(ref(request))
        assert notice.refund is None

    def test_it_comes_again_with_the_same_id_until_it_is_taken(self, channel, merchant) -> None:
        merchant.statuses.extend([500, 302, 404])
        paid(channel, notify_url=merchant.notify_url)
        sendings = [merchant.next() for _ in range(4)]
        notices = [channel.read_notification(one) for one in sendings]
        assert len({notice.notice_id for notice in notices}) == 1
        assert len({one.headers["wechatpay-signature"] for one in sendings}) == 4

    def test_a_duplicate_comes_although_it_was_taken(self, channel, merchant) -> None:
        channel.start(
            a_request(outcome=Outcome.DUPLICATE_NOTIFICATION, notify_url=merchant.notify_url)
        )
        first, second = (channel.read_notification(merchant.next()) for _ in range(2))
        assert first == second

    def test_a_late_one_comes_in_the_end(self, channel, merchant) -> None:
        channel.start(a_request(outcome=Outcome.LATE_NOTIFICATION, notify_url=merchant.notify_url))
        assert channel.read_notification(merchant.next()).payment.result is PaymentResult.PAID

    def test_a_forged_one_is_refused_and_nothing_was_paid(self, channel, merchant) -> None:
        request = a_request(outcome=Outcome.FORGED_NOTIFICATION, notify_url=merchant.notify_url)
        channel.start(request)
        with pytest.raises(BadSignatureError):
            channel.read_notification(merchant.next())
        assert channel.ask(ref(request)).result is PaymentResult.NOT_YET

    def test_an_altered_one_is_refused_and_the_true_one_follows(self, channel, merchant) -> None:
        merchant.statuses.append(500)
        channel.start(
            a_request(outcome=Outcome.ALTERED_NOTIFICATION, notify_url=merchant.notify_url)
        )
        with pytest.raises(BadSignatureError):
            channel.read_notification(merchant.next())
        assert channel.read_notification(merchant.next()).payment.result is PaymentResult.PAID

    def test_another_amount_is_signed_and_told(self, channel, merchant) -> None:
        channel.start(a_request(outcome=Outcome.WRONG_AMOUNT, notify_url=merchant.notify_url))
        notice = channel.read_notification(merchant.next())
        assert notice.payment.amount == Money(PRICE.amount + 1, "CNY")

    @pytest.mark.parametrize(
        ("outcome", "result"),
        [
            (Outcome.BY_HAND, RefundResult.SUCCEEDED),
            (Outcome.CLOSED, RefundResult.FAILED),
            (Outcome.ABNORMAL, RefundResult.REQUIRES_ACTION),
        ],
    )
    def test_the_end_of_a_refund_is_notified(self, channel, merchant, outcome, result) -> None:
        request = a_refund(paid(channel), reason=f"[sim:{outcome}]", notify_url=merchant.notify_url)
        assert channel.refund(request).result is RefundResult.PROCESSING
        notice = channel.read_notification(merchant.next())
        assert (notice.refund.result, notice.refund.refund_id) == (result, request.refund_id)
        assert notice.refund.amount == Money(5000, "CNY")
        assert channel.ask_refund(request).result is result

    def test_a_refund_may_be_notified_before_its_payment(self, channel, merchant) -> None:
        request = a_request(outcome=Outcome.REORDERED_NOTIFICATION, notify_url=merchant.notify_url)
        channel.start(request)
        channel.refund(a_refund(request, notify_url=merchant.notify_url))
        first = channel.read_notification(merchant.next())
        second = channel.read_notification(merchant.next())
        assert first.refund is not None
        assert second.payment is not None

    def test_the_previous_apiv3_key_still_opens_it(self, channel, config, merchant) -> None:
        paid(channel, notify_url=merchant.notify_url)
        raw = merchant.next()
        changed = msgspec.structs.replace(
            config, apiv3_key="n" * 32, previous_apiv3_key=config.apiv3_key
        )
        after = WeChatPay(changed, clock=lambda: datetime.now(UTC))
        assert after.read_notification(raw) == channel.read_notification(raw)
        gone = WeChatPay(
            msgspec.structs.replace(config, apiv3_key="n" * 32), clock=lambda: datetime.now(UTC)
        )
        with pytest.raises(UnreadableNotificationError):
            gone.read_notification(raw)
        after.shut_down()
        gone.shut_down()

    def test_another_merchants_payment_does_not_match(self, channel, config, merchant) -> None:
        paid(channel, notify_url=merchant.notify_url)
        raw = merchant.next()
        other = WeChatPay(
            msgspec.structs.replace(config, mchid="1900000110"), clock=lambda: datetime.now(UTC)
        )
        said = other.read_notification(raw).payment
        assert said is not None
        assert not said.merchant_matches
        other.shut_down()

    def test_another_merchants_refund_is_not_read(self, channel, config, merchant) -> None:
        request = a_refund(paid(channel), notify_url=merchant.notify_url)
        channel.refund(request)
        raw = merchant.next()
        assert channel.read_notification(raw).refund is not None
        other = WeChatPay(
            msgspec.structs.replace(config, mchid="1900000110"), clock=lambda: datetime.now(UTC)
        )
        with pytest.raises(UnreadableNotificationError, match="another merchant"):
            other.read_notification(raw)
        other.shut_down()

    def test_an_old_notification_played_again_is_refused(self, channel, config, merchant) -> None:
        paid(channel, notify_url=merchant.notify_url)
        raw = merchant.next()
        later = WeChatPay(config, clock=lambda: datetime.now(UTC) + timedelta(minutes=6))
        with pytest.raises(BadSignatureError):
            later.read_notification(raw)
        later.shut_down()

    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"id":"1"}'])
    def test_what_is_signed_but_not_understood_is_unreadable(
        self, channel, simulators, body
    ) -> None:
        headers = simulators.wechat_pay.keys.public_key.headers(
            body, timestamp=int(datetime.now(UTC).timestamp()), nonce="n"
        )
        with pytest.raises(UnreadableNotificationError):
            channel.read_notification(RawNotification(headers, body))

    def test_an_unsigned_one_is_refused_whatever_it_says(self, channel) -> None:
        with pytest.raises(BadSignatureError):
            channel.read_notification(RawNotification({}, b"{}"))

    def test_how_it_is_answered(self, channel) -> None:
        assert channel.accepted().status == 200
        refused = channel.refused("database away")
        assert refused.status == 500
        assert msgspec.json.decode(refused.body)["code"] == "FAIL"
