"""The world around the sample business: providers to pay at, and payers who keep coming.

Runs inside ``serve --sample``. The simulated providers remember the sample's own payments, so that
a refund of any of its orders succeeds; with ``live`` new orders are placed and paid through them by
the same flows, over the same HTTPS, as real ones.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import structlog

from payments.channels.simulation.host import Simulators
from payments.channels.simulation.provider import (
    Action,
    ImpossibleActionError,
    PastPayment,
    UnknownTradeError,
)
from payments.contract.lifecycles import AttemptState
from payments.contract.problems import RefusedError
from payments.contract.wire.records import Method
from payments.contract.wire.requests import Device, NewOrder, NewPayment, PayerInfo
from payments.demo.demand import Demand, OrderDraw
from payments.flows.pay import Payments
from payments.flows.place_order import place_order
from payments.store.database import Database
from payments.store.instants import instant
from payments.store.past_payments import PaidAttempt, paid_attempt

_log = structlog.get_logger(__name__)

# Simulated providers answer and notify so much faster than real ones.
TIME_SCALE: Final = 30.0
_RECALL_S: Final = 10.0
_SHORTEST_PAUSE_S: Final = 2.0
_LONGEST_PAUSE_S: Final = 9.0
_THINKS_S: Final = 1.5
_ACTIONS: Final = {AttemptState.REQUIRES_ACTION, AttemptState.PROCESSING}


@contextmanager
def providers(folder: Path, database: Database, notify_ca: Path) -> Iterator[Simulators]:
    """Simulated Alipay and WeChat Pay that know the payments in the database.

    Call it in the event loop that the database works in.
    """
    loop = asyncio.get_running_loop()

    def recall(number: str) -> PastPayment | None:
        asked = asyncio.run_coroutine_threadsafe(database.read(paid_attempt, number), loop)
        return _past(asked.result(_RECALL_S))

    folder.mkdir(parents=True, exist_ok=True)
    with Simulators.start(
        folder, notify_ca=notify_ca, time_scale=TIME_SCALE, recall=recall
    ) as simulators:
        yield simulators


def channels_file(folder: Path, simulators: Simulators) -> Path:
    """The file that tells the services how to reach the providers."""
    file = folder / "channels.json"
    file.write_text(json.dumps(simulators.details), encoding="utf-8")
    return file


def _past(found: PaidAttempt | None) -> PastPayment | None:
    if found is None:
        return None
    return PastPayment(
        found.number, found.channel_ref, found.title, found.amount, instant(found.paid_ms)
    )


class Trade:
    """New orders, one every few seconds, each paid or not as its payer decides."""

    def __init__(
        self, database: Database, payments: Payments, simulators: Simulators, seed: int
    ) -> None:
        self._database = database
        self._payments = payments
        self._simulators = simulators
        self._random = Random(seed)  # noqa: S311 - invented payers, no secret
        self._seed = seed

    async def run(self) -> None:
        """Trade until cancelled; an order that goes wrong is logged and the next one comes."""
        while True:
            for draw in self._draws():
                await asyncio.sleep(self._random.uniform(_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S))
                try:
                    await self._buy(draw)
                except RefusedError as refusal:
                    _log.warning("live_order_refused", code=refusal.code.value)

    def _draws(self) -> list[OrderDraw]:
        until = datetime.now(UTC) + timedelta(days=1)
        self._seed += 1
        # Rings of fraudsters belong to the sample's past; every seed would begin with some.
        return [one for one in Demand(self._seed, 1, until).orders() if not one.is_fraud]

    async def _buy(self, draw: OrderDraw) -> None:
        order_id = await self._database.run(place_order, _new_order(draw))
        for attempt in draw.attempts:
            method = attempt.method if attempt.method is not Method.BALANCE else None
            started = await self._payments.start(order_id, NewPayment(method), None)
            if started.state not in _ACTIONS:
                continue
            await asyncio.sleep(_THINKS_S)
            await asyncio.to_thread(self._act, started.attempt_id, succeeds=attempt.succeeds)

    def _act(self, number: str, *, succeeds: bool) -> None:
        """What the payer does with the QR code: pays, or has too little money."""
        action = Action.PAY if succeeds else Action.REFUSE
        for provider in (self._simulators.alipay, self._simulators.wechat_pay):
            try:
                provider.act(number, action)
            except UnknownTradeError:
                continue
            except ImpossibleActionError as error:
                _log.info("live_payer_could_not_act", reason=str(error))
            return


def _new_order(draw: OrderDraw) -> NewOrder:
    payer = draw.payer
    return NewOrder(
        product_id=draw.product.id,
        payer=PayerInfo(f"live-{payer.id}", payer.name, payer.phone, payer.email),
        quantity=draw.quantity,
        discount_percent=f"{draw.discount_percent:f}",
        device=Device(draw.device_id, draw.address, draw.country),
    )
