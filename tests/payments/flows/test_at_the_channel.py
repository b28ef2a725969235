"""Flows with the real Alipay adapter against its simulator over HTTPS, jobs run as they fall due."""

from __future__ import annotations

import queue
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from msgspec import structs

from payments.certificates import Authority
from payments.channels.alipay.adapter import AlipayChannel
from payments.channels.alipay.config import simulated
from payments.channels.balance.adapter import BalanceChannel
from payments.channels.protocol import RawNotification
from payments.channels.registry import terms_of
from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import Action
from payments.channels.simulation.script import Outcome
from payments.channels.wechat_pay.adapter import WeChatPay
from payments.channels.wechat_pay.client import WeChatPayConfig
from payments.contract.lifecycles import AttemptState, OrderState, RefundState
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Method
from payments.contract.wire.requests import NewPayment
from payments.flows.handlers import handlers
from payments.flows.pay import Payments, give_up
from payments.flows.take_notification import take
from payments.store import jobs

QR = NewPayment(method=Method.ALIPAY_QR)
PATIENCE_S = 20.0


class Letterbox:
    """Where the simulated provider sends notifications over TLS; they are read one by one."""

    def __init__(self, authority: Authority) -> None:
        arrived: queue.Queue[RawNotification] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                arrived.put(RawNotification({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("content-length", "7")
                self.end_headers()
                self.wfile.write(b"success")

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._arrived = arrived
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.certificate_file, authority.key_file)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        self.address = f"https://127.0.0.1:{self._server.server_port}"

    def any(self) -> RawNotification:
        """The next notification, whatever it is about."""
        return self._arrived.get(timeout=PATIENCE_S)

    def next(self, number: str) -> RawNotification:
        """The next notification about this payment; what others left behind is dropped."""
        while number.encode() not in (raw := self._arrived.get(timeout=PATIENCE_S)).body:
            pass
        return raw

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Provider:
    """The running simulators, on the clock of the test that uses them."""

    def __init__(self, folder) -> None:
        self.clock: Callable[[], datetime] = lambda: datetime(2026, 3, 2, tzinfo=UTC)
        self.letterbox = Letterbox(Authority.in_folder(folder))
        self.running = Simulators.start(folder, time_scale=100_000, clock=self.time)
        self.alipay = self.running.alipay
        self.wechat_pay = self.running.wechat_pay

    def time(self) -> datetime:
        return self.clock()

    def config(self):
        details = self.running.details["channels"]["alipay"]
        return simulated(details, ca_file=details["ca_file"])

    def wechat_config(self) -> WeChatPayConfig:
        details = self.running.details["channels"]["wechat_pay"]
        return WeChatPayConfig(
            appid=details["appid"],
            mchid=details["mchid"],
            merchant_serial=details["merchant_serial"],
            merchant_private_key=Path(details["merchant_private_key"]).read_text(),
            apiv3_key=details["apiv3_key"],
            verifier_keys={details["public_key_id"]: Path(details["public_key"]).read_text()},
            base_url=details["base_url"],
            ca_file=details["ca_file"],
        )

    def script(self, number: str, outcome: Outcome) -> None:
        self.running.script.set(number, outcome)

    def state(self, number: str) -> str:
        return next((it.state for it in self.alipay.trades() if it.number == number), "")

    def close(self) -> None:
        self.running.close()
        self.letterbox.close()


class Till:
    """A shop that is paid through Alipay."""

    def __init__(self, shop, provider, clock, channel) -> None:
        self.shop = shop
        self.provider = provider
        self.clock = clock
        self.channels = {ChannelName.ALIPAY: channel, ChannelName.BALANCE: BalanceChannel()}
        base = provider.letterbox.address
        self.payments = Payments(shop.database, self.channels, base)
        self.handlers = handlers(shop.database, self.channels, base)
        shop.terms = terms_of(self.channels)

    def starts(self, order_id: str):
        return self.shop.database.complete(self.payments.start(order_id, QR, None))

    def pays(self, attempt_id: str) -> None:
        self.provider.alipay.act(attempt_id, Action.PAY)

    def takes(self, raw: RawNotification):
        return self.shop.database.complete(
            take(self.shop.database, self.channels, ChannelName.ALIPAY, raw)
        )

    def passes(self, **span: float) -> None:
        """Let time pass and do the jobs that have fallen due by then."""
        self.clock.forward(timedelta(**span))
        self.shop.database.complete(self._work())

    async def _work(self) -> None:
        database = self.shop.database
        while due := await database.run(jobs.claim, 50, timedelta(minutes=5)):
            for job in due:
                await self.handlers[job.kind](job.args)
                await database.run(jobs.finish, job)


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    running = Provider(tmp_path_factory.mktemp("provider"))
    yield running
    running.close()


@pytest.fixture
def till(shop, provider, clock):
    provider.clock = clock
    channel = AlipayChannel(provider.config(), clock=clock)
    yield Till(shop, provider, clock, channel)
    channel.shut_down()


@pytest.fixture
def cut_off(shop, provider, clock):
    """The till of a shop that cannot reach its provider."""
    config = structs.replace(provider.config(), gateway="https://127.0.0.1:9/gateway.do")
    channel = AlipayChannel(config, clock=clock)
    yield Till(shop, provider, clock, channel)
    channel.shut_down()


def test_a_payment_is_shown_paid_and_notified_once(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    assert (started.state, started.action.kind) == (AttemptState.REQUIRES_ACTION, "qr")
    assert till.starts(order_id) == started
    till.pays(started.attempt_id)
    raw = till.provider.letterbox.next(order_id)
    assert till.takes(raw).body == b"success"
    assert shop.the_order(order_id).state is OrderState.PAID
    before = shop.head()
    assert till.takes(raw).body == b"success"
    assert shop.head() == before
    attempt = shop.the_attempt(started.attempt_id)
    assert set(attempt.took) == {"request", "channel", "payer"}


def test_a_forged_notification_pays_nothing(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    till.pays(started.attempt_id)
    raw = till.provider.letterbox.next(order_id)
    forged = RawNotification(raw.headers, raw.body.replace(b"100.00", b"100.01"))
    assert till.takes(forged).body != b"success"
    assert shop.alarms() == {"bad_signature": 1}
    assert shop.the_order(order_id).paid == 0


def test_a_notification_of_another_amount_is_a_conflict(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_1", Outcome.WRONG_AMOUNT)
    started = till.starts(order_id)
    assert till.takes(till.provider.letterbox.next(order_id)).body == b"success"
    assert shop.the_attempt(started.attempt_id).state is AttemptState.CONFLICTED
    assert shop.the_order(order_id).paid == 0
    assert shop.alarms() == {"mismatch": 1}


def test_a_notification_of_an_unknown_number_is_kept(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    till.pays(started.attempt_id)
    raw = till.provider.letterbox.next(order_id)
    stranger = {ChannelName.ALIPAY: till.channels[ChannelName.ALIPAY]}
    shop.run(_forget, started.attempt_id)
    reply = shop.database.complete(take(shop.database, stranger, ChannelName.ALIPAY, raw))
    assert reply.body == b"success"
    assert shop.alarms() == {"unknown_number": 1}


def _forget(work, attempt_id):
    from sqlalchemy import delete

    from payments.store.tables import ATTEMPTS

    work.connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.id == attempt_id))


def test_while_a_payment_is_being_started_no_other_is(till, shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    with pytest.raises(RefusedError) as refusal:
        till.starts(order_id)
    assert refusal.value.code is Code.ORDER_NOT_PAYABLE
    assert shop.the_attempt(attempt.id).state is AttemptState.CREATED


def test_what_was_given_up_is_asked_about_until_there_is_an_answer(cut_off, shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    shop.run(give_up, attempt)
    for span in ({"minutes": 32}, {"hours": 1}, {"days": 1}, {"days": 1}):
        cut_off.passes(**span)
        assert shop.run(jobs.next_due_ms) is not None
    assert shop.the_attempt(attempt.id).state is AttemptState.CANCELLED


def test_an_order_that_was_closed_shows_nobody_its_code(till, shop):
    from payments.flows.cancel_order import cancel_order

    order_id = shop.order()
    till.starts(order_id)
    shop.run(cancel_order, order_id)
    with pytest.raises(RefusedError) as refusal:
        till.starts(order_id)
    assert refusal.value.code is Code.ORDER_NOT_PAYABLE


def test_an_order_whose_channel_was_taken_away_expires_and_goes_on_being_asked_about(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    till.pays(started.attempt_id)
    till.provider.letterbox.next(order_id)
    alipay = till.channels.pop(ChannelName.ALIPAY)
    till.passes(minutes=31)
    till.passes(minutes=61)
    assert shop.the_order(order_id).state is OrderState.EXPIRED
    till.channels[ChannelName.ALIPAY] = alipay
    till.passes(days=1)
    assert shop.the_attempt(started.attempt_id).state is AttemptState.SUCCEEDED
    assert len(shop.refund_ids(order_id)) == 1


def test_without_a_notification_the_channel_is_asked(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_*", Outcome.NO_NOTIFICATION)
    started = till.starts(order_id)
    till.passes(seconds=10)
    assert shop.the_order(order_id).state is OrderState.PAID
    assert shop.the_attempt(started.attempt_id).state is AttemptState.SUCCEEDED


def test_what_is_not_clear_is_asked_about_before_another_payment_starts(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_1", Outcome.NO_ANSWER)
    first = till.starts(order_id)
    assert first.state is AttemptState.UNKNOWN
    with pytest.raises(RefusedError):
        till.starts(order_id)  # the fault strikes each kind of request once
    second = till.starts(order_id)
    assert second.attempt_id == f"{order_id}_2"
    assert second.state is AttemptState.REQUIRES_ACTION
    assert shop.the_attempt(first.attempt_id).state is AttemptState.CANCELLED


def test_what_was_paid_meanwhile_is_found_instead_of_paying_again(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_1", Outcome.SERVER_ERROR_AFTER)
    first = till.starts(order_id)
    assert first.state is AttemptState.UNKNOWN
    till.pays(first.attempt_id)
    till.provider.letterbox.next(order_id)
    for _ in range(2):  # the fault strikes each kind of request once
        with pytest.raises(RefusedError) as refusal:
            till.starts(order_id)
        assert refusal.value.code is Code.ORDER_NOT_PAYABLE
    assert shop.the_order(order_id).state is OrderState.PAID


def test_while_a_payment_is_not_clear_no_other_is_started(cut_off, shop):
    order_id = shop.order()
    assert cut_off.starts(order_id).state is AttemptState.UNKNOWN
    with pytest.raises(RefusedError) as refusal:
        cut_off.starts(order_id)
    assert refusal.value.code is Code.ORDER_NOT_PAYABLE


def test_an_order_waits_an_hour_for_a_clear_word_and_then_expires(cut_off, shop):
    order_id = shop.order()
    cut_off.starts(order_id)
    cut_off.passes(minutes=31)
    assert shop.the_order(order_id).state is OrderState.AWAITING_PAYMENT
    cut_off.passes(minutes=61)
    assert shop.the_order(order_id).state is OrderState.EXPIRED


def test_expiry_closes_the_payment_at_the_channel(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    till.provider.alipay.act(started.attempt_id, Action.SCAN)
    till.passes(minutes=30)
    assert shop.the_order(order_id).state is OrderState.EXPIRED
    assert shop.the_attempt(started.attempt_id).state is AttemptState.EXPIRED
    assert till.provider.state(started.attempt_id) == "TRADE_CLOSED"


def test_a_code_that_nobody_has_scanned_expires_with_its_order(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    till.passes(minutes=30)
    assert shop.the_order(order_id).state is OrderState.EXPIRED
    assert shop.the_attempt(started.attempt_id).state is AttemptState.EXPIRED


def test_a_code_given_up_and_paid_all_the_same_is_found_without_a_notification(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_*", Outcome.NO_NOTIFICATION)
    started = till.starts(order_id)
    shop.run(give_up, shop.the_attempt(started.attempt_id))
    assert shop.the_attempt(started.attempt_id).state is AttemptState.CANCELLED
    till.passes(minutes=31)
    till.passes(minutes=1)
    assert shop.the_attempt(started.attempt_id).state is AttemptState.SUCCEEDED
    assert len(shop.refund_ids(order_id)) == 1
    assert shop.alarms() == {"late_success": 1}


def test_what_is_paid_at_the_last_moment_is_paid(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_*", Outcome.NO_NOTIFICATION)
    started = till.starts(order_id)
    shop.run(jobs.withdraw, f"ask_attempt:{started.attempt_id}")
    till.passes(minutes=30)
    assert shop.the_order(order_id).state is OrderState.PAID


def test_cancelling_closes_the_payment_at_the_channel(till, shop):
    from payments.flows.cancel_order import cancel_order

    order_id = shop.order()
    started = till.starts(order_id)
    till.provider.alipay.act(started.attempt_id, Action.SCAN)
    shop.run(cancel_order, order_id)
    till.passes(seconds=0)
    assert till.provider.state(started.attempt_id) == "TRADE_CLOSED"
    assert shop.the_order(order_id).state is OrderState.CANCELLED


def test_a_payment_whose_start_was_cut_short_is_closed_by_itself(till, shop):
    order_id = shop.order()
    attempt = shop.begin(order_id)
    till.passes(seconds=10)
    assert shop.the_attempt(attempt.id).state is AttemptState.CREATED
    till.passes(seconds=25)
    assert shop.the_attempt(attempt.id).state is AttemptState.CANCELLED
    assert till.starts(order_id).state is AttemptState.REQUIRES_ACTION


def _paid(till, shop):
    order_id = shop.order()
    till.provider.script(f"{order_id}_*", Outcome.NO_NOTIFICATION)
    till.starts(order_id)
    till.passes(seconds=10)
    assert shop.the_order(order_id).state is OrderState.PAID
    return order_id


def test_a_refund_is_sent_and_succeeds(till, shop):
    order_id = _paid(till, shop)
    refund_id = shop.asks_refund(order_id, 4_000)
    till.passes(seconds=0)
    till.passes(seconds=10)
    assert shop.the_refund(refund_id).state is RefundState.SUCCEEDED
    assert shop.the_order(order_id).refunded == 4_000


def test_a_refund_without_an_answer_is_asked_about_and_paid_once(till, shop):
    order_id = _paid(till, shop)
    refund_id = shop.asks_refund(order_id, 4_000)
    till.provider.script(refund_id, Outcome.NO_ANSWER)
    till.passes(seconds=0)
    assert shop.the_refund(refund_id).state is RefundState.SUBMITTED
    till.passes(seconds=10)
    till.passes(seconds=20)
    assert shop.the_refund(refund_id).state is RefundState.SUCCEEDED
    assert shop.account("channel_clearing:alipay") == 10_000 - 60 - 4_000


def test_money_that_comes_too_late_is_sent_back_by_itself(till, shop):
    order_id = shop.order()
    started = till.starts(order_id)
    till.pays(started.attempt_id)
    raw = till.provider.letterbox.next(order_id)
    from payments.contract.wire.records import Happening
    from payments.flows.expire_orders import end_unpaid
    from payments.store.records import ORDERS

    shop.run(
        lambda work: end_unpaid(
            work, ORDERS.locked(work, order_id), OrderState.EXPIRED, Happening.EXPIRED
        )
    )
    till.takes(raw)
    (refund_id,) = shop.refund_ids(order_id)
    till.passes(seconds=0)
    till.passes(seconds=10)
    assert shop.the_refund(refund_id).state is RefundState.SUCCEEDED
    assert shop.account("owed_to_payers") == 0


@pytest.fixture
def wechat(shop, provider, clock):
    provider.clock = clock
    channel = WeChatPay(provider.wechat_config(), clock=clock)
    till = Till(shop, provider, clock, channel)
    till.channels = {ChannelName.WECHAT_PAY: channel}
    till.payments = Payments(shop.database, till.channels, provider.letterbox.address)
    till.handlers = handlers(shop.database, till.channels, provider.letterbox.address)
    shop.terms = terms_of(till.channels)
    yield till
    channel.shut_down()


def test_wechat_pay_tells_of_payments_and_refunds_until_they_are_taken(wechat, shop):
    """Its notifications are sealed: what others left behind is known by nothing, and harmless."""
    order_id = shop.order()
    start = wechat.payments.start(order_id, NewPayment(), None)
    started = shop.database.complete(start)
    assert started.method is Method.WECHAT_PAY_NATIVE
    wechat.provider.wechat_pay.act(started.attempt_id, Action.PAY)
    _take_until(wechat, lambda: shop.the_order(order_id).state is OrderState.PAID)
    refund_id = shop.asks_refund(order_id, 10_000)
    wechat.passes(seconds=0)
    _take_until(wechat, lambda: shop.the_refund(refund_id).state is RefundState.SUCCEEDED)
    order = shop.the_order(order_id)
    assert (order.refunded, order.fulfilment.value) == (10_000, "revoked")


def _take_until(till, done) -> None:
    while not done():
        raw = till.provider.letterbox.any()
        if "wechatpay-signature" in raw.headers:
            database = till.shop.database
            database.complete(take(database, till.channels, ChannelName.WECHAT_PAY, raw))
