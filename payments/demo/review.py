"""Risk review in the sample business: what is held, who decides it, and what still waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

import msgspec

from payments.contract.lifecycles import (
    CaseState,
    Decider,
    Disposition,
    HoldState,
    Review,
)
from payments.contract.roles import Role
from payments.contract.wire.records import Event, Evidence, Happening, Risk
from payments.demo.catalogue import catalogue
from payments.demo.demand import OrderDraw
from payments.demo.history import History
from payments.demo.story import Story
from payments.risk.scoring import assess, expected_loss
from payments.store.instants import milliseconds
from payments.store.stored import StoredCase, StoredHold

THRESHOLD: Final = Decimal(90)
_REVIEW_WITHIN: Final = timedelta(hours=24)
# Cases younger than this have not been looked at yet: the reviewer's queue of today.
_STILL_OPEN: Final = timedelta(hours=20)
_CENT: Final = Decimal("0.01")


def scored(story: Story, draw: OrderDraw, at: datetime, history: History) -> Risk:
    """The assessment of a paid order by the rules that live orders meet."""
    base_amount = Decimal(story.order.amount) * _CENT
    risk = assess(history.features(draw, base_amount), THRESHOLD)
    story.order = replace(story.order, risk=risk)
    story.tells(Event(at, Happening.RISK_SCORED))
    return risk


def held(story: Story, draw: OrderDraw, risk: Risk, at: datetime, history: History) -> None:
    """The goods are kept back and a case is opened with its evidence."""
    order = story.order
    case_id = f"R-{order.id[2:]}"
    review_by = milliseconds(at + _REVIEW_WITHIN)
    story.case = StoredCase(
        id=case_id,
        order_id=order.id,
        opened_ms=milliseconds(at),
        state=CaseState.OPEN,
        currency=order.currency,
        amount=order.amount,
        expected_loss=expected_loss(order.paid, Decimal(risk.coefficient)),
        risk=risk,
        title=order.title,
        quantity=order.quantity,
        payer_id=order.payer_id,
        payer=order.payer,
        channel=order.channel,
        review_by_ms=review_by,
        evidence=_evidence(draw, risk, history),
        events=(Event(at, Happening.CASE_OPENED, "", {"score": risk.score}),),
    )
    story.hold = StoredHold(
        id=f"H-{order.id[2:]}",
        subject_kind="order",
        subject=order.id,
        state=HoldState.ACTIVE,
        reason="risk_score",
        owner="risk_review",
        next_action="review_case",
        review_by_ms=review_by,
    )
    story.order = replace(order, review=Review.PENDING, at_risk=True)
    story.tells(Event(at, Happening.HELD, "", {"case": case_id}))


def _evidence(draw: OrderDraw, risk: Risk, history: History) -> Evidence:
    count, spent = history.paid_so_far(draw.payer.id)
    linked = tuple(
        msgspec.structs.replace(one, link="device", link_value=draw.device_id)
        for one in history.of_device(draw)
        if one not in history.of_payer(draw.payer.id)
    )
    cases, fraud = history.similar_cases(risk.parts[0].reason)
    return Evidence(
        payer_since=draw.payer.since,
        payer_orders=count,
        payer_paid=int(spent * 100),
        history=history.of_payer(draw.payer.id),
        linked=linked,
        similar_cases=cases,
        similar_fraud=fraud,
    )


def decided(
    story: Story, draw: OrderDraw, at: datetime, until: datetime, random: Random
) -> datetime | None:
    """When a reviewer decided the case, or None while it waits; the case is changed accordingly."""
    case, hold = story.case, story.hold
    if case is None or hold is None:
        message = f"{story.order.id} is not under review"
        raise AssertionError(message)
    reviewer = catalogue().of_role(Role.RISK_REVIEWER)
    claimed = at + timedelta(minutes=random.randint(4, 200))
    moment = claimed + timedelta(seconds=random.randint(20, 600))
    if at > until - _STILL_OPEN or moment > until:
        if claimed < until and random.random() < 0.25:
            story.case = _claimed(case, claimed)
        return None
    fraud = draw.is_fraud and random.random() < 0.93
    disposition = Disposition.REFUND_AS_FRAUD if fraud else Disposition.APPROVE
    reason = "shared_device" if fraud else "known_customer"
    data: dict[str, str | int] = {"disposition": disposition.value, "reason": reason}
    story.case = replace(
        _claimed(case, claimed),
        state=CaseState.CLOSED,
        disposition=disposition,
        decided_by=Decider.PERSON,
        decider_id=reviewer.id,
        decider=reviewer.name,
        decided_ms=milliseconds(moment),
        reason=reason,
    )
    story.case = replace(
        story.case,
        events=(
            *story.case.events,
            Event(moment, Happening.CASE_DECIDED, reviewer.name, data),
            Event(moment, Happening.CASE_CLOSED, reviewer.name),
        ),
    )
    story.hold = replace(hold, state=HoldState.ENFORCED if fraud else HoldState.RELEASED)
    story.order = replace(story.order, review=Review.DECLINED if fraud else Review.APPROVED)
    happened = Happening.DECLINED if fraud else Happening.RELEASED
    story.tells(Event(moment, happened, reviewer.name, {"case": case.id}))
    return moment


def _claimed(case: StoredCase, at: datetime) -> StoredCase:
    reviewer = catalogue().of_role(Role.RISK_REVIEWER)
    return replace(
        case,
        state=CaseState.IN_REVIEW,
        assignee_id=reviewer.id,
        assignee=reviewer.name,
        events=(*case.events, Event(at, Happening.CASE_CLAIMED, reviewer.name)),
    )
