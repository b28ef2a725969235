"""Notifications that channels have sent, so that each is processed once however often it comes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, update

from payments.store.tables_books import NOTICES
from payments.store.upserts import Upsert
from payments.store.work import Work

_TAKE: Final = Upsert(NOTICES, ("merchant", "channel", "notice_id"), returning="notice_id")
_CONCLUDE: Final = (
    update(NOTICES)
    .where(
        NOTICES.c.merchant == bindparam("of"),
        NOTICES.c.channel == bindparam("at_channel"),
        NOTICES.c.notice_id == bindparam("at_notice"),
    )
    .values(result=bindparam("to_result"))
)


def is_new(work: Work, channel: str, notice_id: str) -> bool:
    """Take a notification in; False when it has been taken in before.

    The same one arriving twice at once waits here for the first to end.
    """
    row = {
        "merchant": work.merchant,
        "channel": channel,
        "notice_id": notice_id,
        "received_ms": work.now_ms,
        "result": "",
    }
    return work.connection.execute(_TAKE.on(work.connection), row).first() is not None


def conclude(work: Work, channel: str, notice_id: str, result: str) -> None:
    """Write down what became of a notification."""
    bound = {
        "of": work.merchant,
        "at_channel": channel,
        "at_notice": notice_id,
        "to_result": result,
    }
    work.connection.execute(_CONCLUDE, bound)
