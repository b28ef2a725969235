from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from payments.store import jobs, ledger
from payments.store.database import Database

JOBS = 40
PROCESSES = 2
# At which step each worker that is started kills itself (three steps a job); 0: at none.
DIES_AT = (5, 12, 20, 31, 0, 0)
ROOT = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("killed_worker.py")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_workers_killed_at_any_moment_lose_nothing_and_double_nothing(database_url):
    with Database.open(database_url) as database:

        def put_all(work):
            for n in range(JOBS):
                jobs.put(work, "credit", {"name": f"n{n}"})

        database.run_sync(put_all)
    kills = _work_until_done(database_url)
    with Database.open(database_url) as database:
        check = database.read_sync(ledger.check)
        assert (check.transactions, check.balanced, check.chain_intact) == (JOBS, True, True)
        assert database.read_sync(ledger.balance, "a", "CNY") == JOBS
        assert database.read_sync(jobs.next_due_ms) is None
    # The four that die could not have done all the work: the fifth started after three deaths.
    assert kills >= 3


def _work_until_done(url):
    """Start workers again as they die, until both have ended by themselves; how many died."""
    starts = iter(DIES_AT)
    running = [_start(url, next(starts)) for _ in range(PROCESSES)]
    kills = 0
    try:
        while running:
            worker = running.pop(0)
            ended = worker.wait(timeout=60)
            assert ended in {0, -signal.SIGKILL}
            if ended:
                kills += 1
                running.append(_start(url, next(starts)))
    finally:
        for worker in running:
            worker.kill()
            worker.wait()
    return kills


def _start(url, last_step):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, str(SCRIPT), url, str(last_step)], env=environment)
