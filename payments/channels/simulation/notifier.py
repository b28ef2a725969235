"""Sends a provider's notifications on its schedule until the merchant acknowledges them."""

from __future__ import annotations

import heapq
import itertools
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import httpx
import msgspec

# What a merchant has to answer within; the providers say 5 s.
_ANSWER_S: Final = 5.0
_SENDERS: Final = 4
_REMEMBERED: Final = 1000


class NotificationRequest(msgspec.Struct, frozen=True):
    """One sending: made anew each time, because time, nonce and signature are new each time."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    is_acknowledged: Callable[[int, bytes], bool]


class Delivery(msgspec.Struct, frozen=True):
    """What became of one sending; ``status`` 0 means that no answer came."""

    url: str
    status: int
    acknowledged: bool


class _Due(msgspec.Struct, order=True, frozen=True):
    at: float
    order: int
    make_request: Callable[[], NotificationRequest]
    later_s: tuple[float, ...]


class Notifier:
    """Threads that send what is due. ``ca_file`` is what the merchant's certificate is checked with."""

    def __init__(self, *, ca_file: str | None = None, time_scale: float = 1.0) -> None:
        self.deliveries: deque[Delivery] = deque(maxlen=_REMEMBERED)
        self._time_scale = time_scale
        self._client = httpx.Client(
            verify=ssl.create_default_context(cafile=ca_file), timeout=_ANSWER_S, trust_env=False
        )
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, name=f"notifier-{number}", daemon=True)
            for number in range(_SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def plan(
        self, make_request: Callable[[], NotificationRequest], schedule_s: Sequence[float]
    ) -> None:
        """Send after each wait of ``schedule_s`` in turn (divided by the time scale) until taken.

        The first wait is the one before the first sending.
        """
        if not schedule_s:
            return
        first, *later = schedule_s
        at = time.monotonic() + first / self._time_scale
        with self._changed:
            if self._closing:
                return
            heapq.heappush(self._due, _Due(at, next(self._order), make_request, tuple(later)))
            self._changed.notify()

    def close(self) -> None:
        """Drop what is not yet due and wait for what is being sent."""
        with self._changed:
            self._closing = True
            self._due.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _work(self) -> None:
        while (due := self._take()) is not None:
            if not self._send(due.make_request()):
                self.plan(due.make_request, due.later_s)

    def _take(self) -> _Due | None:
        with self._changed:
            while not self._closing:
                wait_s = self._due[0].at - time.monotonic() if self._due else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._due)
                self._changed.wait(wait_s)
            return None

    def _send(self, request: NotificationRequest) -> bool:
        try:
            answer = self._client.post(
                request.url, content=request.body, headers=dict(request.headers)
            )
        except (httpx.RequestError, httpx.InvalidURL):
            self.deliveries.append(Delivery(request.url, 0, acknowledged=False))
            return False
        taken = request.is_acknowledged(answer.status_code, answer.content)
        self.deliveries.append(Delivery(request.url, answer.status_code, acknowledged=taken))
        return taken
