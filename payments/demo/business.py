"""Builds the sample business batch by batch; a build that was interrupted goes on where it was.

The same seed, days and end give the same business. Each batch and the mark that it is there are one
transaction, so after an interruption everything is drawn again but only what is missing is written.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from payments.contract.lifecycles import Review
from payments.contract.money import Money
from payments.demo import refunding, review
from payments.demo.catalogue import catalogue
from payments.demo.demand import Demand, OrderDraw, RefundDraw
from payments.demo.history import History
from payments.demo.story import Booking, Story, attempted, granted, paid, placed, products
from payments.domain.hash_chain import link
from payments.flows.credentials import password_hash
from payments.risk.scoring import holds
from payments.store import bulk, imported, merchants, users
from payments.store.bulk import Batch
from payments.store.database import Database
from payments.store.imported import Imported
from payments.store.instants import milliseconds
from payments.store.users import StoredUser
from payments.store.work import Posted, Work

SOURCE: Final = "sample"
ZONE: Final = "Asia/Shanghai"
_BATCH_ORDERS: Final = 400
_UNTIL: Final = "until"
_WHOLE: Final = "whole"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which business is built. ``until`` is its present."""

    seed: int
    days: int
    until: datetime


class SampleElsewhereError(Exception):
    """The database already holds another business; the sample is for an empty one."""


async def fill(database: Database, plan: Plan, progress: Progress) -> int:
    """Begin and build the sample business; answers how many orders it has.

    Raises SampleElsewhereError where the database holds somebody's own business.
    """
    return await build(database, await begin(database, plan), progress)


async def begin(database: Database, plan: Plan) -> Plan:
    """Merchant, users and products, once; answers the plan to build, the one begun first.

    Raises SampleElsewhereError where the database holds somebody's own business.
    """
    hashes = await asyncio.to_thread(_password_hashes)
    return await database.run(_begin, plan, hashes)


async def build(database: Database, plan: Plan, progress: Progress) -> int:
    """Build what is missing of the orders; answers how many there are."""
    if (whole := await database.read(_whole)) is not None:
        progress(whole, whole)
        return whole
    drawn = Telling(plan)
    total = drawn.expected
    batches = drawn.batches()
    number = 0
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        number += 1
        await database.run(_write, batch, f"batch-{number}")
        progress(min(drawn.told, total - 1), total)
    await database.run(_note_whole, drawn.told)
    progress(total, total)
    return drawn.told


def _password_hashes() -> dict[str, str]:
    return {one.login: password_hash(one.password) for one in catalogue().staff}


def _begin(work: Work, plan: Plan, hashes: dict[str, str]) -> Plan:
    """Found the merchant, its users and products once; answers the plan that was begun first."""
    begun = imported.known(work, SOURCE, [_UNTIL]).get(_UNTIL)
    if begun is not None:
        seed, days, until = begun.record_id.split("|")
        return Plan(int(seed), int(days), datetime.fromisoformat(until))
    merchants.found(work, catalogue().merchant.name_zh, ZONE)
    if users.every(work):
        raise SampleElsewhereError
    for one in catalogue().staff:
        users.add(
            work,
            StoredUser(
                id=one.id,
                login=one.login,
                name=one.name,
                role=one.role,
                instructor_id=one.instructor,
                password_hash=hashes[one.login],
            ),
        )
    bulk.add(work, Batch(products=products()))
    begun_as = f"{plan.seed}|{plan.days}|{plan.until.isoformat()}"
    imported.remember(work, SOURCE, [Imported(_UNTIL, "", "mark", begun_as)])
    return plan


def _write(work: Work, batch: Batch, name: str) -> None:
    if imported.known(work, SOURCE, [name]):
        return
    bulk.add(work, batch)
    imported.remember(work, SOURCE, [Imported(name, "", "mark", str(len(batch.orders)))])


def _whole(work: Work) -> int | None:
    """How many orders the business was built with, once it is whole."""
    mark = imported.known(work, SOURCE, [_WHOLE]).get(_WHOLE)
    return None if mark is None else int(mark.record_id)


def _note_whole(work: Work, orders: int) -> None:
    imported.remember(work, SOURCE, [Imported(_WHOLE, "", "mark", str(orders))])


class Telling:
    """Tells every order of the plan and gathers them into batches."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._demand = Demand(plan.seed, plan.days, plan.until)
        self._random = Random(plan.seed + 1)  # noqa: S311 - a reproducible sample, no secret
        self._history = History()
        self._bookings: list[tuple[datetime, int, Booking]] = []
        self._booked = 0
        self._known_payers: set[str] = set()
        self._numbers: dict[str, int] = {}
        self.expected = self._demand.expected()
        self.told = 0

    def batches(self) -> Iterator[Batch]:
        """Batches in the order of time; the ledger's transactions are in order throughout."""
        batch = Batch()
        for draw in self._demand.orders():
            self._add(batch, self._story(draw))
            if len(batch.orders) == _BATCH_ORDERS:
                batch.transactions = self._due(draw.at)
                yield batch
                batch = Batch()
        batch.transactions = self._due(self._plan.until + timedelta(days=1))
        yield batch

    def _story(self, draw: OrderDraw) -> Story:
        """One order: placed, routed, attempted, scored, held or granted, perhaps refunded."""
        story = placed(draw, self._number(draw.at))
        chooses = self._random.random() < 0.3 or not draw.attempts
        routing = self._history.routing(draw, None if chooses else draw.attempts[0].method)
        at = attempted(story, draw, routing, self._history, self._plan.until)
        if at is not None:
            self._after_payment(story, draw, at)
        money = Money(story.order.paid, story.order.currency).major() if at else None
        self._history.placed(draw, story.related(), money)
        self.told += 1
        return story

    def _after_payment(self, story: Story, draw: OrderDraw, at: datetime) -> None:
        until, history = self._plan.until, self._history
        paid(story, at)
        risk = review.scored(story, draw, at, history)
        refund: RefundDraw | None = draw.refund
        moment = at
        if holds(risk):
            review.held(story, draw, risk, at, history)
            decided = review.decided(story, draw, at, until, self._random)
            if decided is None:
                return
            moment = decided
            fraud = story.order.review is Review.DECLINED
            history.case_decided(risk.parts[0].reason, fraud=fraud)
            if fraud:
                history.found_fraud(draw.payer.id)
                refunding.refunded(story, refunding.FRAUD, moment, until, self._random, history)
                return
        granted(story, moment, until, history)
        if refund is not None:
            refunding.refunded(story, refund, moment, until, self._random, history)

    def _number(self, at: datetime) -> str:
        day = at.astimezone(UTC).strftime("%y%m%d")
        self._numbers[day] = self._numbers.get(day, 0) + 1
        return f"SP{day}{self._numbers[day]:04d}"

    def _add(self, batch: Batch, story: Story) -> None:
        if story.payer.id not in self._known_payers:
            self._known_payers.add(story.payer.id)
            batch.payers.append(story.payer)
        batch.orders.append(story.order)
        batch.attempts.extend(story.attempts)
        batch.refunds.extend([story.refund] if story.refund else [])
        batch.cases.extend([story.case] if story.case else [])
        batch.holds.extend([story.hold] if story.hold else [])
        for booking in story.bookings:
            self._booked += 1
            heapq.heappush(self._bookings, (booking.at, self._booked, booking))

    def _due(self, at: datetime) -> list[Posted]:
        """Ledger transactions that happened until then, oldest first."""
        due = []
        while self._bookings and self._bookings[0][0] <= at:
            moment, number, booking = heapq.heappop(self._bookings)
            due.append(
                Posted(
                    id=link(str(self._plan.seed), number)[:26],
                    at_ms=milliseconds(moment),
                    event=booking.event.value,
                    entries=booking.entries,
                    order_id=booking.order_id,
                    refund_id=booking.refund_id,
                )
            )
        return due
