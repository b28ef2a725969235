"""``migrate``: bring a database to this version's schema and do nothing else."""

from __future__ import annotations

import argparse
import os
import sys

from payments import logs
from payments.assembly import found_merchant, open_database, prepared
from payments.settings import add_database_arguments, prepare_folder, settings_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``migrate``."""
    add_database_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Migrate, and found the merchant of an empty database."""
    logs.set_up()
    settings = settings_of(options, os.environ)
    prepare_folder(settings.folder)
    with open_database(settings) as database:
        database.complete(prepared(database))
        database.run_sync(found_merchant)
    sys.stdout.write("The database is up to date.\n")
    return 0
