"""How the console looked when it was closed: windows, columns, filters, language, theme.

A plain JSON file, so nothing personal and no secret goes in: what is typed in a search field or
saved as a view stays in the encrypted store. A damaged file costs the preferences, never the start.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from app.services.files import write_whole

T = TypeVar("T")


class Preferences:
    """Named values of plain types, used in the GUI thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = _read(path)
        self._written = dict(self._values)

    def value(self, name: str, kind: type[T], default: T) -> T:
        """What was put under a name, or the default where that is missing or of another kind."""
        try:
            return msgspec.convert(self._values[name], kind)
        except (KeyError, msgspec.ValidationError):
            return default

    def put(self, name: str, value: object) -> None:
        """Remember a value: text, numbers, bytes, lists, mappings, dataclasses or structs."""
        self._values[name] = msgspec.to_builtins(value)

    def remove(self, name: str) -> None:
        """Go back to the default."""
        self._values.pop(name, None)

    def save(self) -> None:
        """Write what changed since the last time, at once. Raises OSError."""
        if self._values != self._written:
            write_whole(self._path, msgspec.json.format(msgspec.json.encode(self._values)))
            self._written = dict(self._values)


def _read(path: Path) -> dict[str, object]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, object])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
