"""Send approved refunds to their channels and ask how they stand: the jobs behind every refund."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from payments.channels.protocol import (
    ChannelTraits,
    RefundOutcome,
    RefundRequest,
    RefundResult,
)
from payments.channels.registry import Channels, Terms, channel_of, terms_of
from payments.contract.lifecycles import RefundState
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, Happening, RefundEffects
from payments.flows.alarms import alarm
from payments.flows.job_kinds import ASK_REFUND, SUBMIT_REFUND, next_asking_ms, plan
from payments.flows.locking import lock_refund
from payments.flows.sales import fee_of
from payments.flows.settle_refund import apply_refund_outcome
from payments.flows.timeline import line
from payments.store.database import Database
from payments.store.records import ATTEMPTS, REFUNDS, refunds_of
from payments.store.stored import StoredOrder, StoredRefund
from payments.store.work import Work

_SENT: Final = frozenset({RefundState.SUBMITTED, RefundState.PROCESSING})
_SHORTEST_WAIT_MS: Final = 5_000
# A channel that is configured no more is looked for again, with an alarm each time.
_WITHOUT_CHANNEL_MS: Final = 3_600_000


class Refunds:
    """Refunds on their way to the channels; ``notify_base`` is the address channels notify."""

    def __init__(self, database: Database, channels: Channels, notify_base: str) -> None:
        self._database = database
        self._channels = channels
        self._notify_base = notify_base.rstrip("/")

    async def submit(self, refund_id: str) -> None:
        """The job ``submit_refund``: send it; the same number again has no second effect."""
        request = await self._database.run(
            begin_submission, refund_id, terms_of(self._channels), self._notify_base
        )
        if request is not None:
            channel = channel_of(self._channels, request[0])
            outcome = await asyncio.to_thread(channel.refund, request[1])
            await self._database.run(apply_refund_outcome, refund_id, outcome)

    async def ask(self, refund_id: str) -> None:
        """The job ``ask_refund``: ask how a refund stands, and again later while it is open."""
        request = await self._database.read(refund_to_ask, refund_id, self._notify_base)
        if request is None:
            return
        outcome = await self._answer(*request)
        refund = await self._database.run(apply_refund_outcome, refund_id, outcome)
        if refund.state in _SENT:
            await self._database.run(ask_again, refund_id)

    async def _answer(self, name: ChannelName, request: RefundRequest) -> RefundOutcome:
        channel = self._channels.get(name)
        if channel is None:
            # Configured no more: it goes on being asked about, it may be configured again.
            return RefundOutcome(RefundResult.UNKNOWN, request.refund_id)
        return await asyncio.to_thread(channel.ask_refund, request)


def begin_submission(
    work: Work, refund_id: str, terms: Terms, notify_base: str
) -> tuple[ChannelName, RefundRequest] | None:
    """Mark an approved refund as submitted and answer what to send; None when nothing is to send.

    The job that asks is left first, so that a crash after the call is found out. A refund to the
    balance has no channel to go to and is paid out at once.
    """
    order, refund = lock_refund(work, refund_id)
    if refund.state is not RefundState.APPROVED:
        return _request(work, refund, notify_base) if refund.state in _SENT else None
    channel = refund.channel or ChannelName.EXTERNAL
    traits = terms.get(channel)
    if traits is None:
        alarm(work, "refund_without_channel", channel=channel, subject=refund_id)
        plan(work, SUBMIT_REFUND, refund_id, at_ms=work.now_ms + _WITHOUT_CHANNEL_MS)
        return None
    wait_until_ms = _spaced(refunds_of(work, order.id), refund, traits)
    if wait_until_ms > work.now_ms:
        plan(work, SUBMIT_REFUND, refund_id, at_ms=wait_until_ms)
        return None
    submitted = replace(
        refund,
        state=RefundState.SUBMITTED,
        submitted_ms=work.now_ms,
        effects=_with_fee(work, order, refund, traits),
        events=(*refund.events, line(work, Happening.REFUND_SUBMITTED)),
    )
    REFUNDS.save(work, submitted)
    if channel is ChannelName.BALANCE:
        apply_refund_outcome(work, refund_id, RefundOutcome(RefundResult.SUCCEEDED, refund_id))
        return None
    plan(work, ASK_REFUND, refund_id, at_ms=next_asking_ms(work.now_ms, 0))
    return _request(work, submitted, notify_base)


def refund_to_ask(
    work: Work, refund_id: str, notify_base: str
) -> tuple[ChannelName, RefundRequest] | None:
    """What to ask about a refund that was sent; None when it has ended."""
    refund = REFUNDS.get(work, refund_id)
    if refund is None or refund.state not in _SENT:
        return None
    return _request(work, refund, notify_base)


def ask_again(work: Work, refund_id: str) -> None:
    """Count an asking and plan the next; after seven days a person must look."""
    _, refund = lock_refund(work, refund_id)
    asked = refund.asked + 1
    REFUNDS.save(work, replace(refund, asked=asked))
    at_ms = next_asking_ms(refund.submitted_ms or work.now_ms, asked)
    if at_ms is None:
        alarm(work, "refund_never_clear", channel=refund.channel, subject=refund_id)
    else:
        plan(work, ASK_REFUND, refund_id, at_ms=max(at_ms, work.now_ms + _SHORTEST_WAIT_MS))


def _request(
    work: Work, refund: StoredRefund, notify_base: str
) -> tuple[ChannelName, RefundRequest] | None:
    attempt = ATTEMPTS.get(work, refund.attempt_id)
    if attempt is None or refund.channel is None:
        alarm(work, "refund_without_payment", channel=refund.channel, subject=refund.id)
        return None
    return refund.channel, RefundRequest(
        refund_id=refund.id,
        attempt_id=attempt.id,
        channel_ref=attempt.channel_ref,
        amount=Money(refund.amount, refund.currency),
        total=Money(attempt.amount, attempt.currency),
        reason=refund.reason,
        notify_url=f"{notify_base}/notify/{refund.channel.value}",
    )


def _spaced(refunds: Sequence[StoredRefund], refund: StoredRefund, traits: ChannelTraits) -> int:
    """The earliest instant (ms) at which the channel takes another refund of the same payment."""
    sent = [it.submitted_ms for it in refunds if it.attempt_id == refund.attempt_id]
    last = max((at_ms for at_ms in sent if at_ms is not None), default=None)
    spacing_ms = round(traits.refund_spacing.total_seconds() * 1000)
    return 0 if last is None else last + spacing_ms


def _with_fee(
    work: Work, order: StoredOrder, refund: StoredRefund, traits: ChannelTraits
) -> RefundEffects:
    """The effects with the share of the fee taken that the channel gives back, rounded down.

    Of the fee as it was taken: the channel's rate may have changed since.
    """
    effects = refund.effects or RefundEffects(0, 0, 0, 0)
    attempt = ATTEMPTS.get(work, refund.attempt_id)
    if not traits.fee_returned_on_refund or attempt is None:
        return effects
    taken = fee_of(order, attempt) if refund.automatic else order.fee
    fee = taken * refund.amount // attempt.amount
    return RefundEffects(effects.instructor, effects.platform, effects.tax, fee)
