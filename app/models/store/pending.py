"""What the user decided and the server has not confirmed yet, in the order it was decided.

The idempotency key is made when the user acts and never changes, so that an action can be sent
again after any interruption and still has one effect.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from app.models.store.transaction import Transaction


class ActionState(StrEnum):
    """Where a pending action stands."""

    QUEUED = "queued"
    SENDING = "sending"
    DONE = "done"
    CONFLICT = "conflict"
    REFUSED = "refused"


class UnknownActionError(LookupError):
    """No action on its way has this idempotency key."""


class PendingAction(NamedTuple):
    """One action: ``kind`` names the request, ``target`` the record's id, ``body`` is JSON.

    ``base_version`` is the version the user saw (0 for a new record), ``made_at`` epoch
    milliseconds, ``answer`` what the server said (JSON), empty before.
    """

    number: int
    idempotency_key: str
    kind: str
    target: str
    body: str
    base_version: int
    made_at: int
    state: str
    answer: str


_COLUMNS: Final = ", ".join(PendingAction._fields)
_ENDS: Final = frozenset({ActionState.DONE, ActionState.CONFLICT, ActionState.REFUSED})


def enqueue(
    db: Transaction,
    *,
    idempotency_key: str,
    kind: str,
    target: str,
    body: str,
    base_version: int,
    made_at: int,
) -> None:
    """Queue an action; one that is already there under its key stays as it is."""
    db.execute(
        "INSERT INTO pending_actions"
        " (idempotency_key, kind, target, body, base_version, made_at, state, answer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (idempotency_key) DO NOTHING",
        (idempotency_key, kind, target, body, base_version, made_at, ActionState.QUEUED.value),
    )


def take(db: Transaction) -> PendingAction | None:
    """The oldest queued action, now marked as being sent; None when nothing may be sent.

    An action waits while an earlier one on the same record is on its way or in conflict: it was
    decided on top of that one.
    """
    row = db.one(
        f"SELECT {_COLUMNS} FROM pending_actions AS mine WHERE state = 'queued' AND NOT EXISTS ("
        " SELECT 1 FROM pending_actions AS earlier WHERE earlier.target = mine.target"
        " AND earlier.number < mine.number AND earlier.state IN ('sending', 'conflict'))"
        " ORDER BY number LIMIT 1"
    )
    if row is None:
        return None
    action = PendingAction(*row)._replace(state=ActionState.SENDING.value)
    _move(db, action.idempotency_key, ActionState.SENDING, "")
    return action


def put_back(db: Transaction, idempotency_key: str) -> None:
    """The network failed while this action was sent: it is queued again under the same key."""
    _require_sending(db, idempotency_key)
    _move(db, idempotency_key, ActionState.QUEUED, "")


def put_all_back(db: Transaction) -> None:
    """After a start: whatever was being sent when the program ended is queued again."""
    db.execute("UPDATE pending_actions SET state = 'queued' WHERE state = 'sending'")


def finish(db: Transaction, idempotency_key: str, state: ActionState, answer: str) -> None:
    """Record the server's answer. Raises UnknownActionError for one that is not being sent."""
    if state not in _ENDS:
        raise ValueError(state)
    _require_sending(db, idempotency_key)
    _move(db, idempotency_key, state, answer)


def forget(db: Transaction, idempotency_key: str) -> None:
    """Drop an action the user has seen the end of, or takes back before it was sent.

    One that is being sent stays: its outcome is not known.
    """
    db.execute(
        "DELETE FROM pending_actions WHERE idempotency_key = ? AND state <> 'sending'",
        (idempotency_key,),
    )


def actions(db: Transaction, *states: ActionState) -> list[PendingAction]:
    """Actions in these states (all without any), oldest first."""
    wanted = states or tuple(ActionState)
    marks = ", ".join("?" * len(wanted))
    rows = db.all(
        f"SELECT {_COLUMNS} FROM pending_actions WHERE state IN ({marks}) ORDER BY number",
        [state.value for state in wanted],
    )
    return [PendingAction(*row) for row in rows]


def on_target(db: Transaction, target: str) -> list[PendingAction]:
    """Actions on one record, oldest first."""
    rows = db.all(
        f"SELECT {_COLUMNS} FROM pending_actions WHERE target = ? ORDER BY number", (target,)
    )
    return [PendingAction(*row) for row in rows]


def _require_sending(db: Transaction, idempotency_key: str) -> None:
    state = db.value(
        "SELECT state FROM pending_actions WHERE idempotency_key = ?", (idempotency_key,)
    )
    if state != ActionState.SENDING:
        raise UnknownActionError(idempotency_key)


def _move(db: Transaction, idempotency_key: str, state: ActionState, answer: str) -> None:
    db.execute(
        "UPDATE pending_actions SET state = ?, answer = ? WHERE idempotency_key = ?",
        (state.value, answer, idempotency_key),
    )
