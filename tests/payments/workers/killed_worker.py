"""A worker process that kills itself the hard way at the step it is told; see test_killed."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from datetime import timedelta

from payments.domain.ledger_entries import Entry
from payments.store import ledger, notices
from payments.store.database import Database
from payments.workers.worker import Worker

LEASE = timedelta(milliseconds=400)


def credit(work, name):
    """The effect, judged under a lock: a repetition finds that it has happened."""
    if notices.is_new(work, "test", name):
        ledger.post(work, "x", (Entry("a", "CNY", 1), Entry("b", "CNY", -1)), order_id=name)


def steps(last):
    """A function that counts its calls and does not return from the last."""
    left = itertools.count(last, -1)

    def step():
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


async def main(url: str, last_step: int) -> None:
    step = steps(last_step)
    database = Database.open(url)

    async def handle(args):
        step()
        await database.run(lambda work: (credit(work, args["name"]), step()))
        step()

    worker = Worker(database, {"credit": handle}, lease=LEASE)
    while await database.read(jobs_left):
        await worker.drain()
        await asyncio.sleep(0.02)
    await database.close()


def jobs_left(work):
    return work.connection.exec_driver_sql("SELECT count(*) FROM jobs").scalar()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
