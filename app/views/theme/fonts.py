"""The typefaces: Inter for Latin and figures, Noto Sans SC for Chinese, both shipped.

Figures are tabular in the shipped Inter itself, so amounts line up wherever they are drawn.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

from app.resources import RESOURCES
from app.views.theme.tokens import Size, Weight

LATIN: Final = "Inter"
CHINESE: Final = "Noto Sans SC"
# After the shipped families: characters outside the subset, in Chinese shapes, never Japanese ones.
FAMILIES: Final = (
    LATIN,
    CHINESE,
    "PingFang SC",
    "Microsoft YaHei UI",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
)
FILES: Final[tuple[Path, ...]] = tuple(
    RESOURCES / "fonts" / f"{family}-{weight}.ttf"
    for family in ("Inter", "NotoSansSC")
    for weight in ("Regular", "Medium", "SemiBold")
)


class FontMissingError(RuntimeError):
    """A font file that ships with the program is absent or cannot be read."""


@cache
def load() -> None:
    """Make the shipped fonts known to Qt, once. Raises FontMissingError."""
    for file in FILES:
        if QFontDatabase.addApplicationFont(str(file)) < 0:
            raise FontMissingError(str(file))


@cache
def font(size: int = Size.TEXT, weight: int = Weight.REGULAR) -> QFont:
    """The interface font in a size (logical pixels) and weight. Callers do not change it."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    made.setPixelSize(size)
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made
