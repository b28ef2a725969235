"""Who buys what and when in the sample business: draws from one seeded source, nothing else.

The habits are plausible, not measured: two seasons a year, weekends, evenings, a launch now and
then; half of the orders come from payers who have bought before. A few rings of fraudsters use one
device and fresh accounts for the dearest things, at night, in bursts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from decimal import Decimal
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from payments.contract.wire.records import Method, ProductKind
from payments.demo.catalogue import SampleProduct, catalogue, names

ORDERS_PER_DAY: Final = 50
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_HOURS: Final = (
    2,
    1,
    1,
    1,
    1,
    2,
    4,
    8,
    12,
    14,
    15,
    16,
    20,
    16,
    13,
    13,
    14,
    15,
    18,
    26,
    36,
    38,
    26,
    10,
)
_WEEKDAYS: Final = (0.92, 0.95, 0.95, 0.98, 1.0, 1.15, 1.2)
_METHODS: Final = (Method.WECHAT_PAY_NATIVE, Method.ALIPAY_QR, Method.ALIPAY_PAGE, Method.BALANCE)
_HABITS: Final = (0.50, 0.28, 0.17, 0.05)
# How often an attempt by this method does not come to a payment.
_FAILS: Final = {
    Method.WECHAT_PAY_NATIVE: 0.04,
    Method.ALIPAY_QR: 0.05,
    Method.ALIPAY_PAGE: 0.09,
    Method.BALANCE: 0.01,
}
_FAILURES: Final = ("insufficient_funds", "payer_cancelled", "payer_limit", "channel_error")
_DISCOUNTS: Final = (
    (Decimal(0), 0.74),
    (Decimal(10), 0.14),
    (Decimal(15), 0.07),
    (Decimal(30), 0.05),
)
_PLACES: Final = ("CN",) * 46 + ("HK", "SG", "US", "GB")
# Hours before the present at which the rings began that a reviewer finds waiting.
_RECENT_RINGS: Final = (17, 9, 3)
# So much of what was bought lately for a price above the refund limit is asked back.
_ASKED_BACK_LATELY: Final = 0.8
_LATELY: Final = timedelta(days=5)
_DEAR: Final = 50_000
_REASONS: Final = (
    "not_as_expected",
    "bought_by_mistake",
    "schedule_changed",
    "duplicate",
    "technical",
)


@dataclass(frozen=True, slots=True)
class SamplePayer:
    """An invented payer and the device and method they mostly use."""

    id: str
    name: str
    phone: str
    email: str
    since: datetime
    device_id: str
    address: str
    country: str
    method: Method


@dataclass(frozen=True, slots=True)
class AttemptDraw:
    """One attempt: how it is paid, whether it succeeds, seconds from start to end."""

    method: Method
    succeeds: bool
    failure: str
    shown_after_ms: int
    ends_after_s: int


@dataclass(frozen=True, slots=True)
class RefundDraw:
    """A refund somebody will ask for: share of what was paid, days after payment."""

    share: Decimal
    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class OrderDraw:
    """One order as life brings it, before the rules have spoken."""

    at: datetime
    payer: SamplePayer
    product: SampleProduct
    quantity: int
    discount_percent: Decimal
    device_id: str
    address: str
    country: str
    attempts: tuple[AttemptDraw, ...]
    refund: RefundDraw | None
    is_fraud: bool

    @property
    def is_paid(self) -> bool:
        """Whether the last attempt succeeds."""
        return bool(self.attempts) and self.attempts[-1].succeeds


class Demand:
    """Draws the orders of ``days`` days that end at ``until``; the same seed, the same orders."""

    def __init__(self, seed: int, days: int, until: datetime) -> None:
        self._random = Random(seed)  # noqa: S311 - a reproducible sample, no secret
        self._until = until
        self._last_day = until.astimezone(_ZONE).date()
        self._first_day = self._last_day - timedelta(days=days - 1)
        self._days = days
        self._payers: list[SamplePayer] = []
        self._products = catalogue().products
        self._weights = [product.weight for product in self._products]
        self._launches = {self._random.randrange(days) for _ in range(max(1, days // 60))}
        self._rings = {self._random.randrange(days) for _ in range(max(2, days // 45))}

    def expected(self) -> int:
        """About how many orders will come, for a progress bar."""
        return sum(round(self._mean(number)) for number in range(self._days))

    def orders(self) -> Iterator[OrderDraw]:
        """Every order in the order of its placement."""
        for number in range(self._days):
            day = self._first_day + timedelta(days=number)
            yield from self._day(day, number)

    def _mean(self, number: int) -> float:
        day = self._first_day + timedelta(days=number)
        growth = 0.75 + 0.5 * number / max(1, self._days - 1)
        season = 1 + 0.12 * math.sin(2 * math.pi * (day.timetuple().tm_yday - 60) / 182.5)
        launch = 1.9 if number in self._launches else 1.0
        return ORDERS_PER_DAY * growth * season * _WEEKDAYS[day.weekday()] * launch

    def _day(self, day: date, number: int) -> list[OrderDraw]:
        mean = self._mean(number)
        count = max(0, round(self._random.gauss(mean, math.sqrt(mean))))
        moments = [
            self._moment(day, self._random.choices(range(24), _HOURS)[0]) for _ in range(count)
        ]
        drawn = [self._order(moment) for moment in sorted(moments)]
        if number in self._rings:
            drawn += self._ring(self._moment(day, self._random.choice((1, 2, 3, 4))))
        if day == self._last_day:
            for hours in _RECENT_RINGS:
                drawn += self._ring(self._until - timedelta(hours=hours))
        return sorted((one for one in drawn if one.at <= self._until), key=lambda one: one.at)

    def _moment(self, day: date, hour: int) -> datetime:
        seconds = self._random.randrange(3600)
        start = datetime.combine(day, time_of_day(hour), tzinfo=_ZONE)
        return (start + timedelta(seconds=seconds)).astimezone(UTC)

    def _order(self, at: datetime) -> OrderDraw:
        payer = self._known_payer() or self._new_payer(at)
        product = self._random.choices(self._products, self._weights)[0]
        quantity = 1 if self._random.random() < 0.97 else self._random.randint(2, 4)
        attempts = self._attempts(payer.method, product)
        return OrderDraw(
            at=at,
            payer=payer,
            product=product,
            quantity=quantity,
            discount_percent=self._pick(_DISCOUNTS)
            if product.kind is not ProductKind.TOP_UP
            else Decimal(0),
            device_id=payer.device_id,
            address=payer.address,
            country=payer.country,
            attempts=attempts,
            refund=self._refund(product, quantity, at)
            if attempts and attempts[-1].succeeds
            else None,
            is_fraud=False,
        )

    def _known_payer(self) -> SamplePayer | None:
        if len(self._payers) < 20 or self._random.random() > 0.52:
            return None
        # Recent payers come back more often than old ones.
        back = int(self._random.expovariate(1 / (len(self._payers) * 0.25)))
        return self._payers[-1 - min(back, len(self._payers) - 1)]

    def _new_payer(self, at: datetime, device_id: str = "", country: str = "") -> SamplePayer:
        number = len(self._payers) + 1
        parts = names()
        foreign = self._random.random() < 0.04
        name = (
            self._random.choice(parts.foreign)
            if foreign
            else self._random.choice(parts.surnames) + self._random.choice(parts.given)
        )
        payer = SamplePayer(
            id=f"py{number:06d}",
            name=name,
            phone=f"1{self._random.choice('35789')}{self._random.randrange(10**9):09d}",
            email=f"reader{number}@example.com" if self._random.random() < 0.6 else "",
            since=at,
            device_id=device_id or f"dev-{self._random.getrandbits(40):010x}",
            address=f"203.0.113.{self._random.randrange(1, 255)}",
            country=country or self._random.choice(_PLACES),
            method=self._random.choices(_METHODS[:3], _HABITS[:3])[0],
        )
        self._payers.append(payer)
        return payer

    def _attempts(self, method: Method, product: SampleProduct) -> tuple[AttemptDraw, ...]:
        if self._random.random() < 0.035:
            return ()
        drawn = []
        for _ in range(3):
            succeeds = self._random.random() > _FAILS[method]
            drawn.append(
                AttemptDraw(
                    method,
                    succeeds,
                    "" if succeeds else self._random.choice(_FAILURES),
                    self._random.randint(80, 900),
                    self._random.randint(6, 240),
                )
            )
            if succeeds or self._random.random() < 0.35:
                break
            if product.kind is not ProductKind.TOP_UP and self._random.random() < 0.5:
                method = self._random.choices(_METHODS[:3], _HABITS[:3])[0]
        return tuple(drawn)

    def _refund(self, product: SampleProduct, quantity: int, at: datetime) -> RefundDraw | None:
        if self._until - at < _LATELY and product.price * quantity > _DEAR:
            after = timedelta(hours=self._random.uniform(1, 30))
            asked_back = self._random.random() < _ASKED_BACK_LATELY
            return RefundDraw(Decimal(1), after, "schedule_changed") if asked_back else None
        asked = {ProductKind.CONSULTATION: 0.07, ProductKind.COURSE: 0.045}.get(product.kind, 0.015)
        if self._random.random() > asked:
            return None
        whole = self._random.random() < 0.7
        share = Decimal(1) if whole else Decimal(self._random.choice(("0.25", "0.5", "0.3")))
        after = timedelta(hours=self._random.expovariate(1 / 40))
        return RefundDraw(share, after, self._random.choice(_REASONS))

    def _ring(self, at: datetime) -> list[OrderDraw]:
        """One device, several fresh accounts, the dearest things, minutes apart."""
        dear = sorted(self._products, key=lambda product: -product.price)[:4]
        device_id = f"dev-{self._random.getrandbits(40):010x}"
        drawn = []
        for _ in range(self._random.randint(3, 6)):
            at += timedelta(seconds=self._random.randint(40, 400))
            payer = self._new_payer(at, device_id, self._random.choice(("US", "SG", "HK")))
            failed = tuple(
                AttemptDraw(Method.ALIPAY_PAGE, False, "insufficient_funds", 300, 9)
                for _ in range(self._random.randint(0, 2))
            )
            paid = AttemptDraw(payer.method, True, "", 300, self._random.randint(8, 40))
            drawn.append(
                OrderDraw(
                    at=at + timedelta(seconds=self._random.randint(1, 20)),
                    payer=payer,
                    product=self._random.choice(dear),
                    quantity=self._random.randint(1, 3),
                    discount_percent=Decimal(0),
                    device_id=device_id,
                    address=payer.address,
                    country=payer.country,
                    attempts=(*failed, paid),
                    refund=None,
                    is_fraud=True,
                )
            )
        return drawn

    def _pick(self, weighted: Sequence[tuple[Decimal, float]]) -> Decimal:
        return self._random.choices(
            [one for one, _ in weighted], [weight for _, weight in weighted]
        )[0]
