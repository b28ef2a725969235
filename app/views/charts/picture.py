"""A chart as a file: PNG, SVG or PDF, always in light colours, with its title and origin.

Made off screen, so that it can be done in a worker while the same chart is on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.services.exports.csv import Progress
from app.services.files import write_whole
from app.views.charts.chart import Chart
from app.views.charts.sheet import DPI, Box, Sheet, fitted, new_figure
from app.views.theme.tokens import LIGHT, Size, Weight

_MARGIN: Final = 24
_HEAD: Final = 52
_FOOT: Final = 28
_SHARPNESS: Final = 2


class Format(StrEnum):
    """What a chart is saved as; the value is the end of the file's name."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Framed:
    """A chart with what stands above and below it, for a picture of some logical pixels."""

    chart: Chart
    title: str
    subtitle: str
    origin: str
    nothing: str = ""
    width: int = 900
    height: int = 480


def picture(framed: Framed) -> Figure:
    """The whole picture, not yet in any format."""
    figure = new_figure(framed.width, framed.height, LIGHT)
    FigureCanvasAgg(figure)
    whole = Box(0, 0, framed.width, framed.height)
    _draw_framed(figure, framed, whole)
    return figure


def _draw_framed(figure: Figure, framed: Framed, box: Box) -> None:
    room = box.width - 2 * _MARGIN
    ground = Sheet(figure, LIGHT, box)
    title = fitted(framed.title, room, Size.TEXT_LARGE, Weight.SEMIBOLD)
    ground.text(_MARGIN, _MARGIN + 4, title, size=Size.TEXT_LARGE, weight=Weight.SEMIBOLD)
    subtitle = fitted(framed.subtitle, room)
    ground.text(_MARGIN, _MARGIN + 24, subtitle, colour=LIGHT.muted)
    foot = box.height - _MARGIN + 4
    ground.text(_MARGIN, foot, fitted(framed.origin, room, 11), size=11, colour=LIGHT.muted)
    inside = Box(
        box.left + _MARGIN,
        box.top + _MARGIN + _HEAD,
        room,
        box.height - 2 * _MARGIN - _HEAD - _FOOT,
    )
    if framed.chart.empty:
        ground.text(_MARGIN, box.height / 2, framed.nothing, colour=LIGHT.muted)
    else:
        framed.chart.draw(Sheet(figure, LIGHT, inside))


def content(figure: Figure, format_: Format, title: str) -> bytes:
    """The file's bytes; the same figure gives the same bytes."""
    origin: dict[Format, dict[str, str | None]] = {
        Format.PNG: {"Software": "Suanpan"},
        Format.SVG: {"Creator": "Suanpan", "Date": None},
        Format.PDF: {"Creator": "Suanpan", "Producer": "Suanpan", "CreationDate": None},
    }
    file = BytesIO()
    dpi = DPI * _SHARPNESS if format_ is Format.PNG else DPI
    figure.savefig(
        file, format=format_.value, dpi=dpi, metadata={"Title": title, **origin[format_]}
    )
    return file.getvalue()


def save(framed: Framed, path: Path, format_: Format, work: Progress) -> None:
    """Write a chart to a file that is there whole or not at all.

    Raises OSError, or CancelledError when ``work`` was cancelled.
    """
    work.check()
    figure = picture(framed)
    work.check()
    made = content(figure, format_, framed.title)
    figure.clear()
    work.check()
    write_whole(path, made)
