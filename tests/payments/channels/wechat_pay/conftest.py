"""A merchant's adapter pointed at the running simulators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from payments.channels.simulation.host import Simulators
from payments.channels.wechat_pay.adapter import WeChatPay
from payments.channels.wechat_pay.client import WeChatPayConfig


def _config_of(simulators: Simulators, **changes: Any) -> WeChatPayConfig:
    details = simulators.details["channels"]["wechat_pay"]
    config = WeChatPayConfig(
        appid=details["appid"],
        mchid=details["mchid"],
        merchant_serial=details["merchant_serial"],
        merchant_private_key=Path(details["merchant_private_key"]).read_text("utf-8"),
        apiv3_key=details["apiv3_key"],
        verifier_keys={details["public_key_id"]: Path(details["public_key"]).read_text("utf-8")},
        base_url=details["base_url"],
        ca_file=details["ca_file"],
    )
    return msgspec.structs.replace(config, **changes)


@pytest.fixture(scope="session")
def config_of() -> Callable[..., WeChatPayConfig]:
    """The configuration of a merchant of those simulators, with changes."""
    return _config_of


@pytest.fixture
def config(simulators: Simulators) -> WeChatPayConfig:
    return _config_of(simulators)


@pytest.fixture
def channel(config: WeChatPayConfig) -> Iterator[WeChatPay]:
    channel = WeChatPay(config, clock=lambda: datetime.now(UTC))
    yield channel
    channel.shut_down()
