"""Notifications that were taken: each counts once, however often it comes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, update

from payments.contract.wire.records import ChannelName
from payments.store.tables_books import NOTICES
from payments.store.upserts import Upsert
from payments.store.work import Work

_N: Final = NOTICES.c
_TAKE: Final = Upsert(NOTICES, ("merchant", "channel", "notice_id"), returning="notice_id")
_RESULT: Final = (
    update(NOTICES)
    .where(
        _N.merchant == bindparam("of"),
        _N.channel == bindparam("at_channel"),
        _N.notice_id == bindparam("at_notice"),
    )
    .values(result=bindparam("to_result"))
)


def take(work: Work, channel: ChannelName, notice_id: str) -> bool:
    """Whether this notification comes for the first time; it is then taken.

    The same one in another transaction waits for this one to end.
    """
    row = {
        "merchant": work.merchant,
        "channel": channel.value,
        "notice_id": notice_id,
        "received_ms": work.now_ms,
        "result": "",
    }
    return work.connection.execute(_TAKE.on(work.connection), row).first() is not None


def record_result(work: Work, channel: ChannelName, notice_id: str, result: str) -> None:
    """Keep what came of a notification."""
    work.connection.execute(
        _RESULT,
        {
            "of": work.merchant,
            "at_channel": channel.value,
            "at_notice": notice_id,
            "to_result": result,
        },
    )
