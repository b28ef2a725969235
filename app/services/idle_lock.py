"""Locks the console when nobody has touched it for a while, also across sleep of the machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal, Slot

_TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)


def seconds_awake_and_asleep() -> float:
    """A clock that nobody can set and that goes on while the machine sleeps, where there is one."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


class IdleClock:
    """When it is time to lock. Instants are seconds of one clock."""

    def __init__(self, limit_s: float, now: float) -> None:
        """``limit_s`` 0 means never."""
        self.limit_s = limit_s
        self._touched_at = now

    def left(self, now: float) -> float | None:
        """Seconds until it is time, 0 when it is, None when never."""
        if not self.limit_s:
            return None
        return max(0.0, self._touched_at + self.limit_s - now)

    def touch(self, now: float) -> bool:
        """Somebody is there. False when that is too late: lock first."""
        if self.left(now) == 0:
            return False
        self._touched_at = now
        return True

    def restart(self, now: float) -> None:
        """Begin anew, after unlocking."""
        self._touched_at = now


class IdleLock(QObject):
    """Watches the whole application and says ``locked`` once per idle time, until ``unlocked``."""

    locked = Signal()

    def __init__(
        self,
        limit_s: float,
        clock: Callable[[], float] = seconds_awake_and_asleep,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._idle = IdleClock(limit_s, clock())
        self._is_locked = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self._look()

    @property
    def is_locked(self) -> bool:
        """Whether the console is locked now."""
        return self._is_locked

    def set_limit(self, limit_s: float) -> None:
        """Lock after so many seconds; 0 means never."""
        self._idle.limit_s = limit_s
        self._look()

    def lock(self) -> None:
        """Lock now."""
        if not self._is_locked:
            self._is_locked = True
            self._timer.stop()
            self.locked.emit()

    def unlocked(self) -> None:
        """The user has proved who they are: begin to count again."""
        self._is_locked = False
        self._idle.restart(self._clock())
        self._look()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Notice that somebody is there; events go on as they are."""
        if event.type() in _TOUCHES and not self._is_locked and not self._idle.touch(self._clock()):
            self.lock()
        return False

    @Slot()
    def _look(self) -> None:
        left = self._idle.left(self._clock())
        if self._is_locked or left is None:
            self._timer.stop()
        elif left == 0:
            self.lock()
        else:
            self._timer.start(int(left * 1000) + 1)
