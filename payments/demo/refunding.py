"""Refunds of the sample business: asked for, approved by a second person, returned or stuck."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from payments.contract.lifecycles import Fulfilment, RefundState
from payments.contract.money import half_up
from payments.contract.roles import Role
from payments.contract.wire.records import Event, Happening, ProductKind, RefundEffects
from payments.demo.catalogue import catalogue
from payments.demo.demand import RefundDraw
from payments.demo.history import History
from payments.demo.story import Booking, Story
from payments.domain.commission import Shares, carried
from payments.domain.ledger_entries import LedgerEvent, refund_paid, refund_reserved
from payments.store.instants import milliseconds
from payments.store.stored import StoredRefund

LIMIT: Final = 50_000
# Requests above the limit that are younger than this still wait for finance.
_STILL_WAITING: Final = timedelta(days=6)
FRAUD: Final = RefundDraw(Decimal(1), timedelta(0), "fraud")


def refunded(
    story: Story,
    draw: RefundDraw,
    paid_at: datetime,
    until: datetime,
    random: Random,
    history: History,
) -> None:
    """Play the refund as far as it has come today; nothing happens before its time."""
    at = paid_at + draw.after
    amount = half_up(story.order.paid * draw.share)
    if at > until or not amount or not _can_be_taken_back(story, amount, history):
        return
    story.refund = _requested(story, draw, amount, at)
    story.order = replace(story.order, refunding=amount)
    story.tells(Event(at, Happening.REFUND_REQUESTED, story.refund.requested_by, _data(story)))
    approved_at = _decided(story, at, until, random)
    if approved_at is not None:
        _returned(story, approved_at, until, random)


def _can_be_taken_back(story: Story, amount: int, history: History) -> bool:
    order = story.order
    if order.kind is not ProductKind.TOP_UP:
        return True
    if order.fulfilment is Fulfilment.UNFULFILLED or history.balances[order.payer_id] < amount:
        return False
    history.balances[order.payer_id] -= amount
    return True


def _requested(story: Story, draw: RefundDraw, amount: int, at: datetime) -> StoredRefund:
    order = story.order
    automatic = draw is FRAUD
    support = catalogue().of_role(Role.SUPPORT)
    by = ("", "") if automatic else (support.name, support.id)
    refund = StoredRefund(
        id=f"RF{order.id[2:]}",
        order_id=order.id,
        attempt_id=story.attempts[-1].id,
        requested_ms=milliseconds(at),
        currency=order.currency,
        amount=amount,
        state=RefundState.REQUESTED,
        reason=draw.reason,
        title=order.title,
        kind=order.kind,
        product_id=order.product_id,
        instructor_id=order.instructor_id,
        payer_id=order.payer_id,
        payer=order.payer,
        channel=order.channel,
        requested_by=by[0],
        requested_by_id=by[1],
        needs_second_person=amount >= LIMIT and not automatic,
        automatic=automatic,
        at_risk=order.at_risk,
        effects=_effects(story, amount),
        events=(Event(at, Happening.REFUND_REQUESTED, by[0]),),
    )
    if order.kind is ProductKind.TOP_UP:
        entries = refund_reserved(story.sale, amount)
        story.bookings.append(
            Booking(at, LedgerEvent.REFUND_RESERVED, entries, order.id, refund.id)
        )
    return refund


def _effects(story: Story, amount: int) -> RefundEffects:
    parts = carried(amount, story.shares)
    return RefundEffects(parts.instructor, parts.platform, parts.tax, _fee_back(story, amount))


def _fee_back(story: Story, amount: int) -> int:
    # WeChat Pay gives its fee back with the money, Alipay keeps it.
    if story.order.channel is None or story.order.channel.value != "wechat_pay":
        return 0
    return half_up(Decimal(story.order.fee) * amount / story.order.paid)


def _moved(
    story: Story, state: RefundState, at: datetime, what: Happening, by: str = ""
) -> StoredRefund:
    refund = story.refund
    if refund is None:
        message = f"{story.order.id} has no refund"
        raise AssertionError(message)
    refund = replace(refund, state=state, events=(*refund.events, Event(at, what, by)))
    story.refund = refund
    story.tells(Event(at, what, by, _data(story)))
    return refund


def _data(story: Story) -> dict[str, str | int]:
    refund = story.refund
    return {"refund": refund.id, "amount": refund.amount} if refund else {}


def _decided(story: Story, at: datetime, until: datetime, random: Random) -> datetime | None:
    """When the refund was approved; None when it waits or was rejected."""
    refund = story.refund
    if refund is None or not refund.needs_second_person:
        _moved(story, RefundState.APPROVED, at, Happening.REFUND_APPROVED)
        return at
    waits = at + timedelta(seconds=1)
    _moved(story, RefundState.PENDING_APPROVAL, waits, Happening.REFUND_WAITS)
    finance = catalogue().of_role(Role.FINANCE)
    moment = at + timedelta(minutes=random.randint(20, 600))
    if at > until - _STILL_WAITING or moment > until:
        return None
    if random.random() < 0.12:
        refund = _moved(
            story, RefundState.REJECTED, moment, Happening.REFUND_REJECTED, finance.name
        )
        story.order = replace(story.order, refunding=0)
        story.refund = _by_finance(refund, moment)
        return None
    refund = _moved(story, RefundState.APPROVED, moment, Happening.REFUND_APPROVED, finance.name)
    story.refund = _by_finance(refund, moment)
    return moment


def _by_finance(refund: StoredRefund, at: datetime) -> StoredRefund:
    finance = catalogue().of_role(Role.FINANCE)
    return replace(
        refund, decided_by=finance.name, decided_by_id=finance.id, decided_ms=milliseconds(at)
    )


def _returned(story: Story, at: datetime, until: datetime, random: Random) -> None:
    submitted = at + timedelta(seconds=random.randint(1, 5))
    finished = submitted + timedelta(seconds=random.randint(30, 5400))
    refund = _moved(story, RefundState.SUBMITTED, submitted, Happening.REFUND_SUBMITTED)
    story.refund = replace(refund, submitted_ms=milliseconds(submitted))
    if finished > until:
        _moved(story, RefundState.PROCESSING, submitted, Happening.REFUND_PROCESSING)
        return
    if random.random() < 0.02 and story.order.kind is not ProductKind.TOP_UP:
        refund = _moved(story, RefundState.FAILED, finished, Happening.REFUND_FAILED)
        story.refund = replace(
            refund, failure="channel_balance_too_low", finished_ms=milliseconds(finished)
        )
        story.order = replace(story.order, refunding=0)
        return
    refund = _moved(story, RefundState.SUCCEEDED, finished, Happening.REFUND_SUCCEEDED)
    story.refund = replace(refund, finished_ms=milliseconds(finished))
    _book(story, refund, finished)


def _book(story: Story, refund: StoredRefund, at: datetime) -> None:
    order, effects = story.order, refund.effects
    if effects is None:
        message = f"{refund.id} has no effects"
        raise AssertionError(message)
    parts = Shares(effects.instructor, effects.platform, effects.tax)
    entries = refund_paid(story.sale, parts, effects.fee_returned)
    story.bookings.append(Booking(at, LedgerEvent.REFUND_PAID, entries, order.id, refund.id))
    whole = refund.amount == order.paid
    revoked = whole and order.fulfilment is not Fulfilment.UNFULFILLED
    story.order = replace(
        order,
        refunding=0,
        refunded=refund.amount,
        fulfilment=Fulfilment.REVOKED if revoked else order.fulfilment,
    )
    if revoked:
        story.tells(Event(at, Happening.REVOKED))
