"""Starts the console: parses the command line and calls app.launch; nothing else."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

VERSION = "0.1.0"


def arguments() -> argparse.ArgumentParser:
    """The command line of the console."""
    parser = argparse.ArgumentParser(
        prog="suanpan", description="Suanpan: the merchant console of a knowledge platform."
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--sample", action="store_true", help="open the sample business, signed in as administrator"
    )
    way.add_argument("--connect", metavar="URL", help="connect to payment services at this address")
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="certificate authority of --connect, as PEM"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the console keeps its data")
    parser.add_argument("--language", choices=("zh-CN", "en"), help="language of this run")
    parser.add_argument("--theme", choices=("light", "dark", "system"), help="theme of this run")
    parser.add_argument("--offline", action="store_true", help="read the local copy, ask no server")
    parser.add_argument("--live", action="store_true", help="with --sample: new orders keep coming")
    parser.add_argument(
        "--screens", type=Path, metavar="DIR", help="with --sample: picture every screen and leave"
    )
    parser.add_argument("--version", action="version", version=f"Suanpan {VERSION}")
    return parser


def main() -> int:
    """Check the command line and the machine, then start; 2 when something is missing."""
    parser = arguments()
    options = parser.parse_args()
    if (options.screens or options.live) and not options.sample:
        parser.error("--screens and --live go with --sample")
    if options.ca and not options.connect:
        parser.error("--ca goes with --connect")
    if options.ca and not options.ca.is_file():
        parser.error(f"--ca: there is no file {options.ca}")
    from app import system  # noqa: PLC0415 - nothing of Qt before the machine has been looked at

    missing = system.missing()
    if missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    from app import launch  # noqa: PLC0415 - likewise

    return launch.start(launch.Options(**vars(options)))


if __name__ == "__main__":
    sys.exit(main())
