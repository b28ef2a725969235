"""``python -m payments <command>``: serve, work, migrate, user, sample, import, simulate.

Commands are imported only when they are chosen. A wrong option, file or port is one plain sentence
on standard error and exit code 2, never a traceback.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from payments.commands import CommandError
from payments.store.errors import DatabaseBusyError

# Name → the module that has ``add_arguments`` and ``run``, and what the command is for.
COMMANDS: Final = {
    "serve": ("payments.commands.serve", "run the payment services over HTTPS"),
    "work": ("payments.commands.work", "run background jobs only, beside other processes"),
    "migrate": ("payments.commands.migrate", "bring a database to this version's schema"),
    "user": ("payments.commands.user", "add a user or reset one's password"),
    "sample": ("payments.demo.command", "fill a database with the sample business"),
    "import": ("payments.imports.command", "bring in orders from another system's files"),
    "simulate": ("payments.channels.simulation.command", "run payment channels on this machine"),
}
_REFUSED: Final = 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage of every option above it."""

    def error(self, message: str) -> NoReturn:
        self.exit(_REFUSED, f"{message[:1].upper()}{message[1:]}; see {self.prog} --help.\n")


def _overview() -> str:
    return "\n".join(f"  {name:<10}{purpose}" for name, (_, purpose) in COMMANDS.items())


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code, 2 when it was asked for something it cannot do."""
    overview = _Parser(
        prog="python -m payments",
        description="The Suanpan payment services.",
        epilog=f"commands:\n{_overview()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    overview.add_argument("command", choices=COMMANDS, metavar="command")
    name = overview.parse_args(arguments[:1]).command
    module, purpose = COMMANDS[name]
    try:
        command = import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        sys.stderr.write(f"The command {name} is not part of this installation.\n")
        return _REFUSED
    parser = _Parser(prog=f"python -m payments {name}", description=f"{purpose.capitalize()}.")
    command.add_arguments(parser)
    try:
        code: int = command.run(parser.parse_args(arguments[1:]))
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
        return _REFUSED
    except DatabaseBusyError as error:
        sys.stderr.write(f"The database cannot be used: {error}.\n")
        return _REFUSED
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
