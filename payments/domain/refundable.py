"""How much of a payment may still go back: never more than paid − refunded − reserved."""

from __future__ import annotations

from payments.contract.problems import Code, RefusedError


def refundable(*, paid: int, refunded: int, reserved: int) -> int:
    """What may still be refunded, in minor units; never negative."""
    return max(0, paid - refunded - reserved)


def check_refundable(amount: int, *, paid: int, refunded: int, reserved: int) -> None:
    """Raise RefusedError(REFUND_EXCEEDS_PAID) when ``amount`` is more than may go back."""
    most = refundable(paid=paid, refunded=refunded, reserved=reserved)
    if amount > most:
        raise RefusedError(Code.REFUND_EXCEEDS_PAID, f"at most {most} can still be refunded")
