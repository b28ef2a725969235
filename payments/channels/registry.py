"""The channels of a merchant as flows look them up: by name, by method, by health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

from payments.channels.protocol import Channel, ChannelTraits
from payments.channels.transport import Transport
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Method

Channels = Mapping[ChannelName, Channel]
Terms = Mapping[ChannelName, ChannelTraits]

CHANNEL_OF: Final[Mapping[Method, ChannelName]] = {
    Method.ALIPAY_QR: ChannelName.ALIPAY,
    Method.ALIPAY_PAGE: ChannelName.ALIPAY,
    Method.WECHAT_PAY_NATIVE: ChannelName.WECHAT_PAY,
    Method.BALANCE: ChannelName.BALANCE,
    Method.EXTERNAL: ChannelName.EXTERNAL,
}


@runtime_checkable
class _Connected(Protocol):
    """An adapter that speaks to a provider over a connection with a breaker."""

    @property
    def transport(self) -> Transport: ...


def terms_of(channels: Channels) -> Terms:
    """What each channel can do: limits, fees, refund rules."""
    return {name: channel.traits for name, channel in channels.items()}


def channel_of(channels: Channels, name: ChannelName) -> Channel:
    """The adapter of a channel. Raises RefusedError(CHANNEL_NOT_CONFIGURED) when there is none."""
    try:
        return channels[name]
    except KeyError:
        raise RefusedError(Code.CHANNEL_NOT_CONFIGURED, name.value) from None


def is_healthy(channel: Channel) -> bool:
    """Whether the breaker of the channel's connection lets calls through."""
    return channel.transport.breaker.healthy if isinstance(channel, _Connected) else True
