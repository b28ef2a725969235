"""One transaction's work: what a flow is given, and what it leaves to be written at the end.

The ledger, the audit log and the feed each have a head row that every transaction locks. A flow
only notes what belongs there; ``finishing.finish`` writes it as the last statements before the
commit, in that order, so that the heads are held for moments and locked in one order by everyone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from payments.contract.roles import Kind, Role
from payments.domain.ledger_entries import Entry
from payments.store.instants import milliseconds


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in person or program. Jobs and channels work without one."""

    user_id: str
    name: str
    role: Role
    instructor_id: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A balanced ledger transaction that waits to be written; ``event`` says what moved money."""

    id: str
    at_ms: int
    event: str
    entries: tuple[Entry, ...]
    order_id: str
    refund_id: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the audit log that waits to be written."""

    what: str
    subject: str
    data: Mapping[str, Any]


@dataclass(slots=True, eq=False)
class Answer:
    """What a request is answered: a body, or the record it names as the actor may see it.

    The body of a record is there once the flow's transaction has ended, with its version.
    ``asked_by`` and ``key`` make the answer the one that a repetition of the request gets.
    """

    status: int = 200
    body: str = ""
    version: int = 0
    record: tuple[Kind, str] | None = None
    asked_by: str = ""
    key: str = ""


@dataclass(slots=True)
class Work:
    """A transaction of one merchant. ``now`` is the same instant throughout.

    ``rows`` are the rows it has locked or written, by table and id; ``touched`` the records that go
    through the feed at its end, ``left`` those that leave an audience. After ``finish``, ``written``
    are its rows of the feed and ``head`` the number of the last.
    """

    connection: Connection
    merchant: str
    now: datetime
    new_id: Callable[[], str]
    actor: Actor | None = None
    rows: dict[tuple[str, str], Any] = field(default_factory=dict)
    touched: dict[tuple[Kind, str], None] = field(default_factory=dict)
    left: dict[tuple[Kind, str], str] = field(default_factory=dict)
    postings: list[Posted] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    written: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    head: int = 0

    @property
    def now_ms(self) -> int:
        """``now`` in milliseconds since 1970."""
        return milliseconds(self.now)

    @property
    def by(self) -> str:
        """The name of who asks, for timelines; empty when it is a program of ours."""
        return self.actor.name if self.actor else ""

    def touch(self, kind: Kind, record_id: str) -> None:
        """Send this record through the feed again when the work ends."""
        self.touched[kind, record_id] = None

    def answer(self, kind: Kind, record_id: str, status: int = 200) -> Answer:
        """The record as the answer of this work, as it stands when the work ends."""
        answer = Answer(status=status, record=(kind, record_id))
        self.answers.append(answer)
        return answer
