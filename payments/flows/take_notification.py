"""Take what a channel tells: verified on the raw bytes, processed once, acknowledged after the commit."""

from __future__ import annotations

from payments.channels.protocol import RawNotification, Reply
from payments.channels.registry import Channels
from payments.contract.wire.records import ChannelName
from payments.store.database import Database


async def take(
    database: Database, channels: Channels, name: ChannelName, raw: RawNotification
) -> Reply:
    """Verify, match and apply a notification; the reply is sent as it is. Never raises RefusedError."""
    raise NotImplementedError
