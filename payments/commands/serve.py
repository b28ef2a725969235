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
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

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

if TYPE_CHECKING:
    from payments.demo.beside import Sample

# Long polls wait 25 s; what is still running this long after a stop is cut off. A console that has
# gone waits for no answer.
_GRACE_S: Final = 10
_GRACE_WITHOUT_PARENT_S: Final = 1
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
        "--first-name", metavar="NAME", help="with --first-admin: the name of that person"
    )
    parser.add_argument(
        "--business", metavar="NAME", help="the name of the business, when it is founded now"
    )
    parser.add_argument(
        "--sample",
        metavar="SEED:DAYS",
        help="build the sample business in an empty database, with simulated providers to pay at",
    )
    parser.add_argument("--live", action="store_true", help="with --sample: new orders keep coming")


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop. Raises CommandError for what a person can put right."""
    logs.set_up()
    settings = settings_of(options, os.environ)
    prepare_folder(settings.folder)
    first_password = sys.stdin.readline().rstrip("\r\n") if options.first_admin else ""
    listening = listening_socket(settings)
    with listening:
        loop_factory = uvicorn.Config("", log_config=None).get_loop_factory()
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
        with ExitStack() as beside:
            sample = await _sample(settings, options, database, beside)
            await database.run(found_merchant, *([options.business] if options.business else []))
            if options.first_admin:
                name = options.first_name or options.first_admin
                await add_first_administrator(database, options.first_admin, name, first_password)
            seal = opened_seal(settings)
            channels = await connected(sample.settings if sample else settings, database, seal)
            base = settings.public_url or _url(listening)
            worker = Worker(database, handlers(database, channels, base))
            services = services_of(database, channels, seal, base)
            grace_s = _GRACE_WITHOUT_PARENT_S if options.exit_with_parent else _GRACE_S
            server = _server(settings, services, _url(listening), grace_s)
            world = sample.running(services.payments) if sample else []
            with _stopped_from_outside(server, with_parent=options.exit_with_parent):
                await _together(server.serve([listening]), server, worker, world)
    finally:
        await database.close()


async def _sample(
    settings: Settings, options: argparse.Namespace, database: Database, beside: ExitStack
) -> Sample | None:
    """The sample business that this process builds while it serves, when it was asked for."""
    if not options.sample:
        return None
    from payments.demo.beside import begin_sample  # noqa: PLC0415 - only the sample needs it

    authority = Authority.in_folder(settings.tls_folder)
    return await begin_sample(
        settings, database, beside, authority.ca_file, options.sample, live=options.live
    )


def _server(settings: Settings, services: Services, url: str, grace_s: int) -> _Server:
    authority = Authority.in_folder(settings.tls_folder)
    ready = {"url": url, "ca": str(authority.ca_file), "pid": os.getpid()}
    config = uvicorn.Config(
        create_app(services, compressed=not settings.loopback),
        ssl_certfile=settings.certificate_file or authority.certificate_file,
        ssl_keyfile=settings.key_file or authority.key_file,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=grace_s,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    return _Server(config, lambda: _say(ready))


async def _together(
    serving: Coroutine[Any, Any, None],
    server: _Server,
    worker: Worker,
    world: Iterable[Coroutine[Any, Any, None]],
) -> None:
    """Serve and work on jobs; when one of them ends, the other is stopped, and the world too."""
    turning = [asyncio.create_task(one) for one in world]
    working = asyncio.create_task(worker.run())
    for task in (working, *turning):
        task.add_done_callback(lambda done: _stop_on_error(done, server))
    try:
        await serving
    finally:
        worker.stop()
        for task in turning:
            task.cancel()
        await asyncio.gather(*turning, return_exceptions=True)
        await working


def _stop_on_error(done: asyncio.Task[None], server: _Server) -> None:
    """A part that has failed ends the process: whoever started it sees why and starts it again."""
    if not done.cancelled() and done.exception() is not None:
        server.should_exit = True


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
