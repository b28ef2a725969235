"""A channel's name and its colour: the same in every chart, whatever is filtered or in what order."""

from __future__ import annotations

from typing import Final

from app import words
from app.views.theme.tokens import Tokens
from payments.contract.wire.records import ChannelName

# The order in which channels take the colours of a series.
_TURNS: Final = (
    ChannelName.WECHAT_PAY,
    ChannelName.ALIPAY,
    ChannelName.CARDS,
    ChannelName.UNIONPAY,
    ChannelName.BANK_TRANSFER,
    ChannelName.EXTERNAL,
    None,
    ChannelName.BALANCE,
)
_KNOWN: Final = frozenset(ChannelName)


def channel_name(channel: str) -> str:
    """Its word; refunds that name no channel have a word too."""
    if channel in _KNOWN:
        return words.name(ChannelName(channel))
    return words.say("dashboard.no_channel")


def channel_colour(channel: str, tokens: Tokens) -> str:
    """Its colour in a theme."""
    place = _TURNS.index(ChannelName(channel)) if channel in _KNOWN else _TURNS.index(None)
    return tokens.series[place]
