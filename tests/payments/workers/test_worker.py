from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from payments.store import jobs, security_events
from payments.store.idempotency import once
from payments.store.work import Answer
from payments.workers.retry import MOST_ATTEMPTS
from payments.workers.worker import Worker


class Greeter:
    """Handles jobs by writing their names down; fails as often as it is told to."""

    def __init__(self, database):
        self.database = database
        self.greeted: list[str] = []
        self.has_greeted = asyncio.Event()
        self.failures = 0

    def put(self, *names):
        def flow(work):
            for name in names:
                jobs.put(work, "greet", {"name": name})

        self.database.run_sync(flow)

    async def greet(self, args):
        if self.failures:
            self.failures -= 1
            raise ConnectionError(args["name"])
        self.greeted.append(args["name"])
        self.has_greeted.set()

    def worker(self, **said):
        return Worker(self.database, {"greet": self.greet}, **said)


@pytest.fixture
def greeter(database):
    return Greeter(database)


def test_everything_due_is_done_and_nothing_is_left(greeter, database):
    names = [str(n) for n in range(20)]
    greeter.put(*names)
    assert database.complete(greeter.worker().drain()) == 20
    assert sorted(greeter.greeted, key=int) == names
    assert database.read_sync(jobs.next_due_ms) is None


def test_a_failed_job_is_tried_again_after_its_pause(greeter, database, clock):
    greeter.put("a")
    greeter.failures = 2
    for pause in (0, 1, 2):
        assert greeter.greeted == []
        clock.forward(timedelta(seconds=pause))
        assert database.complete(greeter.worker().drain()) == 1
    assert greeter.greeted == ["a"]


def test_a_job_that_never_succeeds_is_left_dead_with_an_alert(greeter, database, clock):
    greeter.put("a")
    greeter.failures = 1000
    runs = 0
    for _ in range(MOST_ATTEMPTS + 3):
        runs += database.complete(greeter.worker().drain())
        clock.forward(timedelta(minutes=10))
    assert runs == MOST_ATTEMPTS
    assert database.read_sync(security_events.counted) == {"job_dead": 1}
    assert database.read_sync(jobs.next_due_ms) is None


def test_a_kind_that_nobody_handles_fails_as_a_job_does(greeter, database):
    database.run_sync(lambda work: jobs.put(work, "unheard_of", {}))
    greeter.put("a")
    database.complete(greeter.worker().drain())
    assert greeter.greeted == ["a"]
    assert database.read_sync(jobs.next_due_ms) is not None


def test_a_handler_that_outlasts_its_lease_is_cut_off(greeter, database):
    greeter.put("a")

    async def never(_args):
        await asyncio.Event().wait()

    worker = Worker(database, {"greet": never}, lease=timedelta(milliseconds=50))
    assert database.complete(asyncio.wait_for(worker.drain(), 10)) == 1
    assert greeter.greeted == []


def test_a_running_worker_finds_new_jobs_and_stops_clean(greeter, database):
    async def scenario():
        worker = greeter.worker()
        running = asyncio.create_task(worker.run())
        await database.run(lambda work: jobs.put(work, "greet", {"name": "late"}))
        await greeter.has_greeted.wait()
        worker.stop()
        await running

    database.complete(asyncio.wait_for(scenario(), 20))
    assert greeter.greeted == ["late"]
    assert database.read_sync(jobs.next_due_ms) is None


def test_stopping_waits_for_what_is_under_way(greeter, database):
    greeter.put("slow")
    started, finish = asyncio.Event(), asyncio.Event()

    async def slow(args):
        started.set()
        await finish.wait()
        await greeter.greet(args)

    async def scenario():
        worker = Worker(database, {"greet": slow})
        running = asyncio.create_task(worker.run())
        await started.wait()
        worker.stop()
        await asyncio.sleep(0)
        assert not running.done()
        finish.set()
        await running

    database.complete(asyncio.wait_for(scenario(), 20))
    assert greeter.greeted == ["slow"]
    assert database.read_sync(jobs.next_due_ms) is None


def test_no_more_run_at_a_time_than_allowed(greeter, database):
    greeter.put(*"abcdefgh")
    now, most = 0, 0

    async def count(_args):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1

    worker = Worker(database, {"greet": count}, at_a_time=3)
    assert database.complete(worker.drain()) == 8
    assert most == 3


def test_a_worker_forgets_keys_of_a_month_ago(greeter, database, clock):
    def ask(work):
        return once(work, "u", "k", "d", lambda: Answer(body=str(work.now_ms)))

    first = database.run_sync(ask).body
    assert database.run_sync(ask).body == first
    clock.forward(timedelta(days=31))

    async def scenario():
        worker = greeter.worker()
        running = asyncio.create_task(worker.run())
        await database.run(lambda work: jobs.put(work, "greet", {"name": "a"}))
        await greeter.has_greeted.wait()
        worker.stop()
        await running

    database.complete(asyncio.wait_for(scenario(), 20))
    assert database.run_sync(ask).body != first
