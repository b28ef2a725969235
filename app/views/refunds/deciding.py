"""Keeping a person's decision on refunds until it is sent, and taking it back before that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from PySide6.QtCore import QObject, Signal

from app import words
from app.models.store import pending
from app.services.sync.engine import Phase
from app.services.sync.pending_actions import ActionKind, queue
from app.views.lists.troubles import in_words, sentences

if TYPE_CHECKING:
    from app.models.store.transaction import Transaction
    from app.views.frame.context import Context


class Decisions(QObject):
    """``kept`` comes when a decision was written to the store, or one was dropped."""

    kept = Signal()

    def __init__(self, context: Context, now: Callable[[], datetime], parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._now = now

    def decide(
        self,
        kind: ActionKind,
        target: str,
        body: msgspec.Struct,
        seen_version: int,
        said: str,
        *,
        instead_of: str = "",
    ) -> None:
        """Keep a decision and have it sent. ``said`` is its toast.

        ``instead_of`` is the key of an earlier decision that this one replaces.
        """
        key, made_at = uuid4().hex, round(self._now().timestamp() * 1000)

        def keep(db: Transaction) -> None:
            if instead_of:
                pending.forget(db, instead_of)
            queue(db, kind, target, body, seen_version=seen_version, key=key, made_at=made_at)

        self._write(keep)
        offline = self._context.engine.state.phase is Phase.OFFLINE
        later = words.say("refunds.pending.later")
        self._context.toasts.say(sentences(said, later) if offline else said)

    def drop(self, key: str) -> None:
        """Forget a decision that was not sent, or whose end has been seen."""
        self._write(lambda db: pending.forget(db, key))

    def _write(self, change: Callable[[Transaction], None]) -> None:
        store = self._context.store

        def write() -> None:
            with store.writing() as db:
                change(db)

        self._context.background.run(
            write, done=self._written, failed=self._failed, must_finish=True
        )

    def _written(self, _nothing: None) -> None:
        self._context.engine.wake()
        self.kept.emit()

    def _failed(self, error: BaseException) -> None:
        self._context.toasts.say(in_words(error))
