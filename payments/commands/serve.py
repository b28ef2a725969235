"""``serve``: the payment services over HTTPS in one process, jobs included."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import uvicorn

from payments import logs
from payments.api.app import create_app
from payments.api.services import Services
from payments.assembly import (
    add_first_administrator,
    connected,
    found_merchant,
    open_database,
    opened_seal,
    prepared,
    services_of,
)
from payments.certificates import Authority
from payments.commands import CommandError
from payments.flows.handlers import handlers
from payments.settings import (
    Settings,
    add_database_arguments,
    add_listening_arguments,
    listening_socket,
    prepare_folder,
    settings_of,
)
from payments.store.database import Database
from payments.workers.worker import Worker

# Long polls wait 25 s; what is still running this long after a stop is cut off.
_GRACE_S: Final = 3
_KEEP_ALIVE_S: Final = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``serve``."""
    add_database_arguments(parser)
    add_listening_arguments(parser)
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="end when standard input is closed"
    )
    parser.add_argument(
        "--first-admin",
        metavar="LOGIN",
        help="make this administrator when there is no user; the password is read as one line",
    )
    parser.add_argument(
        "--sample",
        metavar="SEED:DAYS",
        help="fill an empty database with the sample business, and let it trade live",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop. Raises CommandError for what a person can put right."""
    logs.set_up()
    settings = settings_of(options, os.environ)
    prepare_folder(settings.folder)
    first_password = sys.stdin.readline().rstrip("\r\n") if options.first_admin else ""
    listening = listening_socket(settings)
    with listening:
        loop_factory = uvicorn.Config("", loop="auto").get_loop_factory()
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(_serve(settings, options, listening, first_password))
    return 0


class _Server(uvicorn.Server):
    """Says when it listens, and leaves signals to us: its own would end the process by one."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(
    settings: Settings,
    options: argparse.Namespace,
    listening: socket.socket,
    first_password: str,
) -> None:
    database = open_database(settings)
    try:
        await prepared(database)
        if options.sample:
            await _fill(database, options.sample)
        await database.run(found_merchant)
        if options.first_admin:
            await add_first_administrator(database, options.first_admin, first_password)
        seal = opened_seal(settings)
        channels = await connected(settings, database, seal)
        base = settings.public_url or _url(listening)
        worker = Worker(database, handlers(database, channels, base))
        services = services_of(database, channels, seal, base)
        server = _server(settings, services, _url(listening))
        with _stopped_from_outside(server, with_parent=options.exit_with_parent):
            await _together(server.serve([listening]), server, worker)
    finally:
        await database.close()


async def _fill(database: Database, seed_and_days: str) -> None:
    from payments.demo import command  # noqa: PLC0415 - only the sample needs it
    from payments.demo.business import Plan, SampleElsewhereError, fill  # noqa: PLC0415 - likewise

    seed, _, days = seed_and_days.partition(":")
    if not (seed.isdecimal() and days.isdecimal() and int(days)):
        raise CommandError("--sample takes SEED:DAYS, two whole numbers such as 7:90.")
    try:
        now = datetime.now(UTC).replace(microsecond=0)
        await fill(database, Plan(int(seed), int(days), now), command.report)
    except SampleElsewhereError:
        raise CommandError(command.ELSEWHERE) from None


def _server(settings: Settings, services: Services, url: str) -> _Server:
    authority = Authority.in_folder(settings.tls_folder)
    ready = {"url": url, "ca": str(authority.ca_file), "pid": os.getpid()}
    config = uvicorn.Config(
        create_app(services, compressed=not settings.loopback),
        ssl_certfile=settings.certificate_file or authority.certificate_file,
        ssl_keyfile=settings.key_file or authority.key_file,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    return _Server(config, lambda: _say(ready))


async def _together(serving: Coroutine[Any, Any, None], server: _Server, worker: Worker) -> None:
    """Serve and work on jobs; when one of them ends, the other is stopped."""
    working = asyncio.create_task(worker.run())
    working.add_done_callback(lambda _task: setattr(server, "should_exit", True))
    try:
        await serving
    finally:
        worker.stop()
        await working


@contextmanager
def _stopped_from_outside(server: _Server, *, with_parent: bool) -> Iterator[None]:
    """Stop the server on SIGINT and SIGTERM and, when asked to, when standard input closes."""

    def stop(*_signal: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    if with_parent:
        threading.Thread(target=_wait_for_parent, args=(stop,), daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_for_parent(stop: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop()


def _url(listening: socket.socket) -> str:
    host, port, *_ = listening.getsockname()
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
