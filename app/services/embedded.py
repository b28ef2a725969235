"""The payment services as a child process of the console, for a business on one machine.

The child says on standard output, one JSON object per line, how far the sample business is
(``{"sample": {"done": 1, "total": 9}}``) and where it listens (``{"url": …, "ca": …, "pid": …}``);
every other line is passed over. Its standard input is a pipe that only the console holds: when the
console is gone, however it went, the pipe closes and the child ends itself.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import BinaryIO, Final, TypeVar

import msgspec

import payments

T = TypeVar("T")

_QUIET_S: Final = 60.0
_STOP_S: Final = 10.0
_LARGEST_LOG: Final = 5 * 1024 * 1024
_CRASHES_TAKEN: Final = 5
_CRASH_WINDOW_S: Final = 120.0
_FIRST_PAUSE_S: Final = 0.2


class Ready(msgspec.Struct, frozen=True):
    """Where the services listen, and the file of the only authority to believe there."""

    url: str
    ca: str
    pid: int


class SampleProgress(msgspec.Struct, frozen=True):
    """How much of the sample business has been made."""

    done: int
    total: int


class _Line(msgspec.Struct, frozen=True):
    sample: SampleProgress


class ServicesFailedError(Exception):
    """The services did not start or do not stay up; ``log_file`` says why."""

    words_key = "trouble.services_failed"

    def __init__(self, reason: str, log_file: Path) -> None:
        super().__init__(reason)
        self.log_file = log_file


class Crashes:
    """How long to wait before starting again after a crash. Instants are monotonic seconds."""

    def __init__(self) -> None:
        self._at: list[float] = []

    def pause(self, now: float) -> float | None:
        """Seconds to wait after a crash just now: longer each time, None after too many."""
        self._at = [at for at in self._at if now - at < _CRASH_WINDOW_S]
        self._at.append(now)
        taken = len(self._at)
        return None if taken > _CRASHES_TAKEN else _FIRST_PAUSE_S * 2.0 ** (taken - 1)


class EmbeddedServices:
    """Starts the services once, starts them again when they crash, stops them for good."""

    def __init__(
        self,
        arguments: Sequence[str],
        log_file: Path,
        *,
        ready_again: Callable[[Ready], None],
        progress: Callable[[SampleProgress], None],
        failed: Callable[[ServicesFailedError], None],
        program: Sequence[str] = (sys.executable, "-m", "payments"),
        told: str = "",
    ) -> None:
        """``arguments`` follow the program: ``serve --data DIR --exit-with-parent`` and so on.

        ``ready_again`` after a crash, ``progress``, and ``failed`` when it stays down, are called in
        a thread of their own. ``told`` is a line for the child's standard input, such as the first
        administrator's password: command lines can be read by everybody on the machine.
        """
        self._command = (*program, *arguments)
        self._told = told
        self._log_file = log_file
        self._ready_again = ready_again
        self._progress = progress
        self._failed = failed
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = Event()
        self._heard = Event()
        self._ready: Ready | None = None
        self._failure: ServicesFailedError | None = None
        self._keeper = Thread(target=self._keep, name="embedded")

    def start(self, quiet_s: float = _QUIET_S) -> Ready:
        """Start, and wait until the services listen; for background work.

        Raises ServicesFailedError when they end, or say nothing for ``quiet_s`` seconds.
        """
        self._keeper.start()
        while self._ready is None:
            if not self._heard.wait(quiet_s):
                self.stop()
                raise ServicesFailedError("no answer in time", self._log_file)
            self._heard.clear()
            if self._failure is not None:
                raise self._failure
            if self._stopping.is_set():
                raise ServicesFailedError("stopped", self._log_file)
        return self._ready

    def stop(self) -> None:
        """Ask the services to end, make them after ten seconds, and wait for it."""
        with self._lock:
            self._stopping.set()
            self._heard.set()
            process = self._process
        if process is not None:
            _end(process)
        if self._keeper.is_alive():
            self._keeper.join()

    def _keep(self) -> None:
        crashes = Crashes()
        command = self._command
        while (process := self._spawn(command)) is not None:
            self._listen(process)
            code = process.wait()
            _close_input(process)
            pause = crashes.pause(monotonic())
            if self._stopping.is_set():
                return
            if self._ready is None or pause is None:
                self._give_up(f"ended with {code}")
                return
            # The same address again, so that whoever is connected finds it.
            command = (*self._command, "--port", self._ready.url.rpartition(":")[2].strip("/"))
            self._stopping.wait(pause)

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes] | None:
        try:
            log = _opened_log(self._log_file)
            with log, self._lock:
                if self._stopping.is_set():
                    return None
                self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    cwd=Path(payments.__file__).parents[1],
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
                _tell(self._process, self._told)
        except OSError as error:
            self._give_up(str(error))
            return None
        return self._process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            raise AssertionError  # it was asked for as a pipe
        with process.stdout as lines:
            for line in lines:
                self._take(line)

    def _take(self, line: bytes) -> None:
        progress, ready = _read(line, _Line), _read(line, Ready)
        if progress is not None:
            self._progress(progress.sample)
        if ready is not None:
            again, self._ready = self._ready is not None, ready
            if again:
                self._ready_again(ready)
        self._heard.set()

    def _give_up(self, reason: str) -> None:
        self._failure = ServicesFailedError(reason, self._log_file)
        self._failed(self._failure)
        self._heard.set()


def _read(line: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _opened_log(path: Path) -> BinaryIO:
    """The log of the child, begun anew when it has grown large; one older one is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def _tell(process: subprocess.Popen[bytes], line: str) -> None:
    if process.stdin is None or not line:
        return
    try:
        process.stdin.write(f"{line}\n".encode())
        process.stdin.flush()
    except BrokenPipeError:
        return  # it has ended already, which is found out where its end is waited for


def _close_input(process: subprocess.Popen[bytes]) -> None:
    # What was not read before the child ended cannot be delivered any more.
    with contextlib.suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    _close_input(process)
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
