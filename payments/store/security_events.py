"""What was not as it should be: forged, mismatched or surprising messages, for a person to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import bindparam, select

from payments.store.tables_books import SECURITY_EVENTS
from payments.store.work import Work

_E: Final = SECURITY_EVENTS.c
_ADD: Final = SECURITY_EVENTS.insert()
_NEWEST: Final = (
    select(_E.kind, _E.channel, _E.subject, _E.at_ms, _E.data)
    .where(_E.merchant == bindparam("merchant"))
    .order_by(_E.at_ms.desc(), _E.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One event; ``subject`` is the id of the record it is about, ``data`` codes and amounts."""

    kind: str
    channel: str
    subject: str
    at_ms: int
    data: dict[str, str | int]


def add(
    work: Work, kind: str, channel: str, subject: str, data: Mapping[str, str | int]
) -> None:
    """Keep an event of now. No identity and no secret belongs in ``data``."""
    work.connection.execute(
        _ADD,
        {
            "merchant": work.merchant,
            "id": work.new_id(),
            "at_ms": work.now_ms,
            "kind": kind,
            "channel": channel,
            "subject": subject,
            "data": msgspec.json.encode(data).decode(),
        },
    )


def newest(work: Work, most: int) -> list[SecurityEvent]:
    """The last events, newest first."""
    rows = work.connection.execute(_NEWEST, {"merchant": work.merchant, "most": most})
    return [
        SecurityEvent(row.kind, row.channel, row.subject, row.at_ms, msgspec.json.decode(row.data))
        for row in rows
    ]
