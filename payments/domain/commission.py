"""Who earns what of an order, and who carries what of its refund."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from payments.domain.splitting import split


@dataclass(frozen=True, slots=True)
class Shares:
    """The parts of an amount in minor units: the instructor's, the platform's, and tax."""

    instructor: int
    platform: int
    tax: int = 0

    @property
    def total(self) -> int:
        """What the parts add up to."""
        return self.instructor + self.platform + self.tax

    def __sub__(self, other: Shares) -> Shares:
        return Shares(
            self.instructor - other.instructor,
            self.platform - other.platform,
            self.tax - other.tax,
        )


def shares(net: int, instructor_rate: Decimal, tax: int = 0) -> Shares:
    """The commission split of spec section 3: the instructor's share of the net amount.

    The rest is the platform's and ``tax`` is carried along: the parts add up to ``net + tax``.
    """
    instructor, platform = split(net, (instructor_rate, 1 - instructor_rate))
    return Shares(instructor, platform, tax)


def carried(amount: int, remaining: Shares) -> Shares:
    """Who carries a refund of ``amount``: in proportion to what remains unrefunded of each part.

    No part is ever asked for more than what remains of it, and the last refund takes exactly the
    rest, so that an order refunded in any number of steps ends at zero for everyone.
    Raises ValueError when more is asked than remains.
    """
    if not 0 <= amount <= remaining.total:
        message = f"{amount} of {remaining.total}"
        raise ValueError(message)
    return Shares(*split(amount, (remaining.instructor, remaining.platform, remaining.tax)))
