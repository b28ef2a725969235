"""A console without its window: an open store and sync, for somebody who signed in over HTTPS."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import msgspec

from app.launch.keeping import MemoryKeeper
from app.models.store import pending
from app.models.store.database import Store
from app.models.store.pending import ActionState, PendingAction
from app.models.store.records import SHELVES
from app.models.store.shelf import detail_of
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn
from app.services.sync.engine import Engine, Phase
from app.services.sync.pending_actions import ActionKind, queue
from payments.contract.roles import Kind
from payments.contract.wire.requests import SignIn
from tests.journeys.business import PASSWORD

KEY = bytes(range(32))
WAIT_MS = 45_000


class DeskConsole:
    """What one person has on the desk. Decisions are sent without a time to take them back."""

    def __init__(self, qtbot, store_file: Path, url: str, ca: Path, login: str) -> None:
        self._qtbot = qtbot
        self.store = Store.open(store_file, KEY)
        self.api = PaymentsApi(Client(url, ca), SignedIn(MemoryKeeper(), lambda: None))
        self.api.sign_in(SignIn(login, PASSWORD))
        self.engine = Engine(self.store, self.api, undo_s=0)
        self.engine.start()
        self.waits_for(Phase.LIVE)

    def close(self) -> None:
        self.engine.stop()
        self.api.close()
        self.store.close()

    def waits_for(self, phase: Phase) -> None:
        self._qtbot.waitUntil(lambda: self.engine.state.phase is phase, timeout=WAIT_MS)

    def record(self, kind: Kind, record_id: str):
        """The record as the store has it, or nothing."""
        with self.store.reading() as db:
            return detail_of(db, SHELVES[kind], record_id)

    def sees(self, kind: Kind, record_id: str, **expected: object):
        """The record, once it is in the store and these of its fields are so."""

        def so() -> bool:
            record = self.record(kind, record_id)
            return record is not None and all(
                getattr(record, name) == value for name, value in expected.items()
            )

        self._qtbot.waitUntil(so, timeout=WAIT_MS)
        return self.record(kind, record_id)

    def decides(self, kind: ActionKind, target, body: msgspec.Struct) -> str:
        """Decide upon a record as it is seen; the key under which the decision goes out."""
        key = uuid4().hex
        with self.store.writing() as db:
            queue(
                db,
                kind,
                target.id,
                body,
                seen_version=target.version,
                key=key,
                made_at=int(time.time() * 1000),
            )
        self.engine.wake()
        return key

    def decision(self, key: str) -> PendingAction:
        with self.store.reading() as db:
            return next(one for one in pending.actions(db) if one.idempotency_key == key)

    def is_answered(self, key: str, state: ActionState) -> None:
        self._qtbot.waitUntil(lambda: self.decision(key).state == state, timeout=WAIT_MS)
