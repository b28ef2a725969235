"""The risk score: amount in major units of the base currency × coefficient."""

from __future__ import annotations

from decimal import Decimal, localcontext

from payments.domain.exact import EXACT


def risk_score(base_amount: Decimal, coefficient: Decimal) -> Decimal:
    """Base amount (major units) × coefficient, exact (spec section 3)."""
    with localcontext(EXACT):
        return base_amount * coefficient


def is_held(score: Decimal, threshold: Decimal) -> bool:
    """Whether a score holds an order for review: above the threshold, exactly at it is not."""
    return score > threshold
