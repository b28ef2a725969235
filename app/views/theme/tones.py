"""Which tone each status has: the same in table, pane, chart and export."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.views.theme.tokens import Tone
from payments.contract.lifecycles import (
    AttemptState,
    CaseState,
    Disposition,
    Fulfilment,
    HoldState,
    OrderStatus,
    RefundState,
    Review,
    Settlement,
)

N, D, W, S, I = Tone.NEUTRAL, Tone.DANGER, Tone.WARNING, Tone.SUCCESS, Tone.INFO  # noqa: E741 - one letter per tone keeps the table readable

TONES: Final[Mapping[type[StrEnum], Mapping[str, Tone]]] = MappingProxyType(
    {
        OrderStatus: {
            "awaiting_payment": I,
            "payment_failed": D,
            "paid": S,
            "on_hold": W,
            "completed": S,
            "partly_refunded": N,
            "refunded": N,
            "expired": N,
            "cancelled": N,
        },
        AttemptState: {
            "created": I,
            "requires_action": I,
            "processing": I,
            "unknown": W,
            "succeeded": S,
            "failed": D,
            "cancelled": N,
            "expired": N,
            "conflicted": D,
        },
        RefundState: {
            "requested": I,
            "pending_approval": W,
            "approved": I,
            "submitted": I,
            "processing": I,
            "requires_action": W,
            "succeeded": S,
            "failed": D,
            "rejected": N,
            "cancelled": N,
        },
        CaseState: {
            "open": W,
            "in_review": I,
            "waiting": N,
            "escalated": D,
            "decided": S,
            "closed": N,
        },
        HoldState: {"active": W, "released": S, "enforced": D},
        Disposition: {"approve": S, "decline": D, "refund": W, "refund_as_fraud": D},
        Review: {"none": N, "pending": W, "approved": S, "declined": D},
        Fulfilment: {"unfulfilled": N, "granted": S, "confirmed": S, "revoked": D},
        Settlement: {"unsettled": N, "settled": I, "reconciled": S},
    }
)


def tone_of(status: StrEnum) -> Tone:
    """The tone of a status; neutral for anything that is no status."""
    return TONES.get(type(status), {}).get(status.value, Tone.NEUTRAL)
