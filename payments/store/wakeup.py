"""An event that may be set from any thread and wakes every event loop's waiters once."""

from __future__ import annotations

import asyncio
import contextlib
import threading


class Wakeup:
    """Wakes whoever waits at the moment of ``set``; who comes later waits for the next."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    def set(self) -> None:
        """Wake everyone up."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for future, loop in waiting.items():
            # A loop that has ended meanwhile has nobody left to wake.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_complete, future)

    async def wait(self, timeout_s: float) -> None:
        """Wait for ``set``, or for so long."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        with self._lock:
            self._waiting[future] = loop
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(future, timeout_s)
        finally:
            with self._lock:
                self._waiting.pop(future, None)


def _complete(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
