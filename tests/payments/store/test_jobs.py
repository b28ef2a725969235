from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from payments.store import jobs
from payments.store.database import Database

LEASE = timedelta(seconds=60)


def put(work, name, **said):
    jobs.put(work, "greet", {"name": name}, **said)


def claim(desk, most=10, lease=LEASE):
    return desk.run(jobs.claim, most, lease)


def names(claimed):
    return [job.args["name"] for job in claimed]


def test_a_job_is_claimed_once_and_gone_when_finished(desk):
    desk.run(put, "a")
    (job,) = claim(desk)
    assert (job.kind, job.args, job.attempts) == ("greet", {"name": "a"}, 1)
    assert claim(desk) == []
    assert desk.run(jobs.finish, job)
    assert not desk.run(jobs.finish, job)
    assert desk.read(jobs.next_due_ms) is None


def test_jobs_come_when_they_are_due_the_longest_due_first(desk, clock):
    now = clock.now
    for name, hours in (("later", 2), ("soon", 1), ("past", -1)):
        desk.run(lambda work, n=name, h=hours: put(work, n, run_at=now + timedelta(hours=h)))
    assert names(claim(desk)) == ["past"]
    clock.forward(timedelta(hours=3))
    assert names(claim(desk)) == ["soon", "later"]


def test_no_more_are_claimed_than_asked_for(desk):
    for n in range(5):
        desk.run(put, str(n))
    assert [len(claim(desk, 2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_lease_that_has_run_out_lets_another_claim_the_job(desk):
    desk.run(put, "a")
    (first,) = claim(desk, lease=timedelta(0))
    (second,) = claim(desk)
    assert second.attempts == 2
    assert not desk.run(jobs.finish, first)
    assert desk.run(jobs.finish, second)


def test_a_failed_job_comes_back_later_and_a_dead_one_never(desk, clock):
    desk.run(put, "a")
    (job,) = claim(desk)
    assert desk.run(lambda work: jobs.fail(work, job, "Timeout", work.now + timedelta(minutes=1)))
    assert claim(desk) == []
    clock.forward(timedelta(minutes=1))
    (job,) = claim(desk)
    assert job.attempts == 2
    assert desk.run(jobs.fail, job, "Timeout", None)
    clock.forward(timedelta(days=1))
    assert claim(desk) == []
    assert desk.read(jobs.next_due_ms) is None


def test_there_is_one_job_for_a_purpose_with_the_newest_time_and_arguments(desk, clock):
    later = clock.now + timedelta(hours=1)
    desk.run(lambda work: put(work, "old", dedup="order-1"))
    desk.run(lambda work: put(work, "new", dedup="order-1", run_at=later))
    assert claim(desk) == []
    clock.forward(timedelta(hours=1))
    assert names(claim(desk)) == ["new"]


def test_a_job_put_again_while_it_runs_runs_once_more(desk):
    desk.run(lambda work: put(work, "first", dedup="order-1"))
    (job,) = claim(desk)
    desk.run(lambda work: put(work, "again", dedup="order-1"))
    assert not desk.run(jobs.finish, job)
    assert names(claim(desk)) == ["again"]


def test_a_withdrawn_job_never_runs(desk):
    desk.run(lambda work: put(work, "a", dedup="order-1"))
    desk.run(jobs.withdraw, "order-1")
    desk.run(jobs.withdraw, "order-1")
    assert claim(desk) == []


def test_workers_in_several_processes_never_share_a_job(desk, database_url, clock):
    for n in range(60):
        desk.run(put, str(n))

    async def take_all(database):
        taken = []
        while claimed := await database.run(jobs.claim, 3, LEASE):
            taken += names(claimed)
        return taken

    async def both():
        other = Database.open(database_url, clock=clock)
        try:
            return await asyncio.gather(
                *(take_all(desk.database) for _ in range(3)), *(take_all(other) for _ in range(3))
            )
        finally:
            await other.close()

    taken = [name for share in desk.database.complete(both()) for name in share]
    assert sorted(taken, key=int) == [str(n) for n in range(60)]


def test_leases_count_on_the_databases_clock_and_not_on_ours(desk, clock):
    """A machine whose clock runs ahead does not take over what another is working on."""
    desk.run(put, "a")
    claim(desk)
    clock.forward(timedelta(days=1))
    assert claim(desk) == []


@pytest.mark.parametrize("error", ["", "x" * 5000])
def test_the_last_error_is_kept_short(desk, error):
    desk.run(put, "a")
    (job,) = claim(desk)
    desk.run(jobs.fail, job, error, None)
    kept = desk.read(
        lambda work: work.connection.execute(text("SELECT last_error FROM jobs")).scalar()
    )
    assert kept == error[:500]
