"""What a person must hear of, kept in the transaction that found it and told to the log."""

from __future__ import annotations

from typing import Final

import structlog

from payments.contract.wire.records import ChannelName
from payments.store import security_events
from payments.store.work import Work

_log: Final = structlog.get_logger("payments.alarms")


def alarm(
    work: Work,
    kind: str,
    *,
    channel: ChannelName | None,
    subject: str,
    data: dict[str, str | int] | None = None,
) -> None:
    """Keep a security event. ``data`` holds codes and amounts only: no identity, no secret."""
    name = channel.value if channel else ""
    security_events.add(work, kind, name, subject, data or {})
    _log.warning(kind, channel=name, subject=subject, **(data or {}))
