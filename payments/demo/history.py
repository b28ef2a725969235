"""What the sample business remembers while it is built: payers, devices, balances, channels.

The features that risk rules look at and the counts that routing looks at come from here, so that
the sample's scores and choices are the domain's own.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from payments.contract.wire.records import Method, Related, Routing
from payments.demo.demand import OrderDraw
from payments.domain.routing import Option, route
from payments.risk.features import RECENT, TODAY, Features
from payments.store.merchants import Settings

FEES: Final = {
    Method.WECHAT_PAY_NATIVE: Decimal("0.0060"),
    Method.ALIPAY_QR: Decimal("0.0060"),
    Method.ALIPAY_PAGE: Decimal("0.0060"),
    Method.BALANCE: Decimal(0),
}
WINDOW_DAYS: Final = Settings().routing_window_days
_WINDOW: Final = timedelta(days=WINDOW_DAYS)
_SHOWN: Final = 12


@dataclass(slots=True)
class _Known:
    """What is remembered of one payer."""

    orders: list[Related] = field(default_factory=list)
    placed: deque[tuple[datetime, str]] = field(default_factory=deque)
    failures: deque[datetime] = field(default_factory=deque)
    countries: set[str] = field(default_factory=set)
    paid_orders: int = 0
    paid: Decimal = Decimal(0)
    at_risk: bool = False


class History:
    """Counts over sliding windows; everything is told in the order of time."""

    def __init__(self) -> None:
        self._payers: defaultdict[str, _Known] = defaultdict(_Known)
        self._device_payers: defaultdict[str, set[str]] = defaultdict(set)
        self._device_orders: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._device_shown: defaultdict[str, list[Related]] = defaultdict(list)
        self._attempts: deque[tuple[datetime, Method, bool, int]] = deque()
        self._counts: dict[Method, list[int]] = {method: [0, 0, 0] for method in FEES}
        self._cases: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.balances: defaultdict[str, int] = defaultdict(int)

    def routing(self, draw: OrderDraw, asked_for: Method | None) -> Routing:
        """The channel choice at this moment: what the payer asked for, or the best objective."""
        self._forget_attempts(draw.at - _WINDOW)
        options = [self._option(method, asked_for, draw.payer.id) for method in FEES]
        routing = route(options, WINDOW_DAYS, asked_for=asked_for is not None)
        if routing is None:
            message = "no method is left to choose from"
            raise AssertionError(message)
        return routing

    def _option(self, method: Method, asked_for: Method | None, payer_id: str) -> Option:
        successes, attempts, took_s = self._counts[method]
        excluded = ""
        if asked_for is not None and method is not asked_for:
            excluded = "not_asked_for"
        elif asked_for is None and method is Method.BALANCE and not self.balances[payer_id]:
            excluded = "balance_too_low"
        usual = timedelta(seconds=took_s // successes) if successes else None
        return Option(method, FEES[method], successes, attempts, usual, excluded)

    def attempted(
        self, at: datetime, payer_id: str, method: Method, *, succeeded: bool, took_s: int
    ) -> None:
        """An attempt ended."""
        self._attempts.append((at, method, succeeded, took_s))
        counts = self._counts[method]
        counts[0] += succeeded
        counts[1] += 1
        counts[2] += took_s if succeeded else 0
        if not succeeded:
            self._payers[payer_id].failures.append(at)

    def _forget_attempts(self, before: datetime) -> None:
        while self._attempts and self._attempts[0][0] < before:
            _, method, succeeded, took_s = self._attempts.popleft()
            counts = self._counts[method]
            counts[0] -= succeeded
            counts[1] -= 1
            counts[2] -= took_s if succeeded else 0

    def features(self, draw: OrderDraw, base_amount: Decimal) -> Features:
        """What risk knows of this order, itself left out."""
        known = self._payers[draw.payer.id]
        device = self._device_orders[draw.device_id]
        return Features(
            base_amount=base_amount,
            at=draw.at,
            payer_since=draw.payer.since,
            payer_at_risk=known.at_risk,
            payer_paid_orders=known.paid_orders,
            payer_usual=known.paid / known.paid_orders if known.paid_orders else None,
            payer_orders_recently=_since(known.placed, draw.at - RECENT),
            payer_countries=frozenset(known.countries),
            failed_attempts_today=sum(at > draw.at - TODAY for at in known.failures),
            same_product_today=sum(
                at > draw.at - TODAY and product == draw.product.id for at, product in known.placed
            ),
            device_payers=len(self._device_payers[draw.device_id] | {draw.payer.id}),
            device_orders_recently=sum(at > draw.at - RECENT for at in device),
            country=draw.country,
        )

    def placed(self, draw: OrderDraw, shown: Related, paid: Decimal | None) -> None:
        """An order was placed; ``paid`` is major units when it was paid."""
        known = self._payers[draw.payer.id]
        known.orders.append(shown)
        known.placed.append((draw.at, draw.product.id))
        self._device_payers[draw.device_id].add(draw.payer.id)
        self._device_orders[draw.device_id].append(draw.at)
        self._device_shown[draw.device_id].append(shown)
        if paid is not None:
            known.paid_orders += 1
            known.paid += paid
            known.countries.add(draw.country)

    def found_fraud(self, payer_id: str) -> None:
        """A reviewer found fraud."""
        self._payers[payer_id].at_risk = True

    def case_decided(self, reason: str, *, fraud: bool) -> None:
        """A case whose main reason was this one has been decided."""
        self._cases[reason][0] += 1
        self._cases[reason][1] += fraud

    def similar_cases(self, reason: str) -> tuple[int, int]:
        """Decided cases with the same main reason, and how many of them were fraud."""
        cases, fraud = self._cases[reason]
        return cases, fraud

    def paid_so_far(self, payer_id: str) -> tuple[int, Decimal]:
        """Paid orders of a payer and their sum in major units."""
        known = self._payers[payer_id]
        return known.paid_orders, known.paid

    def of_payer(self, payer_id: str) -> tuple[Related, ...]:
        """The payer's latest orders."""
        return tuple(self._payers[payer_id].orders[-_SHOWN:])

    def of_device(self, draw: OrderDraw) -> tuple[Related, ...]:
        """The latest orders from the same device, whoever paid."""
        return tuple(self._device_shown[draw.device_id][-_SHOWN:])


def _since(moments: deque[tuple[datetime, str]], after: datetime) -> int:
    return sum(at > after for at, _ in moments)
