"""Starting: what is in the way is said, and nothing is half open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QLockFile

ROOT = Path(__file__).resolve().parents[3]


def started(data, *options):
    return subprocess.run(
        [sys.executable, "main.py", "--language", "en", "--data", str(data), *options],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    ended = started(tmp_path / "file" / "data")
    assert ended.returncode == 2
    assert "cannot keep its data" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_nothing_slow_is_loaded_before_the_window_is_there():
    slow = "{'httpx', 'keyring', 'matplotlib', 'sqlalchemy', 'sqlcipher3', 'numpy', 'argon2'}"
    said = f"import sys; from app import launch; print(*sorted({slow} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not loaded.stdout.split()


def test_the_same_data_is_not_opened_twice(tmp_path, monkeypatch, qapp):
    from app import launch

    said = []
    monkeypatch.setattr(launch.QMessageBox, "exec", lambda box: said.append(box.text()))
    monkeypatch.setattr(launch, "QApplication", _Same(qapp))
    guard = QLockFile(str(tmp_path / "console.lock"))
    assert guard.tryLock(0)
    assert launch.start(launch.Options(data=tmp_path, language="en")) == 3
    assert said == ["Suanpan is already open with this data."]
    guard.unlock()


class _Same:
    """The one application of the tests, where a new one would be made."""

    def __init__(self, application):
        self._application = application

    def __call__(self, _arguments):
        return self._application

    def setHighDpiScaleFactorRoundingPolicy(self, _policy):  # noqa: N802 - Qt's name
        """Chosen already."""
