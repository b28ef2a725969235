"""The command that runs the simulators: one line of details, until it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from payments.channels.simulation.host import Simulators

ROOT = Path(__file__).parents[4]
COMMAND = [sys.executable, "-m", "payments", "simulate"]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
def test_it_says_where_it_is_answers_and_ends_when_asked(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "--folder", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        details = json.loads(process.stdout.readline())
        context = ssl.create_default_context(cafile=details["ca_file"])
        assert httpx.get(details["till"], verify=context).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_taken_port_is_one_plain_sentence(simulators: Simulators, tmp_path: Path) -> None:
    port = simulators.details["base_url"].rsplit(":", 1)[1]
    done = subprocess.run(
        [*COMMAND, "--folder", str(tmp_path), "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "another port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("wrong", [["--port", "70000"], ["--time-scale", "0"], []])
def test_wrong_options_are_refused(tmp_path: Path, wrong: list[str]) -> None:
    folder = ["--folder", str(tmp_path)] if wrong else []
    done = subprocess.run(
        [*COMMAND, *folder, *wrong],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
