"""The sections of a refund's pane: what is refundable, what will happen, the facts, the timeline."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from app import formatting, words
from app.views.lists import happenings
from app.views.lists.parts import Notice
from app.views.refunds.acts import was_retried
from app.views.refunds.reading import RefundReading
from app.views.refunds.unsettled import order_rows
from app.views.theme.tokens import Tone
from app.views.widgets.detail_pane import DetailPane, Section
from app.views.widgets.timeline import Timeline
from payments.contract.lifecycles import RefundState, is_final
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, Event, Happening, Order, Refund

Rows = list[tuple[str, str] | tuple[str, str, str]]


def refundable(section: Section, order: Order) -> None:
    """Paid, refunded, reserved, left."""
    section.add_rows(order_rows(order))


def effects_title(refund: Refund) -> str:
    """What will happen, what has happened, or what would have."""
    if refund.state is RefundState.SUCCEEDED:
        return words.say("refunds.section.happened")
    ended = is_final(refund.state)
    return words.say("refunds.section.not_happened" if ended else "refunds.section.effects")


def effects(section: Section, refund: Refund) -> None:
    """Who carries the refund."""
    through = refund.channel not in {None, ChannelName.EXTERNAL}
    channel = words.name(refund.channel) if refund.channel and through else ""

    def money(amount: int, *, sign: bool = False) -> str:
        return formatting.money(Money(amount, refund.currency), sign=sign)

    back = "refunds.effect.payer" if channel else "refunds.effect.payer_only"
    rows: Rows = [(words.say(back, channel=channel), money(refund.amount), "strong")]
    if refund.effects is not None:
        parts = refund.effects
        rows += [
            (words.say(f"refunds.effect.{name}"), money(-amount))
            for name, amount in (
                ("instructor", parts.instructor),
                ("platform", parts.platform),
                ("tax", parts.tax),
            )
            if amount
        ]
        if parts.fee_returned:
            rows.append((words.say("refunds.effect.fee"), money(parts.fee_returned, sign=True)))
    section.add_rows(rows)


def facts(section: Section, refund: Refund, *, now: datetime, zone: ZoneInfo) -> None:
    """Why it was asked for, by whom, and who decided."""
    rows: Rows = [(words.say("refunds.fact.reason"), happenings.reason(refund.reason))]
    if refund.note:
        rows.append((words.say("refunds.fact.note"), refund.note))
    if refund.payer:
        rows.append((words.say("refunds.fact.payer"), refund.payer))
    asked = words.say("refunds.fact.nobody") if refund.automatic else refund.requested_by
    if asked:
        rows.append((words.say("refunds.fact.requested_by"), asked))
    if refund.decided_by:
        rows.append((words.say("refunds.fact.decided_by"), refund.decided_by))
    if refund.decided_at is not None:
        at = formatting.instant(refund.decided_at, now=now, zone=zone)
        rows.append((words.say("refunds.fact.decided_at"), at))
    section.add_rows(rows)


def trouble(refund: Refund) -> Notice | None:
    """What went wrong at the channel and what to do next, where something did."""
    if refund.state not in {RefundState.FAILED, RefundState.REQUIRES_ACTION}:
        return None
    key = refund.state.value
    if was_retried(refund):
        return Notice(Tone.INFO, words.say("refunds.trouble.retried"))
    reason = happenings.failure(refund.failure)
    text = words.say(f"refunds.trouble.{key}_next")
    title = words.say(f"refunds.trouble.{key}")
    tone = Tone.DANGER if refund.state is RefundState.FAILED else Tone.WARNING
    return Notice(
        tone,
        title,
        words.say("refunds.trouble.because", reason=reason, next=text) if reason else text,
    )


def timeline(pane: DetailPane, reading: RefundReading, *, now: datetime, zone: ZoneInfo) -> None:
    """The refund's events, on top of the payment it gives back."""
    events: list[Event] = [*_paid(reading.order), *reading.refund.events]
    if not events:
        return
    shown = Timeline()
    shown.show_entries(happenings.entries(events, reading.refund.currency, now=now, zone=zone))
    pane.add_section(words.say("refunds.section.timeline")).add_widget(shown)


def _paid(order: Order | None) -> list[Event]:
    if order is None:
        return []
    return [event for event in order.events if event.what is Happening.PAID]
