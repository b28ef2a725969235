"""The console locks when nobody is there, and not while somebody is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from app.services.idle_lock import IdleClock, IdleLock


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def lock(qapp, time):
    made = IdleLock(60, time)
    yield made
    qapp.removeEventFilter(made)


def touch() -> None:
    QCoreApplication.sendEvent(QObject(), QEvent(QEvent.Type.MouseMove))


@given(st.lists(st.floats(0, 59), max_size=20))
def test_it_is_never_time_while_somebody_is_there(pauses):
    now, clock = 0.0, IdleClock(60, 0)
    for pause in pauses:
        now += pause
        assert clock.touch(now)
        assert clock.left(now) == pytest.approx(60)


@given(st.floats(60, 10**6))
def test_a_touch_after_the_limit_comes_too_late(pause):
    clock = IdleClock(60, 0)
    assert clock.left(pause) == 0
    assert not clock.touch(pause)


def test_no_limit_means_never():
    assert IdleClock(0, 0).left(10**9) is None


def test_the_timer_locks(qtbot):
    lock = IdleLock(0.02)
    qtbot.waitUntil(lambda: lock.is_locked)


def test_touching_keeps_it_open_and_a_touch_after_sleep_locks(lock, time):
    time.now += 59
    touch()
    time.now += 59
    touch()
    assert not lock.is_locked
    time.now += 3600
    touch()
    assert lock.is_locked


def test_it_says_so_once_and_counts_again_after_unlocking(lock, time):
    said = []
    lock.locked.connect(lambda: said.append(1))
    time.now += 61
    touch()
    touch()
    lock.lock()
    assert said == [1]
    lock.unlocked()
    touch()
    assert not lock.is_locked
    lock.lock()
    assert said == [1, 1]


def test_a_new_limit_counts_from_the_last_touch(lock, time):
    time.now += 30
    lock.set_limit(20)
    assert lock.is_locked
    lock.unlocked()
    lock.set_limit(0)
    time.now += 10**6
    touch()
    assert not lock.is_locked
