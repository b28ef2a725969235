"""Pay an order: begin here, start at the channel outside any transaction, record what it says."""

from __future__ import annotations

from payments.channels.registry import Channels
from payments.contract.wire.requests import NewPayment, Started
from payments.store.database import Database
from payments.store.work import Actor


class Payments:
    """Payments of a merchant; ``notify_base`` is the address channels notify (no path)."""

    def __init__(self, database: Database, channels: Channels, notify_base: str) -> None:
        self._database = database

    async def start(self, order_id: str, new: NewPayment, actor: Actor | None) -> Started:
        """Start an attempt, after asking about earlier ones that are not clear.

        Raises RefusedError: NOT_FOUND, ORDER_NOT_PAYABLE, NO_CHANNEL_AVAILABLE, INSUFFICIENT_BALANCE …
        """
        raise NotImplementedError

    async def started(self, attempt_id: str) -> Started:
        """How an attempt stands, for its payer. Raises RefusedError(NOT_FOUND)."""
        raise NotImplementedError
