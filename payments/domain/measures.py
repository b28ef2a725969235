"""The measures of spec section 3 that describe service and security: times and probabilities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal, localcontext

from payments.domain.exact import EXACT


def payment_time(request: timedelta, network: timedelta, channel: timedelta) -> timedelta:
    """How long a payment took: request + network + channel time."""
    return request + network + channel


def transfer_time(channel: timedelta, system: timedelta) -> timedelta:
    """How long a transfer of funds takes: channel processing + system processing."""
    return channel + system


def incident_probability(probabilities: Iterable[Decimal]) -> Decimal:
    """The chance that at least one of independent incidents happens: 1 − Π(1 − pᵢ), exact."""
    with localcontext(EXACT):
        none = Decimal(1)
        for probability in probabilities:
            none *= 1 - probability
        return 1 - none


def incident_probability_first_order(probabilities: Iterable[Decimal]) -> Decimal:
    """The plain sum Σ pᵢ: the first-order approximation, shown beside the exact figure."""
    return sum(probabilities, Decimal(0))


def security_factor(risk: Decimal, measures: Decimal) -> Decimal:
    """Risk factor × measures factor."""
    return risk * measures
