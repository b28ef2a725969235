"""The network between a console and its services: it can be pulled out and put in again."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Lock, Thread
from typing import Final

_CHUNK: Final = 65_536


class Cable:
    """Passes bytes on to a port of this machine while it is plugged in; starts so."""

    def __init__(self, to_port: int) -> None:
        self._to = ("127.0.0.1", to_port)
        self._lock = Lock()
        self._is_in = True
        self._ends: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [self._thread(self._accept)]

    def pull(self) -> None:
        """From now on nothing gets through, and what was under way breaks."""
        with self._lock:
            self._is_in = False
            for end in self._ends:
                _shut(end)
            self._ends.clear()

    def plug(self) -> None:
        """Let everything through again."""
        with self._lock:
            self._is_in = True

    def close(self) -> None:
        self.pull()
        _shut(self._listening)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._connect(self._listening.accept()[0])

    def _connect(self, near: socket.socket) -> None:
        with self._lock:
            if not self._is_in:
                near.close()
                return
            try:
                far = socket.create_connection(self._to)
            except OSError:
                near.close()
                return
            self._ends |= {near, far}
        self._threads += [
            self._thread(lambda: _pass_on(near, far)),
            self._thread(lambda: _pass_on(far, near)),
        ]

    @staticmethod
    def _thread(work) -> Thread:
        thread = Thread(target=work, name="cable", daemon=True)
        thread.start()
        return thread


def _pass_on(from_end: socket.socket, to_end: socket.socket) -> None:
    with suppress(OSError):
        while chunk := from_end.recv(_CHUNK):
            to_end.sendall(chunk)
    # Whichever side ends, both do; the thread of the other way closes its own end.
    _shut(to_end)
    from_end.close()


def _shut(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
