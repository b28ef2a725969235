"""The sections of an order's pane: its amounts, why its channel, its risk, its attempts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app import formatting, words
from app.models.store import refundable
from app.views.lists import happenings
from app.views.lists.parts import Notice
from app.views.lists.troubles import sentences
from app.views.theme.tokens import Tone
from app.views.widgets.detail_pane import DetailPane, Section
from app.views.widgets.timeline import Timeline
from payments.contract.money import Money
from payments.contract.wire.records import (
    Attempt,
    Candidate,
    ChannelName,
    Hold,
    Method,
    Order,
    Risk,
    RiskPart,
    Routing,
)

_CHANNELS = {
    Method.ALIPAY_QR: ChannelName.ALIPAY,
    Method.ALIPAY_PAGE: ChannelName.ALIPAY,
    Method.WECHAT_PAY_NATIVE: ChannelName.WECHAT_PAY,
    Method.BALANCE: ChannelName.BALANCE,
    Method.EXTERNAL: ChannelName.EXTERNAL,
}


def amounts(section: Section, order: Order) -> None:
    """Price, discount and tax up to the amount; what was charged and returned; what is left."""

    def money(amount: int) -> str:
        return formatting.money(Money(amount, order.currency))

    def say(key: str, **more: str) -> str:
        return words.say(f"orders.amount.{key}", **more)

    rows: list[tuple[str, str] | tuple[str, str, str]] = []
    if order.discount or order.tax:
        rows.append((say("price"), money(order.price)))
    if order.discount:
        rows.append((say("discount", rate=rate(order.discount_rate)), money(-order.discount)))
    if order.tax:
        rows.append((say("tax", rate=rate(order.tax_rate)), money(order.tax)))
    rows.append((say("amount"), money(order.amount)))
    if order.quantity > 1:
        rows.append((say("quantity"), formatting.count(order.quantity)))
    if order.inner is not None and order.inner.fee:
        rows.append((say("fee"), money(-order.inner.fee)))
    if order.refunded:
        rows.append((say("refunded"), money(-order.refunded)))
    if order.refunding:
        rows.append((say("refunding"), money(-order.refunding)))
    rows.append((say("refundable"), formatting.money(refundable.left(order)), "strong"))
    section.add_rows(rows)


def rate(text: str, places: int = 2) -> str:
    """A share of one as percent without needless zeros: ``"0.1"`` → ``10 %``."""
    value = Decimal(text)
    while places and value * 100 == round(value * 100, places - 1):
        places -= 1
    return formatting.percent(value, places)


def lines(section: Section, order: Order) -> None:
    """Each line of an order with several."""
    section.add_rows(
        [
            (
                words.say("orders.lines.line", title=line.title, count=line.quantity),
                formatting.money(Money(line.amount, order.currency)),
            )
            for line in order.lines
        ]
    )


def hold_card(hold: Hold, *, now: datetime, zone: ZoneInfo) -> Notice:
    """Why the order is kept back, whose turn it is, what is next, until when."""

    def word(kind: str, code: str) -> str:
        return words.find(f"orders.hold.{kind}.{code}") or code

    until = formatting.absolute(hold.review_by, zone)
    late = hold.review_by < now
    left = "" if late else formatting.duration(hold.review_by - now)
    card = Notice(Tone.WARNING, word("reason", hold.reason))
    inside = Section("")
    inside.layout().setContentsMargins(0, 4, 0, 0)  # type: ignore[union-attr]  # a section has one
    inside.add_rows(
        [
            (words.say("orders.hold.owner.title"), word("owner", hold.owner)),
            (words.say("orders.hold.next.title"), word("next", hold.next_action)),
            (
                words.say("orders.hold.until"),
                words.say("orders.hold.late", at=until)
                if late
                else words.say("orders.hold.left", at=until, left=left),
                "danger" if late else "",
            ),
        ]
    )
    card.add_widget(inside)
    return card


def routing(section: Section, why: Routing) -> None:
    """The reason for the channel in one sentence, then every candidate with its figures."""
    text = words.find(f"orders.routing.reason.{why.reason}") or words.say(
        "orders.routing.reason.best_objective"
    )
    section.add_text(sentences(text, words.say("orders.routing.window", count=why.window_days)))
    section.add_rows([_candidate(one, chosen=one.method is why.chosen) for one in why.candidates])


def _candidate(one: Candidate, *, chosen: bool) -> tuple[str, str, str]:
    name = words.name(one.method)
    if one.excluded:
        said = words.find(f"orders.routing.excluded.{one.excluded}") or one.excluded
        return name, said, "muted"
    success, fee = rate(one.success_rate, 1), rate(one.fee_rate)
    infinite = one.objective == "infinite"
    result = "∞" if infinite else _plain(one.objective)
    said = words.say("orders.routing.objective", success=success, fee=fee, result=result)
    return name, said, "strong" if chosen else ""


def _plain(text: str) -> str:
    """A figure of routing: whole from a hundred up, else with one decimal."""
    value = Decimal(text)
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}"  # noqa: PLR2004 - as said


def risk(section: Section, risk: Risk) -> None:
    """Score = amount × coefficient, against the threshold, with what each part adds."""
    above = Decimal(risk.score) > Decimal(risk.threshold)
    said = words.say(
        "orders.risk.formula",
        amount=risk.base_amount,
        coefficient=risk.coefficient,
        score=risk.score,
        threshold=risk.threshold,
    )
    section.add_text(said, "warning" if above else "muted")
    if risk.parts:
        section.add_findings([(_part(part), f"+{part.part}") for part in risk.parts])
    else:
        section.add_text(words.say("orders.risk.nothing"), "muted")


def _part(part: RiskPart) -> str:
    """The finding in words; one that is newer than this console by its name."""
    said = dict(part.data)
    if isinstance(country := said.get("country"), str):
        said["country"] = formatting.country(country)
    try:
        known = words.find(f"orders.risk.part.{part.reason}", **said)
    except words.MissingWordsError:
        known = None
    return known or part.reason.replace("_", " ")


def attempts(section: Section, order: Order, *, now: datetime, zone: ZoneInfo) -> None:
    """Every payment attempt: method, outcome, when, how long each phase took."""
    for number, attempt in enumerate(order.attempts, 1):
        rows: list[tuple[str, str] | tuple[str, str, str]] = [
            (
                words.say("orders.attempt.title", number=number, method=words.name(attempt.method)),
                words.name(attempt.state),
                "strong",
            ),
            (
                words.say("orders.attempt.started"),
                formatting.instant(attempt.started_at, now=now, zone=zone),
            ),
        ]
        if attempt.failure:
            rows.append(
                (words.say("orders.attempt.failure"), happenings.failure(attempt.failure), "danger")
            )
        if attempt.took_ms:
            rows.append((words.say("orders.attempt.took"), _took(attempt)))
        if attempt.channel_ref:
            rows.append((words.say("orders.attempt.reference"), attempt.channel_ref))
        section.add_rows(rows)


def _took(attempt: Attempt) -> str:
    total = sum(attempt.took_ms.values())
    parts = [
        words.say("orders.attempt.phase", phase=said, took=_span(took))
        for phase, took in attempt.took_ms.items()
        if (said := words.find(f"orders.attempt.phases.{phase}"))
    ]
    whole = _span(total)
    if len(parts) < 2:  # noqa: PLR2004 - a single phase is the whole
        return whole
    return words.say("orders.attempt.whole", total=whole, parts=" + ".join(parts))


def _span(milliseconds: int) -> str:
    """As short as a person needs it: ``300 ms``, ``9.3 s``."""
    if milliseconds < 1000:  # noqa: PLR2004 - in a second
        return words.say("orders.attempt.milliseconds", count=milliseconds)
    return words.say("orders.attempt.seconds", count=f"{Decimal(milliseconds) / 1000:,.1f}")


def timeline(pane: DetailPane, order: Order, *, now: datetime, zone: ZoneInfo) -> None:
    """Everything that happened to the order, newest first."""
    shown = Timeline()
    shown.show_entries(happenings.entries(order.events, order.currency, now=now, zone=zone))
    pane.add_section(words.say("orders.section.timeline")).add_widget(shown)


def why_title(why: Routing) -> str:
    """“Why WeChat Pay”."""
    return words.say("orders.section.routing", channel=words.name(_CHANNELS[why.chosen]))
