"""The last statements of every transaction: ledger, audit, feed, and the answers they complete.

Their heads are locked here and in this order by everyone, and nothing follows but the commit.
"""

from __future__ import annotations

from payments.contract.problems import Code, RefusedError
from payments.contract.roles import Kind, Role
from payments.store import audit, feed, idempotency, ledger
from payments.store.work import Answer, Work


def finish(work: Work) -> None:
    """Write what the work has left to be written at its end."""
    ledger.write(work)
    audit.write(work)
    feed.write(work)
    for answer in work.answers:
        if answer.record is not None:
            _complete(work, answer, *answer.record)
        if answer.key:
            idempotency.keep(work, answer)


def _complete(work: Work, answer: Answer, kind: Kind, record_id: str) -> None:
    """Fill in the record that the answer names, as the actor's role reads it.

    What a request has just written is its actor's to see, whatever the feed shows of it.
    """
    reader = work.actor.role if work.actor else Role.PLATFORM
    if row := work.written.get((kind.value, record_id)):
        answer.version = row["seq"]
        answer.body = feed.shown_to(reader, row["body"], row["inner_body"])
        return
    stored = feed.body_for(work, kind, record_id, reader)
    if stored is None:
        raise RefusedError(Code.NOT_FOUND)
    answer.version, answer.body = stored
