"""Which channels are set up, what they charge, and their configuration (sealed)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from payments.contract.wire.records import ChannelName
from payments.store.tables_books import CHANNEL_SETTINGS
from payments.store.upserts import Upsert
from payments.store.work import Work


@dataclass(frozen=True, slots=True)
class ChannelSetting:
    """A channel; ``fee_rate`` is exact decimal text, ``config`` is sealed."""

    channel: ChannelName
    enabled: bool
    fee_rate: str
    config: str


_C: Final = CHANNEL_SETTINGS.c
_ALL: Final = (
    select(_C.channel, _C.enabled, _C.fee_rate, _C.config)
    .where(_C.merchant == bindparam("merchant"))
    .order_by(_C.channel)
)
_PUT: Final = Upsert(CHANNEL_SETTINGS, ("merchant", "channel"), ("enabled", "fee_rate", "config"))


def every(work: Work) -> Sequence[ChannelSetting]:
    """All channels that have been set up."""
    rows = work.connection.execute(_ALL, {"merchant": work.merchant})
    return [
        ChannelSetting(ChannelName(channel), enabled, fee_rate, config)
        for channel, enabled, fee_rate, config in rows
    ]


def put(work: Work, setting: ChannelSetting) -> None:
    """Set a channel up, or change it."""
    row = {
        "merchant": work.merchant,
        "channel": setting.channel.value,
        "enabled": setting.enabled,
        "fee_rate": setting.fee_rate,
        "config": setting.config,
    }
    work.connection.execute(_PUT.on(work.connection), row)
