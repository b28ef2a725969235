"""Cancel an order that nobody has paid."""

from __future__ import annotations

from payments.store.work import Work


def cancel_order(work: Work, order_id: str) -> str:
    """Cancel an unpaid order; its open attempts are closed at their channels by a job."""
    raise NotImplementedError
