"""The audit log: who did what to what, only ever appended, each line chained to the one before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, select, update

from payments.domain.hash_chain import START, link
from payments.store.tables_books import AUDIT, AUDIT_HEAD
from payments.store.work import Noted, Work

_HEAD: Final = (
    select(AUDIT_HEAD.c.n, AUDIT_HEAD.c.hash)
    .where(AUDIT_HEAD.c.merchant == bindparam("merchant"))
    .with_for_update()
)
_ADVANCE: Final = (
    update(AUDIT_HEAD)
    .where(AUDIT_HEAD.c.merchant == bindparam("at_merchant"))
    .values(n=bindparam("to_n"), hash=bindparam("to_hash"))
)
_ADD: Final = AUDIT.insert()
_WHOLE: Final = select(AUDIT).where(AUDIT.c.merchant == bindparam("merchant")).order_by(AUDIT.c.n)
_encode: Final = msgspec.json.Encoder(order="sorted")


def note(work: Work, what: str, subject: str, data: Mapping[str, Any] | None = None) -> None:
    """Write down that the work's actor did ``what`` to ``subject``. Never put secrets in ``data``."""
    work.notes.append(Noted(what, subject, data or {}))


def write(work: Work) -> None:
    """Append what the work has noted to the chain. Part of ``finishing.finish``."""
    if not work.notes:
        return
    number, previous = work.connection.execute(_HEAD, {"merchant": work.merchant}).one()
    rows = []
    for noted in work.notes:
        number += 1
        line = {
            "n": number,
            "at_ms": work.now_ms,
            "actor": work.actor.user_id if work.actor else "",
            "what": noted.what,
            "subject": noted.subject,
            "data": _encode.encode(noted.data).decode(),
        }
        digest = link(previous, line)
        rows.append({"merchant": work.merchant, **line, "previous": previous, "hash": digest})
        previous = digest
    work.connection.execute(_ADD, rows)
    work.connection.execute(
        _ADVANCE, {"at_merchant": work.merchant, "to_n": number, "to_hash": previous}
    )


def first_broken(work: Work) -> int | None:
    """The number of the first line that does not follow the one before; None when intact.

    A line missing at the end is reported as the number it would have had.
    """
    bound = {"merchant": work.merchant}
    count, previous = 0, START
    for row in work.connection.execute(_WHOLE, bound).mappings():
        count += 1
        content = {name: row[name] for name in ("n", "at_ms", "actor", "what", "subject", "data")}
        follows = (row["n"], row["previous"], row["hash"]) == (
            count,
            previous,
            link(previous, content),
        )
        if not follows:
            return count
        previous = row["hash"]
    head = work.connection.execute(_HEAD, bound).one()
    return None if (head.n, head.hash) == (count, previous) else count + 1
