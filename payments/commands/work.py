"""``work``: background jobs only, beside processes that serve; as many as the business needs."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal

from payments import logs
from payments.assembly import connected, open_database, opened_seal, prepared
from payments.commands import CommandError
from payments.flows.handlers import handlers
from payments.settings import Settings, add_database_arguments, prepare_folder, settings_of
from payments.workers.worker import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``work``."""
    add_database_arguments(parser)
    parser.add_argument(
        "--public-url", default="", metavar="URL", help="where channels notify the services"
    )


def run(options: argparse.Namespace) -> int:
    """Work on jobs until SIGINT or SIGTERM."""
    logs.set_up()
    settings = settings_of(options, os.environ)
    if not settings.public_url:
        raise CommandError("Give --public-url: the address that payment channels notify.")
    prepare_folder(settings.folder)
    asyncio.run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    database = open_database(settings)
    try:
        await prepared(database)
        channels = await connected(settings, database, opened_seal(settings))
        worker = Worker(database, handlers(database, channels, settings.public_url))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(worker.stop))
        await worker.run()
    finally:
        await database.close()
