"""The services as a child process: started, restarted, stopped, and gone with the console."""

from __future__ import annotations

import os
import subprocess
import sys
from queue import Queue
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import embedded
from app.services.embedded import Crashes, EmbeddedServices, SampleProgress, ServicesFailedError

CHILD = """
import json, os, signal, sys
mode, *options = sys.argv[1:]
print("not for the console", flush=True)
sys.stdout.buffer.write(b"\\xff\\xfe{\\n")
print('{"sample": "soon"}', flush=True)
if mode == "broken":
    print("it is broken", file=sys.stderr)
    sys.exit(3)
if mode == "told":
    print("told", sys.stdin.readline().strip(), file=sys.stderr)
if mode == "silent":
    sys.stdin.read()
for done in (1, 2):
    print(json.dumps({"sample": {"done": done, "total": 2}}), flush=True)
port = options[-1] if "--port" in options else "4001"
url = f"https://127.0.0.1:{port}"
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"url": url, "ca": "ca.pem", "pid": os.getpid(), "more": 1}), flush=True)
print(json.dumps({"sample": {"done": 2, "total": 2}}), flush=True)
if mode == "fleeting" and "--port" not in options:
    sys.exit(1)
if mode == "flimsy":
    sys.exit(1)
while mode == "stubborn":
    signal.pause()
sys.stdin.read()
"""

WATCHED = """
import subprocess, sys
child = subprocess.Popen([sys.executable, *sys.argv[1:]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
sys.stdin.read()
"""


class Watcher:
    def __init__(self, log_file) -> None:
        self.events: Queue[object] = Queue()
        self.log_file = log_file
        self.running: list[EmbeddedServices] = []

    def services(self, mode: str, told: str = "") -> EmbeddedServices:
        made = EmbeddedServices(
            [mode],
            self.log_file,
            ready_again=self.events.put,
            progress=self.events.put,
            failed=self.events.put,
            program=(sys.executable, "-c", CHILD),
            told=told,
        )
        self.running.append(made)
        return made

    def next_of(self, kind):
        while not isinstance(event := self.events.get(timeout=20), kind):
            pass
        return event


@pytest.fixture
def watcher(tmp_path):
    made = Watcher(tmp_path / "logs" / "services.log")
    yield made
    for services in made.running:
        services.stop()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_says_where_it_listens_and_how_far_the_sample_is(watcher):
    services = watcher.services("good")
    ready = services.start()
    assert (ready.url, ready.ca) == ("https://127.0.0.1:4001", "ca.pem")
    assert watcher.events.get(timeout=20) == SampleProgress(1, 2)
    assert watcher.events.get(timeout=20) == SampleProgress(2, 2)
    services.stop()
    assert not is_running(ready.pid)


def test_what_does_not_start_says_where_to_look(watcher):
    with pytest.raises(ServicesFailedError) as failed:
        watcher.services("broken").start()
    assert "it is broken" in failed.value.log_file.read_text(encoding="utf-8")


def test_a_program_that_is_not_there_is_a_failure(watcher):
    services = EmbeddedServices(
        [],
        watcher.log_file,
        ready_again=watcher.events.put,
        progress=watcher.events.put,
        failed=watcher.events.put,
        program=("/nowhere/python",),
    )
    with pytest.raises(ServicesFailedError):
        services.start()


def test_a_password_is_told_without_a_command_line(watcher):
    services = watcher.services("told", "密码")
    services.start()
    services.stop()
    assert "told 密码" in watcher.log_file.read_text(encoding="utf-8")


def test_telling_what_has_ended_is_a_failure_like_any_other(watcher):
    with pytest.raises(ServicesFailedError, match="ended with 3"):
        watcher.services("broken", "x" * 10**6).start()


def test_silence_is_not_waited_for_for_ever(watcher):
    with pytest.raises(ServicesFailedError, match="in time"):
        watcher.services("silent").start(quiet_s=1)


def test_after_a_crash_it_comes_back_at_the_same_address(watcher):
    first = watcher.services("fleeting").start()
    again = watcher.next_of(embedded.Ready)
    assert again.url == first.url
    assert again.pid != first.pid


def test_what_crashes_again_and_again_is_given_up(watcher, monkeypatch):
    monkeypatch.setattr(embedded, "_FIRST_PAUSE_S", 0)
    watcher.services("flimsy").start()
    assert isinstance(watcher.next_of(ServicesFailedError), ServicesFailedError)


@pytest.mark.skipif(sys.platform == "win32", reason="signals cannot be ignored there")
def test_what_does_not_end_is_made_to(watcher, monkeypatch):
    monkeypatch.setattr(embedded, "_STOP_S", 0.1)
    services = watcher.services("stubborn")
    ready = services.start()
    services.stop()
    assert not is_running(ready.pid)


def test_stopping_ends_the_wait_for_the_start(watcher):
    services, failures = watcher.services("silent"), []

    def start() -> None:
        try:
            services.start()
        except ServicesFailedError as failure:
            failures.append(str(failure))

    starting = Thread(target=start)
    starting.start()
    while services._process is None:
        starting.join(0.01)
    services.stop()
    starting.join(10)
    assert failures == ["stopped"]


def test_stopping_twice_or_before_starting_is_harmless(watcher):
    services = watcher.services("good")
    services.stop()
    other = watcher.services("good")
    other.start()
    other.stop()
    other.stop()


@pytest.mark.skipif(sys.platform == "win32", reason="asks with a signal")
def test_it_is_gone_when_the_console_is_killed():
    console = subprocess.Popen(
        [sys.executable, "-c", WATCHED, "-c", "import sys; sys.stdin.read(); print('gone')"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with console:
        said = console.stdout
        assert said is not None
        said.readline()
        console.kill()
        assert said.read().strip() == b"gone"


def test_a_log_that_has_grown_large_is_begun_anew(watcher, monkeypatch):
    monkeypatch.setattr(embedded, "_LARGEST_LOG", 10)
    watcher.log_file.parent.mkdir()
    watcher.log_file.write_bytes(b"x" * 11)
    watcher.services("good").start()
    assert watcher.log_file.with_name("services.log.1").read_bytes() == b"x" * 11


@given(st.lists(st.floats(0, 1000), max_size=30))
def test_crashes_far_apart_are_always_taken(gaps):
    crashes, now = Crashes(), 0.0
    for gap in gaps:
        now += gap + 121
        assert crashes.pause(now) == 0.2


def test_the_pause_doubles_and_ends():
    crashes = Crashes()
    assert [crashes.pause(0) for _ in range(6)] == [0.2, 0.4, 0.8, 1.6, 3.2, None]
