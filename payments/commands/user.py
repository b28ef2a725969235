"""``user add`` and ``user reset``: people are made here, never with a password on the command line.

The password is asked for twice on a terminal, else read as one line of standard input.
"""

from __future__ import annotations

import argparse
import getpass
import os
import re
import sys
from dataclasses import replace
from typing import Final

from payments import logs
from payments.assembly import add_user, found_merchant, hashed, open_database, prepared
from payments.commands import CommandError
from payments.contract.roles import Role
from payments.settings import add_database_arguments, prepare_folder, settings_of
from payments.store import audit, sessions, users
from payments.store.work import Work

_NUMBER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``user``."""
    parser.add_argument("action", choices=("add", "reset"), help="add a user, or let one in again")
    parser.add_argument("login", help="what the user signs in with")
    parser.add_argument("--role", choices=[role.value for role in Role], help="for add")
    parser.add_argument("--name", help="for add: what others see (default: the login)")
    parser.add_argument(
        "--instructor", default="", metavar="ID", help="for add: whose products a creator sees"
    )
    add_database_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Add or reset a user. Raises CommandError for what a person can put right."""
    logs.set_up()
    settings = settings_of(options, os.environ)
    if options.action == "add":
        _check(options)
    password_hash = hashed(_password())
    prepare_folder(settings.folder)
    with open_database(settings) as database:
        database.complete(prepared(database))
        database.run_sync(found_merchant)
        if options.action == "add":
            database.run_sync(
                add_user,
                options.login,
                options.name or options.login,
                Role(options.role),
                options.instructor,
                password_hash,
            )
        else:
            database.run_sync(_reset, options.login, password_hash)
    sys.stdout.write(f"{options.login} can sign in.\n")
    return 0


def _check(options: argparse.Namespace) -> None:
    if not options.role:
        raise CommandError("Give --role: what the user may do.")
    if not 1 <= len(options.login) <= 120 or not options.login.isprintable():  # noqa: PLR2004 - as the wire's names
        raise CommandError("A login has 1 to 120 printable characters.")
    if len(options.name or "") > 120 or not (options.name or "").isprintable():  # noqa: PLR2004 - likewise
        raise CommandError("A name has at most 120 printable characters.")
    if not _NUMBER.fullmatch(options.instructor or "none"):
        raise CommandError("An instructor's number is letters, digits, - and _, 64 at most.")
    if (options.role == Role.CREATOR) != bool(options.instructor):
        raise CommandError("A creator, and nobody else, has --instructor: whose products to see.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password


def _reset(work: Work, login: str, password_hash: str) -> None:
    """New password, no second factor, no lock-out, and every session ended."""
    user = users.locked_by_login(work, login)
    if user is None:
        message = f"There is no user {login}."
        raise CommandError(message)
    changed = replace(
        user, password_hash=password_hash, second_factor="", failed=0, locked_until_ms=None
    )
    users.save(work, changed)
    users.replace_recovery_codes(work, user.id, ())
    sessions.end_all_of(work, user.id)
    audit.note(work, "user.reset", user.id)
