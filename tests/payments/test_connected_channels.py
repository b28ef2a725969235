from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from payments import connected_channels
from payments.channels.alipay.config import simulated
from payments.channels.simulation.host import Simulators
from payments.channels.wechat_pay.client import WeChatPayConfig
from payments.commands import CommandError
from payments.contract.wire.records import ChannelName
from payments.sealing import Seal, SealError
from payments.store import channel_settings
from payments.store.channel_settings import ChannelSetting

SEAL = Seal(bytes(range(32)))


@pytest.fixture(scope="module")
def details(tmp_path_factory):
    with Simulators.start(tmp_path_factory.mktemp("simulated")) as simulators:
        return simulators.details


@pytest.fixture(scope="module")
def alipay(details):
    described = details["channels"]["alipay"]
    return simulated(described, ca_file=described["ca_file"])


def test_the_file_that_simulate_prints_connects_every_channel(details, tmp_path):
    file = tmp_path / "channels.json"
    file.write_text(json.dumps(details), encoding="utf-8")
    channels = connected_channels.from_file(file)
    assert set(channels) == {ChannelName.ALIPAY, ChannelName.WECHAT_PAY, ChannelName.BALANCE}
    assert all(channel.traits.name is name for name, channel in channels.items())


@pytest.mark.parametrize(
    "text", ["", "[]", '{"channels": {"alipay": {}}}', '{"channels": {"paypal": {}}}']
)
def test_a_file_that_describes_no_channels_is_said(tmp_path, text):
    file = tmp_path / "channels.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be used"):
        connected_channels.from_file(file)


def setting(alipay):
    config = connected_channels.sealed(ChannelName.ALIPAY, alipay, SEAL)
    return ChannelSetting(ChannelName.ALIPAY, enabled=True, fee_rate="0.0055", config=config)


def test_sealed_settings_connect_with_their_own_fee(database, alipay):
    stored = setting(alipay)
    assert alipay.app_id not in stored.config
    database.run_sync(channel_settings.put, stored)
    channels = connected_channels.from_settings(database.read_sync(channel_settings.every), SEAL)
    assert channels[ChannelName.ALIPAY].traits.fee_rate == Decimal("0.0055")


def test_a_channel_that_is_off_is_not_connected(alipay):
    off = replace(setting(alipay), enabled=False)
    assert set(connected_channels.from_settings([off], SEAL)) == {ChannelName.BALANCE}


def test_another_key_connects_nothing(alipay):
    with pytest.raises(SealError):
        connected_channels.from_settings([setting(alipay)], Seal(bytes(32)))


def test_a_configuration_without_verifier_keys_can_be_sealed():
    config = WeChatPayConfig(
        appid="a", mchid="m", merchant_serial="s", merchant_private_key="k", apiv3_key="v" * 32
    )
    text = connected_channels.sealed(ChannelName.WECHAT_PAY, config, SEAL)
    opened = SEAL.open(text, "configuration of channel wechat_pay")
    assert msgspec.json.decode(opened, type=WeChatPayConfig) == config
