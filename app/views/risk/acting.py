"""Queues what a reviewer decides, and takes it back while it is still here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import msgspec
from PySide6.QtCore import QObject, Signal

from app.models.store import pending
from app.models.store.database import Store
from app.models.store.pending import ActionState, PendingAction
from app.models.store.standing import milliseconds
from app.services.background import Background
from app.services.sync.engine import Engine
from app.services.sync.pending_actions import ActionKind, queue, server_record
from payments.contract.wire.requests import CaseDecision


class Acting(QObject):
    """Writes actions in the background and wakes sync.

    ``queued`` carries (case id, key), ``undone`` (case id, whether it was still here), ``failed``
    an exception: nothing was written then.
    """

    queued = Signal(object)
    undone = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        store: Store,
        background: Background,
        engine: Engine,
        now: Callable[[], datetime],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._background = background
        self._engine = engine
        self._now = now

    def act(self, kind: ActionKind, case_id: str, version: int, body: msgspec.Struct) -> str:
        """Keep an action on a case of which ``version`` was seen; its key."""
        key, made_at = uuid4().hex, milliseconds(self._now())
        store = self._store

        def write() -> tuple[str, str]:
            with store.writing() as db:
                queue(db, kind, case_id, body, seen_version=version, key=key, made_at=made_at)
            return case_id, key

        self._background.run(write, done=self._written, failed=self._not_written, must_finish=True)
        return key

    def undo(self, case_id: str, key: str) -> None:
        """Take an action back, unless it is on its way already."""
        store = self._store

        def forget() -> tuple[str, bool]:
            with store.writing() as db:
                before = _action(pending.on_target(db, case_id), key)
                queued = before is not None and before.state == ActionState.QUEUED
                if queued:
                    pending.forget(db, key)
            return case_id, queued

        self._background.run(
            forget, done=self._forgotten, failed=self._not_written, must_finish=True
        )

    def drop(self, action: PendingAction) -> None:
        """Leave the services' version as it is: the user has seen the end of the action."""
        store = self._store

        def forget() -> tuple[str, str]:
            with store.writing() as db:
                pending.forget(db, action.idempotency_key)
            return action.target, ""

        self._background.run(forget, done=self._written, failed=self._not_written, must_finish=True)

    def again(self, action: PendingAction, known_version: int) -> None:
        """Decide the same once more, now upon the services' version."""
        theirs = server_record(action)
        version = max(known_version, theirs.version if theirs is not None else 0)
        decision = msgspec.json.decode(action.body, type=CaseDecision)
        key, made_at = uuid4().hex, milliseconds(self._now())
        store = self._store

        def write() -> tuple[str, str]:
            with store.writing() as db:
                pending.forget(db, action.idempotency_key)
                queue(
                    db,
                    ActionKind.CASE_DECIDE,
                    action.target,
                    decision,
                    seen_version=version,
                    key=key,
                    made_at=made_at,
                )
            return action.target, key

        self._background.run(write, done=self._written, failed=self._not_written, must_finish=True)

    def _written(self, what: tuple[str, str]) -> None:
        self.queued.emit(what)
        self._engine.wake()

    def _forgotten(self, what: tuple[str, bool]) -> None:
        self.undone.emit(what)

    def _not_written(self, error: BaseException) -> None:
        self.failed.emit(error)


def _action(actions: list[PendingAction], key: str) -> PendingAction | None:
    return next((action for action in actions if action.idempotency_key == key), None)
