"""A request repeated with the same key has one effect and the same answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update

from payments.contract.problems import Code, RefusedError
from payments.store.instants import milliseconds
from payments.store.prepared import Prepared
from payments.store.tables_books import IDEMPOTENCY
from payments.store.upserts import Upsert
from payments.store.work import Answer, Work

_C: Final = IDEMPOTENCY.c
_RESERVE: Final = Prepared(Upsert(IDEMPOTENCY, ("merchant", "user_id", "key"), returning="key"))
_KEPT: Final = select(_C.digest, _C.status, _C.body, _C.version).where(
    _C.merchant == bindparam("merchant"),
    _C.user_id == bindparam("user_id"),
    _C.key == bindparam("key"),
)
_KEEP: Final = Prepared(
    update(IDEMPOTENCY)
    .where(
        _C.merchant == bindparam("at_merchant"),
        _C.user_id == bindparam("at_user"),
        _C.key == bindparam("at_key"),
    )
    .values(
        status=bindparam("to_status"), body=bindparam("to_body"), version=bindparam("to_version")
    )
)

_FORGET: Final = delete(IDEMPOTENCY).where(
    _C.merchant == bindparam("of"), _C.at_ms < bindparam("before_ms")
)


def once(work: Work, user_id: str, key: str, digest: str, fn: Callable[[], Answer]) -> Answer:
    """Do ``fn`` unless this user's key was used: then the answer it gave.

    ``digest`` is over the method, the path and the body; the same key with another digest raises
    RefusedError (idempotency_key_reused). A repetition that comes while the first is under way
    waits for it. What ``fn`` refuses is not kept: nothing was changed, the key is still unused.
    """
    names = {"merchant": work.merchant, "user_id": user_id, "key": key}
    unused = {"digest": digest, "status": 0, "body": "", "version": 0, "at_ms": work.now_ms}
    if _RESERVE.first(work, {**names, **unused}) is None:
        return _repeated(work, names, digest)
    answer = fn()
    answer.asked_by, answer.key = user_id, key
    if answer.record is None:
        work.answers.append(answer)
    return answer


def _repeated(work: Work, names: dict[str, str], digest: str) -> Answer:
    kept = work.connection.execute(_KEPT, names).one()
    if kept.digest != digest:
        raise RefusedError(Code.IDEMPOTENCY_KEY_REUSED)
    return Answer(status=kept.status, body=kept.body, version=kept.version)


def keep(work: Work, answer: Answer) -> None:
    """Keep a complete answer under its key. Part of ``finishing.finish``."""
    _KEEP.run(
        work,
        {
            "at_merchant": work.merchant,
            "at_user": answer.asked_by,
            "at_key": answer.key,
            "to_status": answer.status,
            "to_body": answer.body,
            "to_version": answer.version,
        },
    )


def forget_before(work: Work, at: datetime) -> None:
    """Forget keys used before this instant: nobody repeats a request after so long."""
    bound = {"of": work.merchant, "before_ms": milliseconds(at)}
    work.connection.execute(_FORGET, bound)
