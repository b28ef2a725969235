from __future__ import annotations

import pytest

from payments.channels.balance.adapter import NO_PROVIDER, BalanceChannel
from payments.channels.protocol import (
    AttemptRef,
    BadSignatureError,
    Channel,
    PaymentResult,
    RawNotification,
)
from payments.channels.registry import CHANNEL_OF, channel_of, is_healthy, terms_of
from payments.contract.money import Money
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName, Method

CHANNEL: Channel = BalanceChannel()
ATTEMPT = AttemptRef("order_1", Money(100, "CNY"), Method.BALANCE)


def test_nobody_can_be_asked_and_nothing_is_open():
    asked = CHANNEL.ask(ATTEMPT)
    assert (asked.result, asked.failure) == (PaymentResult.FAILED, NO_PROVIDER)
    assert CHANNEL.close(ATTEMPT).result is PaymentResult.CLOSED


def test_nobody_speaks_for_the_balance():
    with pytest.raises(BadSignatureError):
        CHANNEL.read_notification(RawNotification({}, b"paid"))
    assert CHANNEL.refused("no").status == 404


def test_every_method_belongs_to_a_channel():
    assert set(CHANNEL_OF) == set(Method)


def test_channels_are_looked_up_by_name():
    channels = {ChannelName.BALANCE: CHANNEL}
    assert channel_of(channels, ChannelName.BALANCE) is CHANNEL
    assert is_healthy(CHANNEL)
    assert not terms_of(channels)[ChannelName.BALANCE].fee_rate
    with pytest.raises(RefusedError) as refusal:
        channel_of(channels, ChannelName.ALIPAY)
    assert refusal.value.code is Code.CHANNEL_NOT_CONFIGURED
