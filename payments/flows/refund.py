"""Refunds as people handle them: ask, decide, cancel, try again."""

from __future__ import annotations

from payments.channels.registry import Terms
from payments.contract.wire.requests import NewRefund, RefundDecision
from payments.store.work import Work


def request(work: Work, new: NewRefund, terms: Terms) -> str:
    """Reserve the amount and answer the refund's id. ``terms``: ``registry.terms_of(channels)``."""
    raise NotImplementedError


def decide(work: Work, refund_id: str, decision: RefundDecision) -> str:
    """Approve or reject a refund that waits for a second person."""
    raise NotImplementedError


def cancel(work: Work, refund_id: str) -> str:
    """Take a refund back before it goes to the channel."""
    raise NotImplementedError


def retry(work: Work, refund_id: str, terms: Terms) -> str:
    """Try a failed refund again; answers the id of the refund that is now under way."""
    raise NotImplementedError
