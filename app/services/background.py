"""The one door to work outside the GUI thread.

Work is a plain function that touches no widget (``run``), or one that takes its ``Work`` token to
tell how far it is and to stop when nobody wants it any more (``run_long``). What it returns goes to
a bound method of whoever asked, in the GUI thread; that method is held weakly, so an answer for a
closed panel is dropped with the panel.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from enum import Enum
from threading import Event, Lock
from typing import Any, Final, TypeVar
from weakref import WeakMethod

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

_log = logging.getLogger(__name__)

T = TypeVar("T")


class Lane(Enum):
    """Where work runs, so that one kind does not wait for another.

    ``STORE``: reading and writing the local store, one after the other. ``NETWORK``: requests, a
    few side by side. ``LONG``: exports and back-tests, two side by side.
    """

    STORE = "store"
    NETWORK = "network"
    LONG = "long"


_THREADS: Final = {Lane.STORE: 1, Lane.NETWORK: 4, Lane.LONG: 2}


class Work:
    """One piece of work under way; ``cancel`` it in the GUI thread and no answer will come."""

    def __init__(
        self,
        announce: Callable[[Work], None],
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
        progress: Callable[[Any], None] | None,
        *,
        must_finish: bool,
    ) -> None:
        self._announce = announce
        self._done = WeakMethod(done)
        self._failed = WeakMethod(failed)
        self._progress = WeakMethod(progress) if progress is not None else None
        self._must_finish = must_finish
        self._stopped = Event()
        self._reported: Any = None
        self._report_on_its_way = False

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the answer any more."""
        return self._stopped.is_set()

    def cancel(self) -> None:
        """Ask the work to stop; its answer is dropped even when it is on its way."""
        self._stopped.set()

    def check(self) -> None:
        """Called by long work between two steps: raises CancelledError when it was cancelled."""
        if self.cancelled:
            raise CancelledError

    def wait(self, seconds: float) -> None:
        """Wait inside work, at most so long; raises CancelledError at once when cancelled."""
        self._stopped.wait(seconds)
        self.check()

    def report(self, value: object) -> None:
        """Tell how far the work is; a report not yet shown is replaced, so call it freely."""
        self._reported = value
        if not self._report_on_its_way:
            self._report_on_its_way = True
            self._announce(self)

    def _let_go(self) -> None:
        if not self._must_finish:
            self.cancel()

    def _perform(self, function: Callable[[Work], T]) -> T:
        self.check()
        return function(self)

    def _deliver(self, future: Future[Any] | None) -> None:
        if self.cancelled:
            return
        if future is None:
            self._report_on_its_way = False
            _call(self._progress, self._reported)
            return
        error = future.exception()
        if error is None:
            _call(self._done, future.result())
        elif not isinstance(error, CancelledError):
            _log.info("work failed", exc_info=error)
            _call(self._failed, error)


def _call(receiver: WeakMethod[Callable[[Any], None]] | None, value: object) -> None:
    method = receiver() if receiver is not None else None
    if method is not None and shiboken6.isValid(method.__self__):  # type: ignore[attr-defined]
        method(value)


class Background(QObject):
    """Runs work in threads and brings the answers to the GUI thread it was made in."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools = {
            lane: ThreadPoolExecutor(threads, thread_name_prefix=lane.value)
            for lane, threads in _THREADS.items()
        }
        self._under_way: set[Work] = set()
        self._lock = Lock()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        lane: Lane = Lane.STORE,
        must_finish: bool = False,
    ) -> Work:
        """Run short work in a lane; ``done`` gets its answer, ``failed`` its exception.

        Both are bound methods, called in the GUI thread and never before ``run`` has returned.
        ``must_finish`` is for what a person entered: closing the program waits for it instead of
        cancelling it. After ``close`` nothing is run: the token comes back cancelled.
        """

        def plain(_token: Work) -> T:
            return work()

        return self.run_long(plain, done=done, failed=failed, lane=lane, must_finish=must_finish)

    def run_long(
        self,
        work: Callable[[Work], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
        progress: Callable[[Any], None] | None = None,
        lane: Lane = Lane.LONG,
        must_finish: bool = False,
    ) -> Work:
        """Like ``run``, for work that takes its token: ``report`` goes to ``progress``."""
        token = Work(self._announce, done, failed, progress, must_finish=must_finish)
        with self._lock:
            if self._closed:
                token.cancel()
                return token
            self._under_way.add(token)
            future = self._pools[lane].submit(token._perform, work)  # noqa: SLF001 - one unit

        def arrived(finished: Future[T]) -> None:
            with self._lock:
                self._under_way.discard(token)
            self._announce(token, finished)

        future.add_done_callback(arrived)
        return token

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        with self._lock:
            return not self._under_way

    def close(self) -> None:
        """Cancel what may be cancelled, wait for the rest; no answer arrives afterwards."""
        with self._lock:
            self._closed = True
            for token in self._under_way:
                token._let_go()  # noqa: SLF001 - token and door are one unit
        for pool in self._pools.values():
            pool.shutdown(wait=True)

    def _announce(self, token: Work, future: Future[Any] | None = None) -> None:
        if shiboken6.isValid(self):
            self._arrived.emit((token, future))

    @Slot(object)
    def _deliver(self, arrival: tuple[Work, Future[Any] | None]) -> None:
        if not self._closed:
            arrival[0]._deliver(arrival[1])  # noqa: SLF001 - token and door are one unit
