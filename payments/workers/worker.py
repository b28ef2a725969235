"""The loop that claims jobs, hands each to its handler, and finishes it or has it tried again.

A handler does its work in transactions of its own and may be called again for the same job: after
a failure, and after a process died between the work and the finishing. It is therefore written so
that a repetition changes nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog

from payments.store import idempotency, jobs, security_events
from payments.store.database import Database, DatabaseBusyError
from payments.store.jobs import Job
from payments.store.work import Work
from payments.workers.retry import pause_after

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]

_AT_A_TIME: Final = 8
_LEASE: Final = timedelta(seconds=60)
# How long a job that another process has put may go unnoticed.
_LOOK_EVERY_S: Final = 0.5
_AFTER_TROUBLE_S: Final = 2.0
_GRACE_S: Final = 10.0
_TIDY_EVERY_S: Final = 3600.0
# How long a request may be repeated under its key and get its first answer again.
_KEYS_KEPT: Final = timedelta(days=30)

_log = structlog.get_logger("payments.workers")


class Worker:
    """Works on jobs until told to stop; any number of workers share one database."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        at_a_time: int = _AT_A_TIME,
        lease: timedelta = _LEASE,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._at_a_time = at_a_time
        self._lease = lease
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._tidy_at = float("-inf")

    def stop(self) -> None:
        """Take no more jobs; ``run`` returns when those under way have ended."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until ``stop``. What has not ended ten seconds later is left to another worker."""
        while not self._stopping.is_set():
            try:
                await self._tidy()
                await self._turn()
            except DatabaseBusyError as error:
                _log.warning("worker_waits_for_database", exc_info=error)
                await self._rest(_AFTER_TROUBLE_S)
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def drain(self) -> int:
        """Do everything that is due now, and what becomes due by it; how many jobs that was."""
        done = 0
        while claimed := await self._claim():
            await asyncio.gather(*map(self._work_on, claimed))
            done += len(claimed)
        return done

    async def _tidy(self) -> None:
        """Once an hour, forget what nobody asks for any more."""
        now = asyncio.get_running_loop().time()
        if now >= self._tidy_at:
            self._tidy_at = now + _TIDY_EVERY_S
            await self._database.run(_forget_old_keys)

    async def _turn(self) -> None:
        """Start what is due and there is room for, then wait until there may be more to do."""
        claimed = await self._claim()
        for job in claimed:
            task = asyncio.create_task(self._work_alone(job), name=f"job {job.kind}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        if len(self._running) >= self._at_a_time:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        elif not claimed:
            await self._rest(_LOOK_EVERY_S)

    async def _claim(self) -> Sequence[Job]:
        room = self._at_a_time - len(self._running)
        due_ms = await self._database.read(jobs.next_due_ms)
        if room <= 0 or due_ms is None or due_ms > self._database.now_ms():
            return ()
        return await self._database.run(jobs.claim, room, self._lease)

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _work_alone(self, job: Job) -> None:
        try:
            await self._work_on(job)
        except DatabaseBusyError as error:
            # The lease runs out, and the job is claimed again.
            _log.warning("job_left", kind=job.kind, job=job.id, exc_info=error)

    async def _work_on(self, job: Job) -> None:
        """Handle a job under its lease and write down how it went. Raises DatabaseBusyError."""
        try:
            # Beyond the lease another worker has it: two would do the same work side by side.
            async with asyncio.timeout(self._lease.total_seconds()):
                await self._handlers[job.kind](job.args)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the job is tried again
            await self._failed(job, error)
        else:
            await self._database.run(jobs.finish, job)

    async def _failed(self, job: Job, error: Exception) -> None:
        _log.warning("job_failed", kind=job.kind, job=job.id, attempts=job.attempts, exc_info=error)
        pause = pause_after(job.attempts, random.random())  # noqa: S311 - spreads retries
        await self._database.run(_try_again, job, type(error).__qualname__, pause)
        if pause is None:
            _log.error("job_dead", kind=job.kind, job=job.id, attempts=job.attempts)


def _try_again(work: Work, job: Job, error: str, pause: timedelta | None) -> None:
    if jobs.fail(work, job, error, None if pause is None else work.now + pause) and pause is None:
        security_events.add(work, "job_dead", "", job.id, {"kind": job.kind, "error": error})


def _forget_old_keys(work: Work) -> None:
    idempotency.forget_before(work, work.now - _KEYS_KEPT)
