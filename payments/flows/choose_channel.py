"""Choose the channel of a payment: who can, who is well, who serves best; every reason is kept."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Final

from payments.channels.protocol import ChannelTraits
from payments.channels.registry import CHANNEL_OF, Terms
from payments.contract.money import Money
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Method, ProductKind, Routing
from payments.domain.routing import Option, route, route_by_total
from payments.flows.merchant import settings_of
from payments.store import measures as stored_measures
from payments.store.database import Database
from payments.store.measures import Measured
from payments.store.stored import StoredOrder
from payments.store.work import Work

# How old the measured success rates may be when a payment is routed.
_FRESH_S: Final = 60.0


@dataclass(slots=True)
class Measures:
    """Success rates by method over the sliding window, counted once a minute for all payments."""

    database: Database
    clock: Callable[[], float] = time.monotonic
    _counted: Mapping[Method, Measured] = field(default_factory=dict)
    _until: float = -math.inf
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def current(self) -> Mapping[Method, Measured]:
        """The measures, at most a minute old."""
        async with self._lock:
            if self.clock() >= self._until:
                self._counted = await self.database.read(_counted)
                self._until = self.clock() + _FRESH_S
        return self._counted


def _counted(work: Work) -> Mapping[Method, Measured]:
    days = settings_of(work).routing_window_days
    return stored_measures.measured(work, since_ms=work.now_ms - days * 86_400_000)


def choose(
    work: Work,
    order: StoredOrder,
    asked: Method | None,
    terms: Terms,
    healthy: frozenset[ChannelName],
    measures: Mapping[Method, Measured],
) -> Routing:
    """The routing of a payment for this order; ``asked`` is the payer's own choice of method.

    Raises RefusedError: CHANNEL_NOT_CONFIGURED when the method asked for has no channel here,
    NO_CHANNEL_AVAILABLE when nothing can take the payment now.
    """
    if asked is not None and CHANNEL_OF[asked] not in terms:
        raise RefusedError(Code.CHANNEL_NOT_CONFIGURED, asked.value)
    options = [
        _option(
            traits,
            method,
            measures.get(method, Measured()),
            _exclusion(order, traits, method, asked, healthy=traits.name in healthy),
        )
        for traits in terms.values()
        for method in traits.methods
    ]
    settings = settings_of(work)
    window = settings.routing_window_days
    if settings.routing_weight and asked is None:
        payable = Money(order.amount, order.currency).major()
        weight = Decimal(settings.routing_weight)
        routing = route_by_total(options, window, payable=payable, weight=weight)
    else:
        routing = route(options, window, asked_for=asked is not None)
    if routing is None:
        reasons = ", ".join(f"{it.method.value}: {it.excluded}" for it in options)
        raise RefusedError(Code.NO_CHANNEL_AVAILABLE, reasons)
    return routing


def _option(traits: ChannelTraits, method: Method, measured: Measured, excluded: str) -> Option:
    usual = measured.usual_ms
    return Option(
        method=method,
        fee_rate=traits.fee_rate,
        successes=measured.successes,
        attempts=measured.attempts,
        time=None if usual is None else timedelta(milliseconds=usual),
        excluded=excluded,
    )


def _exclusion(
    order: StoredOrder,
    traits: ChannelTraits,
    method: Method,
    asked: Method | None,
    *,
    healthy: bool,
) -> str:
    """Why a method is no candidate; empty when it is one. A balance is only spent when asked for."""
    rules = (
        ("not_asked_for", asked is not None and method is not asked),
        ("only_when_asked_for", method is Method.BALANCE and asked is None),
        ("not_for_top_ups", method is Method.BALANCE and order.kind is ProductKind.TOP_UP),
        ("currency", order.currency not in traits.currencies),
        ("amount_too_small", order.amount < traits.smallest),
        ("amount_too_large", order.amount > traits.largest),
        ("unhealthy", not healthy),
    )
    return next((code for code, excluded in rules if excluded), "")
