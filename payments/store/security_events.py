"""What a person must hear of: conflicts, forged notifications, jobs that nobody could finish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import bindparam, func, select

from payments.store.tables_books import SECURITY_EVENTS
from payments.store.work import Work

_ADD: Final = SECURITY_EVENTS.insert()
_E: Final = SECURITY_EVENTS.c
_COUNTED: Final = (
    select(_E.kind, func.count()).where(_E.merchant == bindparam("merchant")).group_by(_E.kind)
)


def add(work: Work, kind: str, channel: str, subject: str, data: Mapping[str, str | int]) -> None:
    """Keep an event. ``data`` holds codes and amounts only: no identity, no secret."""
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


def counted(work: Work) -> dict[str, int]:
    """How many events of each kind there are."""
    rows = work.connection.execute(_COUNTED, {"merchant": work.merchant})
    return {kind: count for kind, count in rows}  # noqa: C416 - rows are no pairs to mypy
