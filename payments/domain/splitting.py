"""A whole number shared by weights so that the parts always add up to it (largest remainder)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def split(total: int, weights: Sequence[int | Decimal]) -> tuple[int, ...]:
    """Parts of ``total`` in proportion to ``weights``, adding up to it exactly.

    Each part is its exact quota rounded down or up; the units left over go to the largest
    remainders, ties to the earlier part. A negative total splits as its opposite does.
    Raises ValueError when weights are negative or all zero, unless there is nothing to share.
    """
    if total < 0:
        return tuple(-part for part in split(-total, weights))
    shares = [Fraction(weight) for weight in weights]
    whole = sum(shares)
    if min(shares, default=Fraction(0)) < 0 or (total and not whole):
        message = f"cannot share {total} by {list(weights)}"
        raise ValueError(message)
    if not total:
        return (0,) * len(shares)
    quotas = [total * share / whole for share in shares]
    parts = [int(quota) for quota in quotas]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - quotas[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return tuple(parts)
