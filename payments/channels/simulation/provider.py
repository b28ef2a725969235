"""What the host asks of a simulated provider, and what it hands to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import msgspec

from payments.channels.simulation.notifier import Notifier
from payments.channels.simulation.script import Script


class Exchange(msgspec.Struct, frozen=True):
    """A request as it came: raw path, raw query string, lower-case header names, raw body."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Answering(msgspec.Struct, frozen=True):
    """What to answer after ``delay_s`` seconds; ``drop`` breaks the connection without an answer."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""
    delay_s: float = 0.0
    drop: bool = False


class Action(StrEnum):
    """What a buyer does with a payment."""

    SCAN = "scan"
    PAY = "pay"
    REFUSE = "refuse"  # the bank refuses: insufficient funds
    CLOSE = "close"


class Trade(msgspec.Struct, frozen=True):
    """A payment as the till shows it; ``amount`` in minor units, ``state`` in the provider's word."""

    number: str
    title: str
    amount: int
    currency: str
    state: str
    can_pay: bool


class PastPayment(msgspec.Struct, frozen=True):
    """A payment from before the simulator was started; ``amount`` in minor units."""

    number: str
    channel_ref: str
    title: str
    amount: int
    paid_at: datetime


# Finds a past payment by the merchant's number or the provider's.
Recall = Callable[[str], PastPayment | None]


def nothing_before(_number: str) -> None:
    """The memory of a provider whose first day is today."""


class UnknownTradeError(LookupError):
    """No payment of that number at this provider."""


class ImpossibleActionError(ValueError):
    """The payment's state does not allow the buyer's action."""


class Surroundings(msgspec.Struct, frozen=True):
    """What every simulator is built with: ``AlipaySimulator(surroundings)``.

    ``folder`` is the simulator's own, for its keys (kept between runs). ``base_url`` is
    scheme, host and port without a slash. Waiting times are divided by ``time_scale``.
    ``recall`` is asked about numbers that nobody has mentioned since the start.
    """

    folder: Path
    base_url: str
    clock: Callable[[], datetime]
    script: Script
    notifier: Notifier
    time_scale: float = 1.0
    recall: Recall = nothing_before


class Provider(Protocol):
    """A simulated provider. ``handle`` and ``act`` are called from several threads."""

    @property
    def name(self) -> str:
        """The channel's name, as in ``ChannelName``."""
        ...

    def handle(self, exchange: Exchange) -> Answering:
        """Answer one request of the merchant."""
        ...

    def trades(self) -> Sequence[Trade]:
        """All payments, newest first."""
        ...

    def act(self, number: str, action: Action, **options: str) -> None:
        """Do what a buyer does. Raises UnknownTradeError, ImpossibleActionError."""
        ...

    def details(self) -> dict[str, str]:
        """What a client needs to speak to this simulator: URL, ids, paths of keys."""
        ...
