"""Pay an order: begin here, start at the channel outside any transaction, record what it says.

Every step leaves a job that asks later, so that a crash between two steps converges by itself.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Final

from payments.channels.protocol import (
    AttemptRef,
    Instruction,
    Outcome,
    PaymentRequest,
    PaymentResult,
)
from payments.channels.registry import Channels, channel_of, is_healthy, terms_of
from payments.contract.lifecycles import (
    ASKED_ABOUT,
    OPEN_ATTEMPTS,
    AttemptState,
    OrderState,
    Step,
    step,
)
from payments.contract.money import Money
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Happening
from payments.contract.wire.requests import Action, NewPayment, Started
from payments.flows.alarms import alarm
from payments.flows.begin_payment import Begun, begin, check_payable
from payments.flows.choose_channel import Measures
from payments.flows.job_kinds import ASK_ATTEMPT, next_asking_ms, plan
from payments.flows.settle_attempt import apply_outcome
from payments.flows.timeline import line
from payments.store.database import Database
from payments.store.instants import instant
from payments.store.records import ATTEMPTS, ORDERS, attempts_of
from payments.store.stored import StoredAttempt, StoredOrder
from payments.store.work import Actor, Work

# An attempt that was never started at its channel is given up after this long: its caller crashed.
_STARTING_MS: Final = 30_000
# After a stop of the services, askings that were missed are not made up all at once.
_SHORTEST_WAIT_MS: Final = 5_000
_AFTER_EXPIRY_MS: Final = 60_000
_GIVEN_UP: Final = frozenset({AttemptState.CANCELLED, AttemptState.EXPIRED})
_NO_WORD: Final = frozenset({PaymentResult.UNKNOWN, PaymentResult.PROCESSING})


class Payments:
    """Payments of a merchant; ``notify_base`` is the address that channels notify (no path)."""

    def __init__(self, database: Database, channels: Channels, notify_base: str) -> None:
        self._database = database
        self._channels = channels
        self._notify_base = notify_base.rstrip("/")
        self._measures = Measures(database)

    async def start(self, order_id: str, new: NewPayment, actor: Actor | None) -> Started:
        """Start an attempt, once earlier ones are known to be out of the way.

        An attempt that the payer can still use is shown again instead of starting another.
        Raises RefusedError: NOT_FOUND, ORDER_NOT_PAYABLE, NO_CHANNEL_AVAILABLE,
        CHANNEL_NOT_CONFIGURED, INSUFFICIENT_BALANCE.
        """
        for attempt in await self._database.read(attempts_in_the_way, order_id):
            if _usable(attempt, new, self._database.now_ms()):
                return started_of(attempt)
            if _starting(attempt, self._database.now_ms()):
                raise RefusedError(Code.ORDER_NOT_PAYABLE, "a payment is just being started")
            await self.clear(attempt)
        since = time.perf_counter()
        begun = await self._database.run(
            begin,
            order_id,
            new.method,
            terms_of(self._channels),
            self._healthy(),
            await self._measures.current(),
            actor=actor,
        )
        if begun.settled:
            return started_of(begun.attempt)
        request_ms = _elapsed_ms(since)
        since = time.perf_counter()
        channel = channel_of(self._channels, begun.attempt.channel)
        instruction = await asyncio.to_thread(channel.start, self._request(begun))
        took = {"request": request_ms, "channel": _elapsed_ms(since)}
        attempt = await self._database.run(record_started, begun.attempt.id, instruction, took)
        return started_of(attempt)

    async def started(self, attempt_id: str) -> Started:
        """How an attempt stands, for its payer. Raises RefusedError(NOT_FOUND)."""
        attempt = await self._database.read(ATTEMPTS.get, attempt_id)
        if attempt is None:
            raise RefusedError(Code.NOT_FOUND, "no such payment")
        return started_of(attempt)

    async def clear(self, attempt: StoredAttempt) -> StoredAttempt:
        """Make sure that an open attempt can no longer be paid: ask when not clear, then close."""
        if attempt.state in ASKED_ABOUT:
            attempt = await self.ask(attempt)
        return await self.close(attempt) if attempt.state in OPEN_ATTEMPTS else attempt

    async def ask(self, attempt: StoredAttempt) -> StoredAttempt:
        """Ask the channel how the attempt stands and apply the answer."""
        return await self._apply(attempt, await self._answer(attempt))

    async def close(self, attempt: StoredAttempt) -> StoredAttempt:
        """Close the attempt at its channel and apply the answer: it may just have been paid."""
        channel = self._channels.get(attempt.channel)
        if channel is None:
            return await self._apply(attempt, _nobody_to_ask(attempt))
        outcome = await asyncio.to_thread(channel.close, _reference(attempt))
        if outcome.result is PaymentResult.NOT_YET:
            return await self._database.run(give_up, attempt)
        return await self._apply(attempt, outcome)

    async def ask_later(self, attempt_id: str) -> None:
        """The job ``ask_attempt``: ask, close what nobody waits for any more, ask again later."""
        attempt, order = await self._database.read(with_order, attempt_id)
        if attempt.state in _GIVEN_UP:
            await self._ask_once_more(attempt)
            return
        if attempt.state in OPEN_ATTEMPTS:
            attempt = await self.ask(attempt)
        if attempt.state in OPEN_ATTEMPTS and _abandoned(attempt, order, self._database.now_ms()):
            attempt = await self.close(attempt)
        if attempt.state in OPEN_ATTEMPTS:
            await self._database.run(ask_again, attempt.id)

    async def _ask_once_more(self, attempt: StoredAttempt) -> None:
        """Make sure that nobody has paid what was given up; asked again until there is a word."""
        outcome = await self._answer(attempt)
        await self._apply(attempt, outcome)
        if outcome.result in _NO_WORD:
            await self._database.run(ask_again, attempt.id)

    async def _answer(self, attempt: StoredAttempt) -> Outcome:
        channel = self._channels.get(attempt.channel)
        if channel is None:
            return _nobody_to_ask(attempt)
        return await asyncio.to_thread(channel.ask, _reference(attempt))

    async def _apply(self, attempt: StoredAttempt, outcome: Outcome) -> StoredAttempt:
        return await self._database.run(apply_outcome, attempt, outcome)

    def _healthy(self) -> frozenset[ChannelName]:
        return frozenset(name for name, it in self._channels.items() if is_healthy(it))

    def _request(self, begun: Begun) -> PaymentRequest:
        attempt = begun.attempt
        return PaymentRequest(
            attempt_id=attempt.id,
            method=attempt.method,
            amount=Money(attempt.amount, attempt.currency),
            title=begun.title,
            expires_at=instant(attempt.expires_ms),
            notify_url=f"{self._notify_base}/notify/{attempt.channel.value}",
        )


def open_attempts(work: Work, order_id: str) -> tuple[StoredAttempt, ...]:
    """The attempts of an order that may still become paid."""
    return tuple(it for it in attempts_of(work, order_id) if it.state in OPEN_ATTEMPTS)


def attempts_in_the_way(work: Work, order_id: str) -> tuple[StoredAttempt, ...]:
    """The open attempts of an order that can be paid now.

    Raises RefusedError: NOT_FOUND, ORDER_NOT_PAYABLE (nobody is shown a code for a closed order).
    """
    order = ORDERS.get(work, order_id)
    if order is None:
        raise RefusedError(Code.NOT_FOUND, "no such order")
    check_payable(work, order)
    return open_attempts(work, order_id) if order.attempt_count else ()


def with_order(work: Work, attempt_id: str) -> tuple[StoredAttempt, StoredOrder]:
    """An attempt and its order. Raises RefusedError(NOT_FOUND)."""
    attempt = ATTEMPTS.get(work, attempt_id)
    order = ORDERS.get(work, attempt.order_id) if attempt else None
    if attempt is None or order is None:
        raise RefusedError(Code.NOT_FOUND, attempt_id)
    return attempt, order


def record_started(
    work: Work, attempt_id: str, instruction: Instruction, took: dict[str, int]
) -> StoredAttempt:
    """Record what the channel answered to a new attempt, and how long each phase took."""
    attempt, _ = with_order(work, attempt_id)
    order = ORDERS.locked(work, attempt.order_id)
    attempt = ATTEMPTS.locked(work, attempt_id)
    measured = replace(attempt, took=attempt.took | took)
    state, happening = _STARTED.get(instruction.result, _UNCLEAR)
    if attempt.state not in OPEN_ATTEMPTS or step(attempt.state, state) is not Step.TAKEN:
        ATTEMPTS.save(work, measured)
        return measured
    recorded = replace(
        measured,
        state=state,
        failure=instruction.failure,
        ended_ms=work.now_ms if state is AttemptState.FAILED else None,
        instruction_kind=instruction.kind,
        instruction=instruction.content,
    )
    ATTEMPTS.save(work, recorded)
    event = line(work, happening, attempt=attempt.id, failure=instruction.failure)
    ORDERS.save(work, replace(order, events=(*order.events, event)))
    return recorded


_UNCLEAR: Final = (AttemptState.UNKNOWN, Happening.ATTEMPT_UNKNOWN)
_STARTED: Final = {
    PaymentResult.NOT_YET: (AttemptState.REQUIRES_ACTION, Happening.ATTEMPT_SHOWN),
    PaymentResult.FAILED: (AttemptState.FAILED, Happening.ATTEMPT_FAILED),
}


def give_up(work: Work, attempt: StoredAttempt) -> StoredAttempt:
    """End an attempt that its channel has nothing to close of: nobody has scanned its code yet.

    Whoever scans it until it expires pays late, so it is asked about once more after that.
    """
    ended = apply_outcome(work, attempt, Outcome(PaymentResult.CLOSED, attempt.id))
    if ended.state in _GIVEN_UP:
        asked_ms = max(ended.expires_ms, work.now_ms) + _AFTER_EXPIRY_MS
        plan(work, ASK_ATTEMPT, ended.id, at_ms=asked_ms)
    return ended


def ask_again(work: Work, attempt_id: str) -> None:
    """Count an asking and plan the next, as long as there is use in it."""
    attempt, _ = with_order(work, attempt_id)
    ORDERS.locked(work, attempt.order_id)
    attempt = ATTEMPTS.locked(work, attempt_id)
    asked = attempt.asked + 1
    ATTEMPTS.save(work, replace(attempt, asked=asked))
    at_ms = next_asking_ms(attempt.started_ms, asked)
    if at_ms is None:
        alarm(work, "attempt_never_clear", channel=attempt.channel, subject=attempt.id)
    else:
        plan(work, ASK_ATTEMPT, attempt_id, at_ms=max(at_ms, work.now_ms + _SHORTEST_WAIT_MS))


def started_of(attempt: StoredAttempt) -> Started:
    """The attempt as its payer needs it."""
    shown = attempt.state is AttemptState.REQUIRES_ACTION and attempt.instruction
    return Started(
        attempt_id=attempt.id,
        order_id=attempt.order_id,
        method=attempt.method,
        state=attempt.state,
        amount=attempt.amount,
        currency=attempt.currency,
        expires_at=instant(attempt.expires_ms),
        action=Action(attempt.instruction_kind, attempt.instruction) if shown else None,
        failure=attempt.failure,
    )


def _usable(attempt: StoredAttempt, new: NewPayment, now_ms: int) -> bool:
    return (
        attempt.state is AttemptState.REQUIRES_ACTION
        and bool(attempt.instruction)
        and attempt.expires_ms > now_ms
        and new.method in {None, attempt.method}
    )


def _abandoned(attempt: StoredAttempt, order: StoredOrder, now_ms: int) -> bool:
    """Whether nobody can be waiting to pay by this attempt."""
    if order.state is not OrderState.AWAITING_PAYMENT:
        return True
    return attempt.state is AttemptState.CREATED and not _starting(attempt, now_ms)


def _starting(attempt: StoredAttempt, now_ms: int) -> bool:
    """Whether another request may be about to show this attempt to its payer."""
    return attempt.state is AttemptState.CREATED and now_ms - attempt.started_ms < _STARTING_MS


def _nobody_to_ask(attempt: StoredAttempt) -> Outcome:
    """Of a channel that is configured no more nothing is known, until it is configured again."""
    return Outcome(PaymentResult.UNKNOWN, attempt.id, failure=Code.CHANNEL_NOT_CONFIGURED.value)


def _reference(attempt: StoredAttempt) -> AttemptRef:
    return AttemptRef(attempt.id, Money(attempt.amount, attempt.currency), attempt.method)


def _elapsed_ms(since: float) -> int:
    return round((time.perf_counter() - since) * 1000)
