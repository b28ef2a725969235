"""The rules of risk: each looks at one thing and adds one named part to the coefficient.

A rule is a line of ``RULES``; the parts are shown to a reviewer with their data, in words that the
console has for each reason. The largest part stands for what is known to be fraud.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from payments.risk.features import Features

Data = dict[str, str | int]

_NEW_PAYER: Final = timedelta(days=1)
_OFTEN: Final = 3
_UNUSUAL_TIMES: Final = 5
_FAILURES: Final = 3
_CROWD: Final = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """``finds`` answers the data of the finding, or None when the rule has nothing to say."""

    reason: str
    part: Decimal
    finds: Callable[[Features], Data | None]


def _known_fraud(seen: Features) -> Data | None:
    return {} if seen.payer_at_risk else None


def _no_exchange_rate(seen: Features) -> Data | None:
    return None if seen.priced_in_base else {}


def _new_payer(seen: Features) -> Data | None:
    age = seen.at - seen.payer_since
    if seen.payer_paid_orders or age >= _NEW_PAYER:
        return None
    return {"minutes": max(0, age // timedelta(minutes=1))}


def _payer_velocity(seen: Features) -> Data | None:
    count = seen.payer_orders_recently
    return {"orders": count} if count >= _OFTEN else None


def _device_velocity(seen: Features) -> Data | None:
    count = seen.device_orders_recently
    return {"orders": count} if count >= _OFTEN else None


def _shared_device(seen: Features) -> Data | None:
    return {"payers": seen.device_payers} if seen.device_payers >= _CROWD else None


def _unusual_place(seen: Features) -> Data | None:
    usual = seen.payer_countries or {seen.home_country}
    if not seen.country or seen.country in usual:
        return None
    return {"country": seen.country}


def _unusual_amount(seen: Features) -> Data | None:
    if not seen.payer_usual or seen.base_amount < _UNUSUAL_TIMES * seen.payer_usual:
        return None
    return {"times": int(seen.base_amount / seen.payer_usual)}


def _failed_attempts(seen: Features) -> Data | None:
    count = seen.failed_attempts_today
    return {"attempts": count} if count >= _FAILURES else None


def _repeated_purchase(seen: Features) -> Data | None:
    return {"orders": seen.same_product_today} if seen.same_product_today else None


RULES: Final = (
    Rule("no_exchange_rate", Decimal(1), _no_exchange_rate),
    Rule("known_fraud", Decimal("0.6"), _known_fraud),
    Rule("shared_device", Decimal("0.2"), _shared_device),
    Rule("failed_attempts", Decimal("0.2"), _failed_attempts),
    Rule("payer_velocity", Decimal("0.15"), _payer_velocity),
    Rule("device_velocity", Decimal("0.15"), _device_velocity),
    Rule("unusual_amount", Decimal("0.1"), _unusual_amount),
    Rule("unusual_place", Decimal("0.1"), _unusual_place),
    Rule("repeated_purchase", Decimal("0.05"), _repeated_purchase),
    Rule("new_payer", Decimal("0.05"), _new_payer),
)
