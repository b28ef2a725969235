"""A PostgreSQL server of its own for a benchmark, as durable as in earnest."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_QUIET: Final = subprocess.DEVNULL


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL of this system, None without one."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


@contextmanager
def server(folder_of_binaries: Path) -> Iterator[Path]:
    """A running server; the folder of its socket. It refuses to run as root, who lends it a user."""
    folder = Path(tempfile.mkdtemp(prefix="suanpan-bench-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    initdb: list[str | Path] = [
        folder_of_binaries / "initdb",
        "-A",
        "trust",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "-D",
    ]
    subprocess.run([*initdb, data], check=True, user=user, cwd=folder, stdout=_QUIET)
    command: list[str | Path] = [
        folder_of_binaries / "postgres",
        "-h",
        "",
        "-k",
        folder,
        "-D",
        data,
    ]
    command += ["-c", "shared_buffers=128MB", "-c", "max_wal_size=2GB"]
    running = subprocess.Popen(command, user=user, cwd=folder, stdout=_QUIET, stderr=_QUIET)
    try:
        ready: list[str | Path] = [
            folder_of_binaries / "pg_isready",
            "-q",
            "-t",
            "30",
            "-h",
            folder,
        ]
        while subprocess.run(ready, check=False).returncode:
            if running.poll() is not None:
                raise OSError("PostgreSQL did not start")
        yield folder
    finally:
        running.terminate()
        running.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)
