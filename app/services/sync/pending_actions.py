"""What the user decided, sent once each: a row in the store first, then a request, then its answer.

An action goes out under the idempotency key it got when the user acted, as often as it takes; the
services act on it once. Where the record has moved on meanwhile it becomes a conflict and the
server's record is kept beside it, so that a person sees both sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from app.models.store import pending
from app.models.store.database import Store
from app.models.store.pending import ActionState, PendingAction
from app.models.store.transaction import Transaction
from app.services.payments_api.calls import PaymentsApi, segment
from app.services.payments_api.client import Call
from app.services.payments_api.problems import (
    NOT_SIGNED_IN,
    PASSING,
    ApiError,
    ProblemError,
)
from payments.contract.problems import Code
from payments.contract.wire.records import Order, Record, Refund, RiskCase
from payments.contract.wire.requests import CaseDecision, CaseNote, NewRefund, RefundDecision

# Refusals that mean: the record is no longer as the user saw it.
MOVED_ON: Final = frozenset(
    {
        Code.VERSION_CHANGED,
        Code.STEP_REFUSED,
        Code.REFUND_EXCEEDS_PAID,
        Code.ORDER_NOT_REFUNDABLE,
        Code.ALREADY_EXISTS,
    }
)
# Not an answer to the action itself: it stays queued.
_LATER: Final = PASSING | NOT_SIGNED_IN


# How long a risk decision may be taken back (``pending.forget``): it is not sent before that.
UNDO_S: Final = 10.0


class ActionKind(StrEnum):
    """What a person may decide, online or not."""

    REFUND_REQUEST = "refund.request"
    REFUND_DECIDE = "refund.decide"
    REFUND_CANCEL = "refund.cancel"
    REFUND_RETRY = "refund.retry"
    CASE_CLAIM = "case.claim"
    CASE_DECIDE = "case.decide"
    CASE_ESCALATE = "case.escalate"
    CASE_REOPEN = "case.reopen"


class NoBody(msgspec.Struct, frozen=True):
    """For actions that say everything by their name."""


@dataclass(frozen=True, slots=True)
class _Route:
    """How an action is sent. ``path`` and ``theirs`` take the target; ``seen`` sends If-Match."""

    path: str
    body: type[msgspec.Struct]
    answer: type[Record]
    theirs: str
    server_record: type[Record]
    seen: bool = True


def _refund(verb: str, body: type[msgspec.Struct]) -> _Route:
    return _Route(f"/v1/refunds/{{}}/{verb}", body, Refund, "/v1/refunds/{}", Refund)


def _case(verb: str, body: type[msgspec.Struct]) -> _Route:
    return _Route(f"/v1/risk-cases/{{}}/{verb}", body, RiskCase, "/v1/risk-cases/{}", RiskCase)


_ROUTES: Final = MappingProxyType(
    {
        ActionKind.REFUND_REQUEST: _Route(
            "/v1/refunds", NewRefund, Refund, "/v1/orders/{}", Order, seen=False
        ),
        ActionKind.REFUND_DECIDE: _refund("decision", RefundDecision),
        ActionKind.REFUND_CANCEL: _refund("cancel", NoBody),
        ActionKind.REFUND_RETRY: _refund("retry", NoBody),
        ActionKind.CASE_CLAIM: _case("claim", NoBody),
        ActionKind.CASE_DECIDE: _case("decision", CaseDecision),
        ActionKind.CASE_ESCALATE: _case("escalate", CaseNote),
        ActionKind.CASE_REOPEN: _case("reopen", CaseNote),
    }
)


class ServerAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the services said to an action: a problem's code, and the record as they have it."""

    code: Code | None = None
    record: msgspec.Raw = msgspec.Raw(b"null")


def queue(
    db: Transaction,
    kind: ActionKind,
    target: str,
    body: msgspec.Struct,
    *,
    seen_version: int,
    key: str,
    made_at: int,
) -> None:
    """Keep a decision until it is sent; in the same transaction as anything else it changes here.

    ``target`` is the record decided upon (the order, for a new refund), ``seen_version`` the version
    the user looked at, ``key`` a fresh random text of at most 64 characters, ``made_at`` epoch
    milliseconds.
    """
    if not isinstance(body, _ROUTES[kind].body):
        raise TypeError(type(body).__name__)
    pending.enqueue(
        db,
        idempotency_key=key,
        kind=kind.value,
        target=target,
        body=msgspec.json.encode(body).decode(),
        base_version=seen_version,
        made_at=made_at,
    )


def answer_to(action: PendingAction) -> ServerAnswer:
    """What the services said to an action; nothing before they did."""
    return (
        msgspec.json.decode(action.answer, type=ServerAnswer) if action.answer else ServerAnswer()
    )


def server_record(action: PendingAction) -> Record | None:
    """The server's side of a conflict, where it could be read."""
    record = answer_to(action).record
    return msgspec.json.decode(record, type=_ROUTES[ActionKind(action.kind)].server_record | None)


def send_next(
    api: PaymentsApi, store: Store, now: datetime, undo_s: float = UNDO_S
) -> PendingAction | None:
    """Send the oldest action that may be sent and keep its answer; the action, None without one.

    Only one thread may send. Raises ApiError when no answer could be had; the action is then
    queued as before, as is one whose sending was cut short by anything else.
    """
    with store.writing() as db:
        pending.put_all_back(db)
        action = pending.take(db)
        if action is None:
            return None
        if _held_s(action, now, undo_s):
            pending.put_back(db, action.idempotency_key)
            return None
        seen = _version_on_top(db, action)
    try:
        state, answer = _answered(api, action, seen)
    except ApiError:
        with store.writing() as db:
            pending.put_back(db, action.idempotency_key)
        raise
    with store.writing() as db:
        written = msgspec.json.encode(answer).decode()
        pending.finish(db, action.idempotency_key, state, written)
    return action


def next_due_s(store: Store, now: datetime, undo_s: float = UNDO_S) -> float | None:
    """Seconds until a decision that may still be taken back is to be sent; None without one."""
    with store.reading() as db:
        queued = pending.actions(db, ActionState.QUEUED)
    return min((held for action in queued if (held := _held_s(action, now, undo_s))), default=None)


def _held_s(action: PendingAction, now: datetime, undo_s: float) -> float:
    if action.kind != ActionKind.CASE_DECIDE:
        return 0
    age_s = now.timestamp() - action.made_at / 1000
    # A clock that was set back must not hold a decision for hours.
    return max(0.0, undo_s - age_s) if age_s >= 0 else 0


def _version_on_top(db: Transaction, action: PendingAction) -> int:
    """The version to send: after the user's own earlier decisions on the record, theirs counts.

    Two decisions made offline on one record were both made on the version before the first.
    """
    known = [action.base_version]
    for earlier in pending.on_target(db, action.target):
        done = earlier.state == ActionState.DONE and earlier.number < action.number
        if done and _ROUTES[ActionKind(earlier.kind)].seen:
            known.append(_Versioned.of(answer_to(earlier)))
    return max(known)


class _Versioned(msgspec.Struct, frozen=True):
    version: int = 0

    @staticmethod
    def of(answer: ServerAnswer) -> int:
        return msgspec.json.decode(answer.record, type=_Versioned).version


def _answered(
    api: PaymentsApi, action: PendingAction, seen: int
) -> tuple[ActionState, ServerAnswer]:
    try:
        route = _ROUTES[ActionKind(action.kind)]
        body = msgspec.json.decode(action.body, type=route.body)
    except (ValueError, msgspec.DecodeError):
        # Written by a newer console: this one cannot send it, and must not stop at it for ever.
        return ActionState.REFUSED, ServerAnswer(Code.BAD_REQUEST)
    call = Call(
        "POST",
        route.path.format(segment(action.target)),
        body=None if route.body is NoBody else body,
        key=action.idempotency_key,
        version=seen if route.seen else None,
    )
    try:
        record = api.send(call, route.answer)
    except ProblemError as problem:
        if problem.code in _LATER:
            raise
        if problem.code not in MOVED_ON:
            return ActionState.REFUSED, ServerAnswer(problem.code)
        return ActionState.CONFLICT, ServerAnswer(problem.code, _theirs(api, route, action))
    return ActionState.DONE, ServerAnswer(record=msgspec.Raw(msgspec.json.encode(record)))


def _theirs(api: PaymentsApi, route: _Route, action: PendingAction) -> msgspec.Raw:
    """The record as the services have it now; nothing when it is no longer the user's to see."""
    ask = Call("GET", route.theirs.format(segment(action.target)))
    try:
        record = api.send(ask, route.server_record)
    except ProblemError as problem:
        if problem.code in _LATER:
            raise
        return msgspec.Raw(b"null")
    return msgspec.Raw(msgspec.json.encode(record))
