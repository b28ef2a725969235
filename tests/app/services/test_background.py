"""What whoever runs work in the background can rely on."""

from __future__ import annotations

from concurrent.futures import CancelledError
from threading import Event, Thread, current_thread, main_thread

import pytest
import shiboken6
from PySide6.QtCore import QObject

from app.services.background import Background, Lane, Work

pytestmark = pytest.mark.usefixtures("qapp")


class Panel(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.errors: list[BaseException] = []
        self.steps: list[int] = []
        self.called_in: Thread | None = None

    def done(self, value) -> None:
        self.called_in = current_thread()
        self.answers.append(value)

    def failed(self, error) -> None:
        self.errors.append(error)

    def progress(self, value) -> None:
        self.steps.append(value)


@pytest.fixture
def background():
    door = Background()
    yield door
    door.close()


@pytest.fixture
def panel():
    return Panel()


def ask(background: Background, panel: Panel, work, **options) -> Work:
    options.setdefault("lane", Lane.STORE)
    return background.run_long(work, done=panel.done, failed=panel.failed, **options)


def test_short_work_needs_no_token(qtbot, background, panel):
    background.run(lambda: "answer", done=panel.done, failed=panel.failed)
    qtbot.waitUntil(lambda: panel.answers == ["answer"])


def test_the_answer_arrives_in_the_gui_thread(qtbot, background, panel):
    ask(background, panel, lambda _work: current_thread())
    qtbot.waitUntil(lambda: bool(panel.answers))
    assert panel.called_in is main_thread()
    assert panel.answers[0] is not main_thread()


def test_an_error_goes_to_failed_and_not_to_done(qtbot, background, panel):
    ask(background, panel, lambda _work: dict[str, str]()["missing"])
    qtbot.waitUntil(lambda: bool(panel.errors))
    assert isinstance(panel.errors[0], KeyError)
    assert panel.answers == []


def test_large_numbers_arrive_whole(qtbot, background, panel):
    ask(background, panel, lambda _work: 2**31)
    qtbot.waitUntil(lambda: panel.answers == [2**31])


def test_store_work_runs_in_the_order_it_was_asked(qtbot, background, panel):
    for number in range(50):
        ask(background, panel, lambda _work, number=number: number)
    qtbot.waitUntil(lambda: len(panel.answers) == 50)
    assert panel.answers == list(range(50))


def test_network_work_runs_side_by_side(qtbot, background, panel):
    first, second = Event(), Event()

    def one(_work):
        first.set()
        return second.wait(10)

    def two(_work):
        second.set()
        return first.wait(10)

    ask(background, panel, one, lane=Lane.NETWORK)
    ask(background, panel, two, lane=Lane.NETWORK)
    qtbot.waitUntil(lambda: panel.answers == [True, True])


def test_an_answer_for_a_forgotten_panel_is_dropped(qtbot, background, panel):
    release = Event()
    closed = Panel()
    ask(background, closed, lambda _work: release.wait(10))
    del closed
    release.set()
    ask(background, panel, lambda _work: "after")
    qtbot.waitUntil(lambda: panel.answers == ["after"])


def test_an_answer_for_a_deleted_panel_is_dropped(qtbot, background, panel):
    release = Event()
    closed = Panel()
    ask(background, closed, lambda _work: release.wait(10))
    shiboken6.delete(closed)
    release.set()
    ask(background, panel, lambda _work: "after")
    qtbot.waitUntil(lambda: panel.answers == ["after"])
    assert closed.answers == []


def test_cancelled_work_stops_and_never_answers(qtbot, background, panel):
    started, ended = Event(), Event()

    def work(token):
        started.set()
        try:
            token.wait(10)
        finally:
            ended.set()

    token = ask(background, panel, work)
    assert started.wait(10)
    token.cancel()
    assert ended.wait(10)
    ask(background, panel, lambda _work: "after")
    qtbot.waitUntil(lambda: panel.answers == ["after"])
    assert panel.errors == []


def test_an_answer_on_its_way_is_dropped_by_cancel(qtbot, background, panel):
    ended = Event()
    token = ask(background, panel, lambda _work: ended.set())
    assert ended.wait(10)
    token.cancel()
    ask(background, panel, lambda _work: "after")
    qtbot.waitUntil(lambda: panel.answers == ["after"])


def test_progress_arrives_and_the_last_report_is_never_lost(qtbot, background, panel):
    def work(token):
        for number in range(1000):
            token.report(number)
        return "done"

    ask(background, panel, work, progress=panel.progress)
    qtbot.waitUntil(lambda: panel.answers == ["done"])
    assert panel.steps[-1] == 999
    assert panel.steps == sorted(panel.steps)


def test_close_cancels_waiting_and_running_work_and_joins(background, panel):
    started, seen = Event(), []

    def running(token):
        started.set()
        try:
            token.wait(60)
        except CancelledError:
            seen.append("stopped")
            raise

    ask(background, panel, running)
    ask(background, panel, lambda _work: seen.append("begun"))
    assert started.wait(10)
    background.close()
    assert seen == ["stopped"]


def test_close_waits_for_what_a_person_entered(background, panel):
    started, release, seen = Event(), Event(), []

    def running(_work):
        started.set()
        release.wait(10)

    ask(background, panel, running)
    ask(background, panel, lambda _work: seen.append("kept"), must_finish=True)
    assert started.wait(10)
    release.set()
    background.close()
    assert seen == ["kept"]


def test_after_close_nothing_runs_and_nothing_arrives(qapp, panel):
    background = Background()
    ended = Event()
    ask(background, panel, lambda _work: ended.set())
    assert ended.wait(10)
    background.close()
    token = ask(background, panel, lambda _work: "never")
    qapp.processEvents()
    assert token.cancelled
    assert panel.answers == []


def test_closing_twice_is_harmless(background):
    background.close()
    background.close()
