"""Set the project up and start it: needs nothing but python3 (3.11 or newer) and pip.

``python3 dev.py run [-- OPTIONS]`` starts the console, ``python3 dev.py test [-- OPTIONS]`` runs the
tests, ``python3 dev.py check`` runs the linters, ``python3 dev.py lock`` renews the lock files.
Everything is installed into ``.venv`` beside this file from lock files with hashes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"
OLDEST_PYTHON = (3, 11)

CHECKS = (
    ("ruff check", "-m", "ruff", "check", "."),
    ("ruff format", "-m", "ruff", "format", "--check", "."),
    ("types", "-m", "mypy"),
    ("import contracts", "-c", "from importlinter.cli import lint_imports_command as c; c()"),
)
LOCK_OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
    "--upgrade",
    "--quiet",
)


def stop(sentence: str) -> int:
    """Say in one sentence what is missing; 2 is the exit status for it."""
    print(sentence, file=sys.stderr)
    return 2


def call(*arguments: str | Path, environment: dict[str, str] | None = None) -> int:
    """Run a command in the project's folder and wait for it."""
    command = [str(argument) for argument in arguments]
    return subprocess.call(command, cwd=ROOT, env=environment)


def module(*arguments: str, environment: dict[str, str] | None = None) -> int:
    """Run a module with the project's own Python."""
    return call(PYTHON, "-m", *arguments, environment=environment)


def is_installed(lock: Path) -> bool:
    """Whether the environment holds exactly what this lock file names."""
    marker = ENVIRONMENT / f"{lock.stem}.installed"
    return marker.exists() and marker.read_text() == _digest(lock)


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def install(lock: Path) -> int:
    """Make the environment and install what the lock names; does nothing when it is there."""
    if is_installed(lock):
        return 0
    if not PYTHON.exists():
        # Without pip: some systems package ensurepip apart, and the pip that runs here can do it.
        venv.create(ENVIRONMENT, with_pip=False, symlinks=os.name != "nt")
    print(f"Setting up {ENVIRONMENT.name} from {lock.name} …", file=sys.stderr, flush=True)
    pip = (sys.executable, "-m", "pip", "--python", str(PYTHON), "--disable-pip-version-check")
    options = ("install", "--quiet", "--require-hashes", "--prefer-binary")
    status = call(*pip, *options, "--requirement", lock)
    if status:
        return stop(
            "The set-up did not finish: pip could not install the locked packages (its message is"
            " above). Check the network or the package index that pip is set to, then try again."
        )
    for done in (lock, RUN_LOCK):  # the test lock holds all that the other one names
        (ENVIRONMENT / f"{done.stem}.installed").write_text(_digest(done))
    return 0


def run(options: list[str]) -> int:
    """Start the console."""
    return install(RUN_LOCK) or call(PYTHON, "main.py", *options)


def test(options: list[str]) -> int:
    """Run the tests, on both cores of a small machine."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    chosen = options or ["-n", "2", "--dist", "loadfile"]
    return install(TEST_LOCK) or module("pytest", *chosen, environment=environment)


def check(_options: list[str]) -> int:
    """Lint, types and the import contracts of the floor plan."""
    status = install(TEST_LOCK)
    if status:
        return status
    failed = [name for name, *arguments in CHECKS if call(PYTHON, *arguments)]
    return stop(f"Not clean: {', '.join(failed)}.") if failed else 0


def lock(_options: list[str]) -> int:
    """Renew both lock files from pyproject.toml; needs uv inside the environment."""
    compile_ = ("uv", "pip", "compile", *LOCK_OPTIONS, "pyproject.toml")
    return module(*compile_, "--output-file", RUN_LOCK.name) or module(
        *compile_, "--group", "test", "--output-file", TEST_LOCK.name
    )


COMMANDS = {"run": run, "test": test, "check": check, "lock": lock}


def main(arguments: list[str]) -> int:
    """Do what the first word says; everything after ``--`` goes to the program or the tests."""
    if sys.version_info < OLDEST_PYTHON:
        return stop(
            f"Suanpan needs Python 3.11 or newer; this is {sys.version.split()[0]}."
            " Install a newer python3 and call dev.py with it."
        )
    if not arguments or arguments[0] not in COMMANDS:
        return stop(f"Usage: python3 dev.py {'|'.join(COMMANDS)} [-- OPTIONS]")
    options = [word for word in arguments[1:] if word != "--"]
    return COMMANDS[arguments[0]](options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
