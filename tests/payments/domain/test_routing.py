from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.contract.wire.records import Method, Routing
from payments.domain.routing import Option, route, route_by_total, total_cost

ALIPAY, WECHAT = Method.ALIPAY_QR, Method.WECHAT_PAY_NATIVE


def _routed(options: list[Option], *, asked_for: bool = False) -> Routing:
    routing = route(options, 30, asked_for=asked_for)
    assert routing is not None
    return routing


@st.composite
def options(draw):
    methods = draw(st.lists(st.sampled_from(Method), unique=True, min_size=1))
    chosen = []
    for method in methods:
        attempts = draw(st.integers(0, 200))
        chosen.append(
            Option(
                method,
                draw(st.decimals(0, "0.05", places=4)),
                draw(st.integers(0, attempts)),
                attempts,
                draw(st.none() | st.timedeltas(timedelta(0), timedelta(minutes=5))),
                draw(st.sampled_from(["", "", "unhealthy"])),
            )
        )
    return chosen


@given(options(), st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_options(choices, random):
    shuffled = list(choices)
    random.shuffle(shuffled)
    assert route(choices, 30) == route(shuffled, 30)


@given(options())
def test_every_candidate_is_kept_and_the_excluded_are_never_chosen(choices):
    allowed = {option.method for option in choices if not option.excluded}
    if not allowed:
        assert route(choices, 30) is None
        return
    routing = _routed(choices)
    assert routing.chosen in allowed
    assert {it.method for it in routing.candidates} == {it.method for it in choices}
    assert {it.method for it in routing.candidates if not it.excluded} == allowed


def test_a_channel_never_tried_is_given_a_chance():
    routing = _routed(
        [Option(ALIPAY, Decimal("0.006"), 990, 1000), Option(WECHAT, Decimal("0.006"))]
    )
    assert routing.chosen is WECHAT
    assert routing.candidates[0].attempts == 0


def test_a_single_failure_does_not_shut_a_channel_out():
    assert Option(ALIPAY, Decimal("0.006"), 0, 1).rate > Decimal("0.5")


def test_the_payers_wish_is_the_reason():
    assert _routed([Option(ALIPAY, Decimal("0.006"))], asked_for=True).reason == "asked_for"


def test_a_weight_of_nothing_leaves_the_price_to_decide():
    assert total_cost(Decimal(100), Decimal(0), timedelta.max) == 100
    assert route_by_total([], 30, payable=Decimal(1), weight=Decimal(1)) is None
