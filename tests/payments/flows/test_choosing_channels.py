from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import structs

from payments.channels.protocol import PaymentResult
from payments.contract.lifecycles import Review
from payments.contract.wire.records import Method
from payments.flows.begin_payment import begin
from payments.flows.choose_channel import Measures
from payments.store import exchange_rates
from payments.store.measures import Measured

ALIPAY, WECHAT = Method.ALIPAY_QR, Method.WECHAT_PAY_NATIVE


def _routing(shop, measures, healthy=None):
    order_id = shop.order()
    well = frozenset(shop.terms) if healthy is None else healthy
    shop.run(begin, order_id, None, shop.terms, well, measures)
    return shop.the_order(order_id).inner.routing


def test_what_fails_too_often_is_not_chosen_although_it_is_cheaper(shop):
    measures = {ALIPAY: Measured(95, 100, 4_000), WECHAT: Measured(40, 100, 4_000)}
    routing = _routing(shop, measures)
    assert (routing.chosen, routing.reason) == (ALIPAY, "best_objective")
    rates = {it.method: (it.success_rate, it.attempts, it.fee_rate) for it in routing.candidates}
    assert rates[ALIPAY] == ("0.9500", 100, "0.0060")
    assert rates[WECHAT] == ("0.4000", 100, "0.0038")


def test_a_channel_that_is_down_is_left_out_and_says_why(shop):
    routing = _routing(shop, {}, frozenset({it for it in shop.terms if it != "wechat_pay"}))
    assert (routing.chosen, routing.reason) == (ALIPAY, "only_candidate")
    assert {it.method: it.excluded for it in routing.candidates}[WECHAT] == "unhealthy"


def test_with_a_weight_the_total_of_cost_and_time_decides(shop):
    shop.settings(routing_weight="0.01")
    measures = {ALIPAY: Measured(95, 100, 3_000), WECHAT: Measured(99, 100, 9_000)}
    routing = _routing(shop, measures)
    assert (routing.chosen, routing.reason) == (ALIPAY, "lowest_total")


def test_success_is_measured_over_the_window_once_a_minute(shop):
    for result in (PaymentResult.PAID, PaymentResult.PAID, PaymentResult.FAILED):
        shop.told(shop.begin(shop.order()), result)
    shop.begin(shop.order())
    seconds = [0.0]
    measures = Measures(shop.database, clock=lambda: seconds[0])

    def counted():
        measured = shop.database.complete(measures.current())[ALIPAY]
        return measured.successes, measured.attempts

    assert counted() == (2, 3)
    shop.told(shop.begin(shop.order()))
    assert counted() == (2, 3)
    seconds[0] = 60.0
    assert counted() == (3, 4)


def test_risk_is_scored_in_the_base_currency(shop):
    shop.run(exchange_rates.put, "USD", date(2026, 3, 1), Decimal("7.2"))
    for name, traits in shop.terms.items():
        shop.terms[name] = structs.replace(traits, currencies=frozenset({"CNY", "USD"}))
    shop.sells("below", 25_000, currency="USD")
    shop.sells("above", 25_001, currency="USD")
    below, above = shop.the_order(shop.paid("below")), shop.the_order(shop.paid("above"))
    assert (below.inner.risk.score, below.review) == ("90", Review.NONE)
    assert above.inner.risk.base_amount == "1800.07"
    assert above.review is Review.PENDING
