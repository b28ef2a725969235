"""Begin a payment attempt: route it, number it, and leave a job that asks about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from payments.channels.protocol import Outcome, PaymentResult
from payments.channels.registry import CHANNEL_OF, Terms
from payments.contract.lifecycles import OPEN_ATTEMPTS, AttemptState, OrderState
from payments.contract.money import Money
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Happening, Method
from payments.flows.balance import balance_of
from payments.flows.choose_channel import choose
from payments.flows.job_kinds import ASK_ATTEMPT, next_asking_ms, plan
from payments.flows.settle_attempt import apply_outcome
from payments.flows.timeline import line
from payments.store.measures import Measured
from payments.store.records import ATTEMPTS, ORDERS, PAYERS, attempts_of
from payments.store.stored import StoredAttempt, StoredOrder
from payments.store.work import Work

# A payer gets at least this long to pay, even when the order is about to expire.
_SHORTEST_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Begun:
    """A new attempt; ``settled`` when it is paid already and no channel needs to be called."""

    attempt: StoredAttempt
    title: str
    settled: bool = False


def begin(
    work: Work,
    order_id: str,
    asked: Method | None,
    terms: Terms,
    healthy: frozenset[ChannelName],
    measures: Mapping[Method, Measured],
) -> Begun:
    """Add an attempt for the whole order. A payment by balance is made here and now.

    Raises RefusedError: NOT_FOUND, ORDER_NOT_PAYABLE, NO_CHANNEL_AVAILABLE,
    CHANNEL_NOT_CONFIGURED, INSUFFICIENT_BALANCE.
    """
    order = _payable(work, order_id)
    routing = choose(work, order, asked, terms, healthy, measures)
    number = order.attempt_count + 1
    attempt = StoredAttempt(
        id=f"{order.id}_{number}",
        order_id=order.id,
        channel=CHANNEL_OF[routing.chosen],
        method=routing.chosen,
        state=AttemptState.CREATED,
        currency=order.currency,
        amount=order.amount,
        started_ms=work.now_ms,
        expires_ms=max(order.expires_ms or 0, work.now_ms + _SHORTEST_MS),
    )
    if attempt.channel is ChannelName.BALANCE:
        _check_balance(work, order)
    started = line(work, Happening.ATTEMPT_STARTED, attempt=attempt.id, method=attempt.method.value)
    order = replace(
        order,
        attempt_count=number,
        channel=attempt.channel,
        method=attempt.method,
        routing=routing,
        events=(*order.events, started),
    )
    ORDERS.save(work, order)
    ATTEMPTS.add(work, attempt)
    if attempt.channel is ChannelName.BALANCE:
        amount = Money(attempt.amount, attempt.currency)
        paid = apply_outcome(work, attempt, Outcome(PaymentResult.PAID, attempt.id, amount=amount))
        return Begun(paid, order.title, settled=True)
    plan(work, ASK_ATTEMPT, attempt.id, at_ms=next_asking_ms(work.now_ms, 0))
    return Begun(attempt, order.title)


def check_payable(work: Work, order: StoredOrder) -> None:
    """Raise RefusedError(ORDER_NOT_PAYABLE) unless the order awaits payment and has not expired."""
    if order.state is not OrderState.AWAITING_PAYMENT:
        raise RefusedError(Code.ORDER_NOT_PAYABLE, f"the order is {order.state.value}")
    if order.expires_ms is not None and order.expires_ms <= work.now_ms:
        raise RefusedError(Code.ORDER_NOT_PAYABLE, "the order has expired")


def _payable(work: Work, order_id: str) -> StoredOrder:
    order = ORDERS.locked(work, order_id)
    check_payable(work, order)
    if order.attempt_count and any(it.state in OPEN_ATTEMPTS for it in attempts_of(work, order_id)):
        raise RefusedError(Code.ORDER_NOT_PAYABLE, "an earlier payment is not clear yet")
    return order


def _check_balance(work: Work, order: StoredOrder) -> None:
    PAYERS.locked(work, order.payer_id)
    if balance_of(work, order.payer_id, order.currency) < order.amount:
        raise RefusedError(Code.INSUFFICIENT_BALANCE, "the balance does not cover the order")
