"""Where the files that ship with the program lie: fonts, icons, styles and words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

RESOURCES: Final = Path(__file__).resolve().parent.parent / "resources"
