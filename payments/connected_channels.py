"""Builds the adapters of the configured channels: from the sealed settings, or from a file.

The file has the shape that ``simulate`` prints: keys are paths of files. The sealed settings hold
the configuration itself. Balance needs no configuration and is always there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from payments.channels.alipay.adapter import AlipayChannel
from payments.channels.alipay.config import AlipayConfig, simulated
from payments.channels.balance.adapter import BalanceChannel
from payments.channels.protocol import Channel
from payments.channels.registry import Channels
from payments.channels.wechat_pay.adapter import WeChatPay
from payments.channels.wechat_pay.client import WeChatPayConfig
from payments.commands import CommandError
from payments.contract.wire.records import ChannelName
from payments.sealing import Seal
from payments.store.channel_settings import ChannelSetting

_PURPOSE: Final = "configuration of channel "


class _ChannelsFile(msgspec.Struct):
    channels: dict[str, dict[str, str]]


def _now() -> datetime:
    return datetime.now(UTC)


def from_file(file: Path) -> Channels:
    """The channels that a file describes. Raises CommandError when one cannot be built from it."""
    try:
        described = msgspec.json.decode(file.read_bytes(), type=_ChannelsFile).channels
        built = {ChannelName(name): _described(name, one) for name, one in described.items()}
    except (OSError, ValueError, KeyError, msgspec.DecodeError) as error:
        message = f"The channels file {file} cannot be used: {type(error).__name__} {error}."
        raise CommandError(message) from None
    return {**built, ChannelName.BALANCE: BalanceChannel()}


def from_settings(stored: Iterable[ChannelSetting], seal: Seal) -> Channels:
    """The channels of the sealed settings. Raises SealError, or ValueError for a broken one."""
    built = {one.channel: _configured(one, seal) for one in stored if one.enabled}
    return {**built, ChannelName.BALANCE: BalanceChannel()}


def sealed(name: ChannelName, config: AlipayConfig | WeChatPayConfig, seal: Seal) -> str:
    """A configuration as the settings keep it."""
    return seal.seal(msgspec.json.encode(config, enc_hook=dict).decode(), _PURPOSE + name.value)


def _described(name: str, details: Mapping[str, str]) -> Channel:
    return _DESCRIBED[ChannelName(name)](details)


def _alipay(details: Mapping[str, str]) -> Channel:
    return AlipayChannel(simulated(details, ca_file=details["ca_file"]))


def _wechat_pay(details: Mapping[str, str]) -> Channel:
    public_key = Path(details["public_key"]).read_text(encoding="utf-8")
    config = WeChatPayConfig(
        appid=details["appid"],
        mchid=details["mchid"],
        merchant_serial=details["merchant_serial"],
        merchant_private_key=Path(details["merchant_private_key"]).read_text(encoding="utf-8"),
        apiv3_key=details["apiv3_key"],
        verifier_keys={details["public_key_id"]: public_key},
        base_url=details["base_url"],
        ca_file=details["ca_file"],
    )
    return WeChatPay(config, clock=_now)


_DESCRIBED: Final[Mapping[ChannelName, Callable[[Mapping[str, str]], Channel]]] = {
    ChannelName.ALIPAY: _alipay,
    ChannelName.WECHAT_PAY: _wechat_pay,
}
_CONFIGURED: Final[Mapping[ChannelName, tuple[type[Any], Callable[[Any], Channel]]]] = {
    ChannelName.ALIPAY: (AlipayConfig, AlipayChannel),
    ChannelName.WECHAT_PAY: (WeChatPayConfig, lambda config: WeChatPay(config, clock=_now)),
}


def _configured(stored: ChannelSetting, seal: Seal) -> Channel:
    schema, build = _CONFIGURED[stored.channel]
    text = seal.open(stored.config, _PURPOSE + stored.channel.value)
    config = msgspec.json.decode(text, type=schema)
    return build(msgspec.structs.replace(config, fee_rate=Decimal(stored.fee_rate)))
