"""Every row of the spec's table of formulas, with the figures printed there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from payments.contract.money import Money, money_of
from payments.contract.rates import success_rate, wilson_95
from payments.contract.wire.records import Method
from payments.domain.commission import shares
from payments.domain.exchange import exchange, exchange_at
from payments.domain.measures import (
    incident_probability,
    incident_probability_first_order,
    payment_time,
    security_factor,
    transfer_time,
)
from payments.domain.pricing import priced
from payments.domain.risk_score import is_held, risk_score
from payments.domain.routing import Option, objective, route, route_by_total

D = Decimal
seconds = timedelta


def _order(price: str, discount: str, tax: str) -> str:
    return Money(priced(money_of(price, "CNY").amount, D(discount), D(tax)).amount, "CNY").plain()


def _rate(successes: int, trials: int) -> Decimal | None:
    return success_rate(successes, trials)


def _split(net: str, rate: str) -> tuple[str, ...]:
    parts = shares(money_of(net, "CNY").amount, D(rate))
    return tuple(Money(part, "CNY").plain() for part in (parts.instructor, parts.platform))


def _option(method: Method, successes: int, fee: str, time: int | None = None) -> Option:
    return Option(method, D(fee), successes, 1000, seconds(seconds=time) if time else None)


def _routed(*options: Option) -> tuple[Method, str]:
    routing = route(options, 30)
    assert routing is not None
    return routing.chosen, routing.reason


def _cheapest(*options: Option) -> Method:
    routing = route_by_total(options, 30, payable=D(100), weight=D("0.1"))
    assert routing is not None
    return routing.chosen


A, B = Method.ALIPAY_QR, Method.WECHAT_PAY_NATIVE

FIGURES: list[tuple[str, object, object]] = [
    ("order amount", _order("100.00", "0.10", "0.05"), "94.50"),
    ("order amount", _order("200.00", "0.15", "0.08"), "183.60"),
    ("exchange", exchange(money_of("100.00", "CNY"), "EUR", D("0.15")), money_of("15.00", "EUR")),
    ("exchange", exchange_at(money_of("2000.00", "CNY"), "USD", D(7)), money_of("285.71", "USD")),
    ("exchange to yen", exchange(money_of("1.00", "CNY"), "JPY", D("20.5")), Money(21, "JPY")),
    ("exchange to dinar", exchange(Money(100, "CNY"), "KWD", D("0.04255")), Money(43, "KWD")),
    ("success rate", _rate(60, 80), D("0.75")),
    ("success rate", _rate(420, 500), D("0.84")),
    ("success rate", _rate(950, 1000), D("0.95")),
    ("success rate of nothing", _rate(0, 0), None),
    ("Wilson", tuple(round(end, 4) for end in wilson_95(60, 80)), (D("0.6452"), D("0.8319"))),
    ("risk score", risk_score(D(500), D("0.2")), D(100)),
    ("above the threshold", is_held(D(100), D(90)), True),
    ("at the threshold", is_held(D(90), D(90)), False),
    ("objective A", objective(D("0.90"), D("0.02")), D(45)),
    ("objective B", objective(D("0.85"), D("0.01")), D(85)),
    (
        "larger objective",
        _routed(_option(A, 900, "0.02"), _option(B, 850, "0.01")),
        (B, "best_objective"),
    ),
    ("zero fee wins", _routed(_option(A, 1000, "0.0001"), _option(B, 1, "0")), (B, "no_fee")),
    ("faster", _routed(_option(A, 900, "0.01", 6), _option(B, 900, "0.01", 5)), (B, "faster")),
    ("name", _routed(_option(B, 900, "0.01", 5), _option(A, 900, "0.01", 5)), (A, "by_name")),
    (
        "total cost and time",
        _cheapest(_option(A, 900, "0.01", 6), _option(B, 900, "0.01", 5)),
        B,
    ),
    (
        "payment time",
        payment_time(seconds(seconds=2), seconds(seconds=1), seconds(seconds=3)),
        seconds(seconds=6),
    ),
    (
        "payment time",
        payment_time(seconds(seconds=1), seconds(seconds=1), seconds(seconds=3)),
        seconds(seconds=5),
    ),
    (
        "transfer time",
        transfer_time(timedelta(hours=1), timedelta(minutes=30)),
        timedelta(hours=1, minutes=30),
    ),
    (
        "incidents",
        round(incident_probability([D("0.0001"), D("0.0002"), D("0.0003")]), 4),
        D("0.0006"),
    ),
    (
        "incidents, exact",
        incident_probability([D("0.0001"), D("0.0002"), D("0.0003")]),
        D("0.000599890006"),
    ),
    (
        "incidents, first order",
        incident_probability_first_order([D("0.0001"), D("0.0002"), D("0.0003")]),
        D("0.0006"),
    ),
    ("security factor", security_factor(D("0.8"), D("1.2")), D("0.96")),
    ("commission", _split("94.50", "0.7"), ("66.15", "28.35")),
    ("commission of a cent", _split("0.01", "0.7"), ("0.01", "0.00")),
]


@pytest.mark.parametrize(
    ("computed", "printed"), [row[1:] for row in FIGURES], ids=[r[0] for r in FIGURES]
)
def test_the_figures_of_the_spec(computed, printed):
    assert computed == printed
