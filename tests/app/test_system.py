"""The sentences a machine without a display or without Qt's libraries gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app import system

ROOT = Path(__file__).resolve().parents[2]
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about Linux")


def started(*options, **environment):
    return subprocess.run(
        [sys.executable, "main.py", *options],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@linux_only
def test_without_a_display_one_sentence_and_exit_2():
    ended = started()
    assert ended.returncode == 2
    assert "no display" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@linux_only
def test_a_missing_library_is_named_with_its_package_and_command(monkeypatch):
    monkeypatch.setattr(system, "_loads", lambda name: name != "libEGL.so.1")
    monkeypatch.setattr(system.shutil, "which", lambda name: name == "apt-get" or None)
    sentence = system.missing({"QT_QPA_PLATFORM": "offscreen"})
    assert "libEGL.so.1" in sentence
    assert "sudo apt-get install libegl1" in sentence


def test_version_and_help_need_no_display():
    assert started("--version").stdout.startswith("Suanpan ")
    assert "--connect" in started("--help").stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--screens", "x"),
        ("--ca", "x"),
        ("--sample", "--connect", "https://localhost"),
        ("--theme", "pink"),
        ("--connect", "https://localhost", "--ca", "no-such-file"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_starts(options):
    ended = started(*options)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
