"""Every colour and every size of the console; nothing else in ``app`` names one.

Style sheet, delegates and charts read from here. Colours are ``#RRGGBB``, sizes are logical pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Tone(StrEnum):
    """What a colour says. Never said by colour alone: a word stands beside it."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    DANGER = "danger"
    WARNING = "warning"
    SUCCESS = "success"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme."""

    dark: bool
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    danger: str
    warning: str
    success: str
    info: str
    accent_tint: str
    danger_tint: str
    warning_tint: str
    success_tint: str
    info_tint: str
    hover: str
    selection: str
    # What stands on a filled accent or danger area, and those areas under the pointer.
    on_accent: str
    on_danger: str
    accent_strong: str
    danger_strong: str
    # A line that must be seen: the border of a field, the thumb of a scroll bar.
    border: str
    shadow: str
    # Okabe–Ito, in the order series take them.
    series: tuple[str, ...]

    def ink(self, tone: Tone) -> str:
        """The colour of words and dots in a tone."""
        return self.muted if tone is Tone.NEUTRAL else str(getattr(self, tone.value))

    def tint(self, tone: Tone) -> str:
        """The quiet colour behind words in a tone."""
        return self.hover if tone is Tone.NEUTRAL else str(getattr(self, f"{tone.value}_tint"))


LIGHT: Final = Tokens(
    dark=False,
    surface="#FFFFFF",
    raised="#F7F8FA",
    line="#E4E7EC",
    text="#1B1F27",
    muted="#5F6979",
    accent="#0F766E",
    danger="#B42318",
    warning="#B54708",
    success="#067647",
    info="#175CD3",
    accent_tint="#E6F4F2",
    danger_tint="#FEF3F2",
    warning_tint="#FFFAEB",
    success_tint="#ECFDF3",
    info_tint="#EFF8FF",
    hover="#F2F4F7",
    selection="#E6F4F2",
    on_accent="#FFFFFF",
    on_danger="#FFFFFF",
    accent_strong="#0B5F58",
    danger_strong="#912018",
    border="#CDD2DB",
    shadow="#1B1F27",
    series=("#009E73", "#0072B2", "#E69F00", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#5F6979"),
)

DARK: Final = Tokens(
    dark=True,
    surface="#16181D",
    raised="#1D2026",
    line="#2B2F37",
    text="#E6E8EC",
    muted="#98A1B0",
    accent="#2DD4BF",
    danger="#F97066",
    warning="#FDB022",
    success="#47CD89",
    info="#84CAFF",
    accent_tint="#123532",
    danger_tint="#3A1714",
    warning_tint="#3A2A0C",
    success_tint="#0F2F20",
    info_tint="#12283D",
    hover="#22262D",
    selection="#153230",
    on_accent="#0B1F1C",
    on_danger="#2A0B08",
    accent_strong="#5EEAD4",
    danger_strong="#FDA29B",
    border="#3C424D",
    shadow="#000000",
    series=("#2BC495", "#56B4E9", "#E69F00", "#DE94BD", "#4C9FD6", "#EE7733", "#F0E442", "#98A1B0"),
)


class Size:
    """Sizes in logical pixels; distances are multiples of 4."""

    TEXT_SMALL: Final = 12
    TEXT: Final = 13
    TEXT_LARGE: Final = 15
    TITLE: Final = 20
    HEADLINE: Final = 28

    GAP: Final = 8
    GUTTER: Final = 20
    CELL: Final = 12

    RADIUS: Final = 6
    RADIUS_PILL: Final = 10
    RADIUS_CHIP: Final = 14

    ROW: Final = 32
    ROW_COMPACT: Final = 26
    ROW_TALL: Final = 56
    CONTROL: Final = 32
    CHIP: Final = 28
    PILL: Final = 20
    ACCENT_EDGE: Final = 3

    RAIL: Final = 56
    RAIL_OPEN: Final = 200
    TOP_BAR: Final = 48
    RAIL_ITEM: Final = 40
    ICON: Final = 20
    ICON_SMALL: Final = 16
    AVATAR: Final = 28
    SEARCH_WIDTH: Final = 460
    PANE_LEAST: Final = 360
    PANE_MOST: Final = 480
    WINDOW_LEAST_WIDTH: Final = 900
    WINDOW_LEAST_HEIGHT: Final = 600


class Weight:
    """Font weights that ship with the program."""

    REGULAR: Final = 400
    MEDIUM: Final = 500
    SEMIBOLD: Final = 600


# Milliseconds; nothing moves longer.
LONGEST_MOTION_MS: Final = 120
