"""Decisions that are not settled: waiting to be sent, refused, or in conflict with what happened since.

A card shows what was decided beside where the record stands now, and always a way out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from app import formatting, words
from app.models.store import refundable
from app.models.store.pending import ActionState, PendingAction
from app.services.sync.pending_actions import ActionKind, answer_to, server_record
from app.views.lists import happenings
from app.views.lists.parts import Notice
from app.views.lists.troubles import in_words
from app.views.theme.tokens import Tone
from app.views.widgets.buttons import Button, link, secondary
from app.views.widgets.detail_pane import Section
from payments.contract.money import Money
from payments.contract.problems import Code
from payments.contract.wire.records import Order, Record, Refund
from payments.contract.wire.requests import NewRefund, RefundDecision

Rows = list[tuple[str, str] | tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Card:
    """A card, with its buttons by what they do: ``drop``, ``again`` and ``look``, where offered."""

    notice: Notice
    buttons: dict[str, Button]


def requested(action: PendingAction) -> NewRefund | None:
    """The refund that was asked for, None for any other decision."""
    if action.kind != ActionKind.REFUND_REQUEST:
        return None
    return msgspec.json.decode(action.body, type=NewRefund)


def headline(action: PendingAction) -> str:
    """What was decided, in a few words."""
    asked = requested(action)
    if asked is not None:
        amount = formatting.money(Money(asked.amount, asked.currency))
        return words.say("refunds.pending.request", amount=amount, order=asked.order_id)
    verb = {ActionKind.REFUND_CANCEL: "cancel", ActionKind.REFUND_RETRY: "retry"}.get(
        ActionKind(action.kind), ""
    )
    if not verb:
        decision = msgspec.json.decode(action.body, type=RefundDecision)
        verb = "approve" if decision.approve else "reject"
    return words.say(f"refunds.pending.{verb}", refund=action.target)


def card(
    action: PendingAction, *, now: datetime, zone: ZoneInfo, here: str = "", online: bool = True
) -> Card:
    """The card of one decision. ``here`` is the id of the record that is shown around it."""
    buttons: dict[str, Button] = {}
    if action.state in {ActionState.QUEUED, ActionState.SENDING}:
        notice = _on_its_way(action, online=online)
        if action.state == ActionState.QUEUED:
            buttons["drop"] = secondary(words.say("refunds.pending.take_back"))
    else:
        notice = _stuck(action, now=now, zone=zone)
        if action.state == ActionState.CONFLICT and (act := _again(action)):
            buttons["again"] = secondary(act)
        buttons["drop"] = secondary(words.say("refunds.pending.drop"))
    if action.target != here:
        buttons["look"] = link(words.say("refunds.pending.look"))
    for button in buttons.values():
        button.setProperty("action", action.idempotency_key)
    if buttons:
        notice.add_acts(list(buttons.values()))
    return Card(notice, buttons)


def _on_its_way(action: PendingAction, *, online: bool) -> Notice:
    key = "sending" if action.state == ActionState.SENDING or online else "offline"
    return Notice(Tone.INFO, headline(action), words.say(f"refunds.pending.{key}"))


def _stuck(action: PendingAction, *, now: datetime, zone: ZoneInfo) -> Notice:
    """What was refused and why; for a conflict both sides."""
    cause = answer_to(action).code or Code.BAD_REQUEST
    notice = Notice(Tone.DANGER, headline(action), in_words(cause))
    theirs = server_record(action) if action.state == ActionState.CONFLICT else None
    mine = Section(words.say("refunds.pending.yours"))
    mine.layout().setContentsMargins(0, 6, 0, 0)  # type: ignore[union-attr]  # a section has one
    mine.add_rows(_mine(action, now=now, zone=zone))
    notice.add_widget(mine)
    if theirs is not None:
        side = Section(words.say("refunds.pending.theirs"))
        side.layout().setContentsMargins(0, 6, 0, 0)  # type: ignore[union-attr]  # likewise
        side.add_rows(_theirs(theirs, now=now, zone=zone))
        notice.add_widget(side)
    return notice


def _mine(action: PendingAction, *, now: datetime, zone: ZoneInfo) -> Rows:
    made = datetime.fromtimestamp(action.made_at / 1000, UTC)
    rows: Rows = [
        (words.say("refunds.pending.decided"), formatting.instant(made, now=now, zone=zone))
    ]
    asked = requested(action)
    if asked is not None:
        amount = formatting.money(Money(asked.amount, asked.currency))
        rows.insert(0, (words.say("refunds.fact.amount"), amount, "strong"))
        rows.append((words.say("refunds.fact.reason"), happenings.reason(asked.reason)))
    return rows


def _theirs(record: Record, *, now: datetime, zone: ZoneInfo) -> Rows:
    if isinstance(record, Order):
        return order_rows(record)
    if not isinstance(record, Refund):
        return []
    rows: Rows = [
        (words.say("refunds.fact.state"), words.name(record.state), "strong"),
        (
            words.say("refunds.fact.amount"),
            formatting.money(Money(record.amount, record.currency)),
        ),
    ]
    if record.decided_by:
        rows.append((words.say("refunds.fact.decided_by"), record.decided_by))
    if record.decided_at is not None:
        at = formatting.instant(record.decided_at, now=now, zone=zone)
        rows.append((words.say("refunds.fact.decided_at"), at))
    return rows


def order_rows(order: Order) -> Rows:
    """Paid, refunded, reserved, left: the four figures every refund is about."""

    def money(amount: int) -> str:
        return formatting.money(Money(amount, order.currency))

    left = refundable.left(order)
    return [
        (words.say("refunds.refundable.paid"), money(order.paid)),
        (words.say("refunds.refundable.refunded"), money(order.refunded)),
        (words.say("refunds.refundable.reserved"), money(order.refunding)),
        (words.say("refunds.refundable.left"), formatting.money(left), "strong"),
    ]


def _again(action: PendingAction) -> str:
    """The words for deciding anew on what is there now; empty where that makes no sense."""
    theirs = server_record(action)
    if isinstance(theirs, Order):
        left = refundable.left(theirs)
        if not left.amount:
            return ""
        return words.say("refunds.pending.ask_again")
    return ""
