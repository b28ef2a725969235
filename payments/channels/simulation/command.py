"""``python -m payments simulate``: run the simulated providers and their till on this machine."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from typing import Final

import msgspec

from payments.channels.simulation.host import Simulators
from payments.commands import CommandError

_LARGEST_PORT: Final = 65_535
_LISTEN_S: Final = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--folder",
        type=Path,
        required=True,
        help="where the simulators' test keys are made and kept",
    )
    parser.add_argument("--port", type=_port, default=0, help="0, the default, takes a free port")
    parser.add_argument(
        "--notify-ca",
        type=Path,
        help="what the merchant's certificate is checked with; default: the folder's own authority",
    )
    parser.add_argument(
        "--time-scale",
        type=_scale,
        default=1.0,
        help="divides every waiting time of the providers; 60 makes a minute a second",
    )


def run(options: argparse.Namespace) -> int:
    """Print one JSON line of details, then answer until interrupted. Raises CommandError."""
    try:
        simulators = Simulators.start(
            options.folder,
            port=options.port,
            notify_ca=options.notify_ca,
            time_scale=options.time_scale,
        )
    except OSError as error:
        message = f"The simulators cannot start: {error}; choose another port or folder."
        raise CommandError(message) from error
    asked_to_stop = threading.Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: asked_to_stop.set())
    with simulators:
        sys.stdout.write(msgspec.json.encode(simulators.details).decode() + "\n")
        sys.stdout.flush()
        # In short waits, because Windows does not interrupt a long one.
        while not asked_to_stop.wait(_LISTEN_S):
            pass
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _LARGEST_PORT:
        raise argparse.ArgumentTypeError("a port is 0 to 65535")
    return port


def _scale(text: str) -> float:
    scale = float(text)
    if not scale > 0:
        raise argparse.ArgumentTypeError("a time scale is more than 0")
    return scale
