"""``sample``: fill an empty database with the sample business."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime

from payments.commands import CommandError
from payments.demo.business import Plan, SampleElsewhereError, fill
from payments.settings import add_database_arguments, prepare_folder, settings_of
from payments.store.database import Database
from payments.store.migrations import migrate

DEFAULT_SEED = 7
DEFAULT_DAYS = 400
_MOST_DAYS = 4000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``sample``."""
    add_database_arguments(parser)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="same seed, same business")
    parser.add_argument("--days", type=int, default=DEFAULT_DAYS, help="days of business until now")
    parser.add_argument(
        "--until", metavar="INSTANT", help="the business's present, RFC 3339; now when left out"
    )


def run(options: argparse.Namespace) -> int:
    """Build it, with progress lines; the last line says how many orders there are."""
    plan = Plan(options.seed, _days(options.days), _until(options.until))
    settings = settings_of(options, os.environ)
    prepare_folder(settings.folder)
    with Database.open(settings.database_url) as database:
        try:
            database.run_sync(migrate)
            orders = database.complete(fill(database, plan, report))
        except SampleElsewhereError:
            raise CommandError(ELSEWHERE) from None
    sys.stdout.write(json.dumps({"orders": orders, "seed": plan.seed}) + "\n")
    return 0


ELSEWHERE = "This database holds a business of its own; the sample needs an empty one."


def report(done: int, total: int) -> None:
    """One progress line, as the console reads it."""
    sys.stdout.write(json.dumps({"sample": {"done": done, "total": total}}) + "\n")
    sys.stdout.flush()


def _days(days: int) -> int:
    if not 1 <= days <= _MOST_DAYS:
        message = f"--days takes a whole number from 1 to {_MOST_DAYS}."
        raise CommandError(message)
    return days


def _until(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        message = f"--until is no instant: {text}."
        raise CommandError(message) from None
    return until if until.tzinfo else until.replace(tzinfo=UTC)
