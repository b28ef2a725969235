"""Keeps the store true in the background: one thread follows the feed, one sends what was decided.

Views never wait for it: they read the store, and are told in the GUI thread what changed
(``changed``), which decisions were answered (``actions_changed``) and how things stand
(``state_changed``). Whenever it is interrupted it goes on exactly where the store stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from threading import Event, Thread
from time import monotonic
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.models.store import meta, records
from app.models.store.database import Store
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.problems import (
    NOT_SIGNED_IN,
    ApiError,
    NoAnswerError,
    ProblemError,
    UntrustedError,
)
from app.services.sync.apply import Changed, GapError, apply_page, check, start_afresh
from app.services.sync.feed import Pages, position
from app.services.sync.pending_actions import UNDO_S, next_due_s, send_next
from app.services.troubles import words_key
from payments.contract.wire.feed import FeedPage

_log = logging.getLogger(__name__)

_WAIT_S: Final = 25
_CHECK_EVERY_S: Final = 600.0
_CHECK_AGAIN_S: Final = 30.0
# A server that does not hold the answer is still not asked more often than this.
_LEAST_POLL_S: Final = 1.0
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 60.0


class Phase(Enum):
    """How sync stands, as the status line shows it."""

    STOPPED = "stopped"
    SYNCING = "syncing"
    LIVE = "live"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class SyncState:
    """``done`` of ``total`` changes while syncing; ``since`` when offline or in error.

    ``problem`` is a key of words for what is wrong and what to do next.
    """

    phase: Phase
    done: int = 0
    total: int = 0
    since: datetime | None = None
    problem: str = ""


class AnotherUserError(Exception):
    """The store belongs to another user: their data and decisions are not to be mixed."""

    words_key = "trouble.another_user"


class Pauses:
    """Seconds to wait after failures in a row: doubling, up to a minute."""

    def __init__(self) -> None:
        self._failures = 0

    def succeeded(self) -> None:
        """Begin anew."""
        self._failures = 0

    def next(self) -> float:
        """How long to wait after one more failure."""
        self._failures += 1
        return min(_FIRST_PAUSE_S * 2.0 ** (min(self._failures, 20) - 1), _LONGEST_PAUSE_S)


class Engine(QObject):
    """Sync of one store with the services, for the user who is signed in."""

    changed = Signal(object)
    actions_changed = Signal(object)
    state_changed = Signal(object)
    _happened = Signal(object)

    def __init__(
        self,
        store: Store,
        api: PaymentsApi,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        undo_s: float = UNDO_S,
        parent: QObject | None = None,
    ) -> None:
        """``undo_s``: how long a risk decision may be taken back before it is sent."""
        super().__init__(parent)
        self._store = store
        self._api = api
        self._now = now
        self._undo_s = undo_s
        self._state = SyncState(Phase.STOPPED)
        self._run: _Run | None = None
        self._happened.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def state(self) -> SyncState:
        """How sync stands, as last told."""
        return self._state

    def start(self) -> None:
        """Begin, or go on after ``stop``. Raises AnotherUserError for somebody else's store."""
        self.stop()
        me = self._api.session.me
        if me is None:
            self._set_state(SyncState(Phase.SIGNED_OUT))
            return
        with self._store.writing() as db:
            if meta.get(db, meta.USER) not in {"", me.user_id}:
                raise AnotherUserError(me.login)
            meta.put(db, meta.USER, me.user_id)
            records.use_zone(db, me.zone)
        self._set_state(SyncState(Phase.SYNCING))
        self._run = _Run(self._store, self._api, self._now, self._report, self._undo_s)

    def wake(self) -> None:
        """Something was decided, or somebody asks to try again now."""
        if self._run is not None:
            self._run.wake()

    def stop(self) -> None:
        """End both threads, also in the middle of a wait, and join them."""
        if self._run is not None:
            self._run.stop()
            self._run = None
            self._set_state(SyncState(Phase.STOPPED))

    def _report(self, run: _Run, what: object) -> None:
        """Called in the threads of a run."""
        self._happened.emit((run, what))

    @Slot(object)
    def _tell(self, happened: tuple[_Run, object]) -> None:
        run, what = happened
        if isinstance(what, Changed):
            self.changed.emit(what)
        elif isinstance(what, SyncState):
            # Of a run that was stopped, only what it changed still counts.
            if run is self._run:
                self._set_state(what)
        else:
            self.actions_changed.emit(what)

    def _set_state(self, state: SyncState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)


class _Run:
    """The two threads between one start and its stop, each with connections of its own."""

    def __init__(
        self,
        store: Store,
        api: PaymentsApi,
        now: Callable[[], datetime],
        report: Callable[[_Run, object], None],
        undo_s: float,
    ) -> None:
        self._store = store
        self._now = now
        self._report = report
        self._undo_s = undo_s
        self._stopped = Event()
        self._apis = (api.another(), api.another())
        self._wakes = (Event(), Event())
        self._follower = _Follower(store, self._apis[0], now, self._tell)
        self._failing_since: datetime | None = None
        self._threads = (
            Thread(target=self._follow, name="sync-feed"),
            Thread(target=self._send, name="sync-send"),
        )
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        for wake in self._wakes:
            wake.set()

    def stop(self) -> None:
        self._stopped.set()
        self.wake()
        for api in self._apis:
            api.interrupt()
        for thread in self._threads:
            thread.join()
        self._follower.close()
        for api in self._apis:
            api.close()

    def _tell(self, what: object) -> None:
        self._report(self, what)

    def _follow(self) -> None:
        pauses, wake = Pauses(), self._wakes[0]
        while not self._stopped.is_set():
            wake.clear()
            try:
                rest = self._follower.step()
            except Exception as error:  # noqa: BLE001 - whatever happens is shown and tried again
                self._failed(error)
                signed_out = isinstance(error, ProblemError) and error.code in NOT_SIGNED_IN
                self._rest(wake, None if signed_out else pauses.next())
                continue
            if self._failing_since is not None:
                self._failing_since = None
                self._wakes[1].set()
            pauses.succeeded()
            self._rest(wake, rest)

    def _send(self) -> None:
        pauses, wake = Pauses(), self._wakes[1]
        while not self._stopped.is_set():
            wake.clear()
            try:
                sent = send_next(self._apis[1], self._store, self._now(), self._undo_s)
            except ApiError as error:
                _log.info("an action stays queued: %s", words_key(error))
                self._rest(wake, pauses.next())
            except Exception:  # noqa: BLE001 - decisions must go out after whatever happened
                _log.exception("sending actions")
                self._rest(wake, pauses.next())
            else:
                pauses.succeeded()
                if sent is None:
                    self._rest(wake, next_due_s(self._store, self._now(), self._undo_s))
                else:
                    self._tell((sent.target,))

    def _rest(self, wake: Event, seconds: float | None) -> None:
        if not self._stopped.is_set():
            wake.wait(seconds)

    def _failed(self, error: Exception) -> None:
        if self._stopped.is_set():
            return
        self._failing_since = self._failing_since or self._now()
        phase, problem = Phase.ERROR, words_key(error)
        if isinstance(error, ProblemError) and error.code in NOT_SIGNED_IN:
            phase = Phase.SIGNED_OUT
        elif isinstance(error, NoAnswerError) and not isinstance(error, UntrustedError):
            phase = Phase.OFFLINE
        elif not isinstance(error, ApiError):
            _log.error("sync failed", exc_info=error)
        self._tell(SyncState(phase, since=self._failing_since, problem=problem))


class _Follower:
    """Follows the feed page by page."""

    def __init__(
        self,
        store: Store,
        api: PaymentsApi,
        now: Callable[[], datetime],
        tell: Callable[[object], None],
    ) -> None:
        self._store = store
        self._api = api
        self._now = now
        self._tell = tell
        self._pages = Pages(api, store)
        self._live = False
        self._began_at: int | None = None
        self._check_due_at = 0.0

    def step(self) -> float:
        """Fetch and apply one page, then say what changed; seconds to rest before the next one."""
        # After any failure the next page is asked for at once, so that its answer is news soon.
        waits, self._live = self._live, False
        asked_at = monotonic()
        page = self._pages.next(wait_s=_WAIT_S if waits else 0)
        self._apply(page)
        if page.more:
            self._syncing(page)
            return 0
        self._began_at = None
        with self._store.writing() as db:
            meta.note_sync(db, self._now())
        if monotonic() >= self._check_due_at and not self._verify():
            return 0
        self._live = True
        self._tell(SyncState(Phase.LIVE))
        answered_early = page.upto == page.after and monotonic() - asked_at < _LEAST_POLL_S
        return _LEAST_POLL_S if waits and answered_early else 0

    def close(self) -> None:
        """Give back what it holds, once its thread has ended."""
        self._pages.close()

    def _apply(self, page: FeedPage) -> None:
        try:
            changed = apply_page(self._store, page)
        except GapError:
            self._start_afresh()
            raise
        if changed.everything or changed.changed or changed.removed:
            self._tell(changed)

    def _syncing(self, page: FeedPage) -> None:
        if page.restart or self._began_at is None:
            self._began_at = page.after
        done, total = page.upto - self._began_at, page.head - self._began_at
        self._tell(SyncState(Phase.SYNCING, done, total))

    def _verify(self) -> bool:
        """Compare with what the services say the store must hold; what differs is fetched anew."""
        scope, cursor = position(self._store)
        expected = self._api.feed_check(scope)
        if (expected.scope, expected.at) != (scope, cursor):
            self._check_due_at = monotonic() + _CHECK_AGAIN_S  # something changed in between
            return True
        self._check_due_at = monotonic() + _CHECK_EVERY_S
        if check(self._store, expected):
            return True
        _log.warning("the store differs from the services' account of it at %d", cursor)
        self._start_afresh()
        return False

    def _start_afresh(self) -> None:
        start_afresh(self._store)
        self._began_at = None
        self._tell(Changed(everything=True))
