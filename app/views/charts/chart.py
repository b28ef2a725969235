"""What every chart is: data that draws itself on a sheet and reads out what lies under a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.views.charts.sheet import Box, Sheet


@dataclass(frozen=True, slots=True)
class Readout:
    """Exact figures at a place of the sheet: a strong line and quiet ones below it.

    ``guide`` are the top and bottom of an upright line through it; ``frame`` what is outlined.
    """

    x: float
    y: float
    strong: str
    quiet: tuple[str, ...] = ()
    guide: tuple[float, float] | None = None
    frame: Box | None = None
    dot: bool = False


class Chart(Protocol):
    """Immutable data; drawing and reading depend on nothing but it, the sheet and the language."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""

    def draw(self, sheet: Sheet) -> None:
        """Draw on a whole sheet."""

    def read(self, width: float, height: float, x: float, y: float) -> Readout | None:
        """What is under a point of a sheet of this size, if anything."""

    def said(self) -> str:
        """What the chart shows in one sentence, for those who do not see it."""
