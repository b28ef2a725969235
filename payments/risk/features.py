"""What risk knows of a paid order: plain values, gathered by the flow that asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

# How far back the counts of orders and failed attempts reach.
RECENT = timedelta(hours=1)
TODAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Features:
    """One order in the light of its payer, device and place.

    ``base_amount`` is major units of the base currency; ``payer_usual`` the payer's average paid
    order in the same unit, None without one. Counts leave this order out. ``country`` is empty
    when the order did not say.
    """

    base_amount: Decimal
    at: datetime
    payer_since: datetime
    payer_at_risk: bool = False
    payer_paid_orders: int = 0
    payer_usual: Decimal | None = None
    payer_orders_recently: int = 0
    payer_countries: frozenset[str] = frozenset()
    failed_attempts_today: int = 0
    same_product_today: int = 0
    device_payers: int = 0
    device_orders_recently: int = 0
    country: str = ""
    home_country: str = "CN"
    priced_in_base: bool = True
