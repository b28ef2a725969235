"""A sheet of a figure measured in logical pixels from its upper left corner, and strokes on it.

Charts are laid out by hand in pixels, as the rest of the console is: no tick machinery, the same
result on screen, in a worker and in a file. Drawing does not depend on the resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from app.views.theme import fonts
from app.views.theme.tokens import Size, Tokens, Weight

# Logical pixels to the inch; the canvas multiplies it by the ratio of its screen.
DPI: Final = 96
_POINTS: Final = 72 / DPI
# Half the height of Inter's capitals: what centres a line of words on a point.
_RISE: Final = 0.36
_DOTS: Final = (0, (3.0, 3.0))
# The control points that make a quarter of a circle out of a cubic curve.
_ROUND: Final = 0.5523

# Its renderer knows how wide words are; it has no types.
_Measure: Any = RendererAgg

mpl.rcParams.update(
    {
        "font.family": list(fonts.FAMILIES[:2]),
        "text.hinting": "none",
        # Titles come from data: a dollar sign is a dollar sign.
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "pdf.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "suanpan",
        "path.simplify": True,
    }
)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in logical pixels, y downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@cache
def load_fonts() -> None:
    """Make the shipped typefaces known to matplotlib, once."""
    for file in fonts.FILES:
        fontManager.addfont(str(file))


@cache
def _face(size: int, weight: int) -> FontProperties:
    load_fonts()
    return FontProperties(family=list(fonts.FAMILIES[:2]), size=size * _POINTS, weight=weight)


@lru_cache(maxsize=4_096)
def width_of(text: str, size: int = Size.TEXT_SMALL, weight: int = Weight.REGULAR) -> float:
    """How wide a text is, in logical pixels."""
    width, _, _ = _Measure(1, 1, DPI).get_text_width_height_descent(
        text, _face(size, weight), False
    )
    return float(width)


def fitted(
    text: str, width: float, size: int = Size.TEXT_SMALL, weight: int = Weight.REGULAR
) -> str:
    """The text, cut with an ellipsis where it would be wider."""
    if width_of(text, size, weight) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle] + "…", size, weight) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def mixed(first: str, second: str, share: float) -> str:
    """A colour between two ``#RRGGBB``: 0 is the first, 1 the second."""
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def new_figure(width: int, height: int, tokens: Tokens) -> Figure:
    """An empty figure of this size in logical pixels, in the colours of a theme."""
    return Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=tokens.surface)


class Sheet:
    """A part of a figure to draw on, all of it without a ``box``."""

    def __init__(self, figure: Figure, tokens: Tokens, box: Box | None = None) -> None:
        whole = Box(0, 0, *(float(inches) * DPI for inches in figure.get_size_inches()))
        area = box or whole
        self.tokens = tokens
        self.width = area.width
        self.height = area.height
        self.axes = figure.add_axes(
            (
                area.left / whole.width,
                1 - area.bottom / whole.height,
                area.width / whole.width,
                area.height / whole.height,
            ),
            xlim=(0, area.width),
            ylim=(area.height, 0),
            autoscale_on=False,
        )
        self.axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: int = Size.TEXT_SMALL,
        weight: int = Weight.REGULAR,
        colour: str = "",
        across: str = "left",
        **more: Any,  # noqa: ANN401 - whatever matplotlib's Text takes
    ) -> Any:  # noqa: ANN401 - matplotlib is untyped here
        """One line of words whose middle is at ``y``; ``across`` is left, center or right."""
        return self.axes.text(
            x,
            y + _RISE * size,
            text,
            fontproperties=_face(size, weight),
            color=colour or self.tokens.text,
            ha=across,
            va="baseline",
            clip_on=False,
            **more,
        )

    def line(
        self,
        x: Sequence[float],
        y: Sequence[float],
        colour: str,
        *,
        width: float = 1.5,
        dotted: bool = False,
        **more: Any,  # noqa: ANN401 - whatever matplotlib's Line2D takes
    ) -> Any:  # noqa: ANN401 - matplotlib is untyped here
        """A line through points."""
        line = Line2D(
            x,
            y,
            color=colour,
            linewidth=width * _POINTS,
            linestyle=_DOTS if dotted else "-",
            solid_joinstyle="round",
            solid_capstyle="round",
            clip_on=False,
            **more,
        )
        return self.axes.add_line(line)

    def rules(self, left: float, right: float, heights: Sequence[float], colour: str) -> None:
        """Hairlines from left to right at some heights."""
        lines = [[(left, y), (right, y)] for y in heights]
        self.axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=_POINTS, snap=True, clip_on=False),
            autolim=False,
        )

    def uprights(self, top: float, bottom: float, places: Sequence[float], colour: str) -> None:
        """Hairlines from top to bottom at some places."""
        lines = [[(x, top), (x, bottom)] for x in places]
        self.axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=_POINTS, snap=True, clip_on=False),
            autolim=False,
        )

    def area(
        self, x: Sequence[float], y: Sequence[float], base: float, colour: str, strength: float
    ) -> None:
        """The area between points and a base line, in a colour of some strength (0..1)."""
        outline = np.column_stack([[x[0], *x, x[-1]], [base, *y, base]])
        self.axes.add_collection(
            PolyCollection([outline], facecolors=colour, alpha=strength, linewidths=0),
            autolim=False,
        )

    def bar(self, box: Box, colour: str, radius: float = 0) -> None:
        """A filled rectangle, its corners rounded."""
        path = _rounded(box, radius)
        self.axes.add_patch(PathPatch(path, facecolor=colour, linewidth=0, clip_on=False))

    def label(self, box: Box) -> list[Any]:
        """A plate for words over whatever is below."""
        plate = PathPatch(
            _rounded(box, Size.RADIUS),
            facecolor=self.tokens.surface,
            edgecolor=self.tokens.border,
            linewidth=_POINTS,
            clip_on=False,
        )
        return [self.axes.add_patch(plate)]

    def cells(self, boxes: Sequence[Box], colours: Sequence[str], radius: float = 0) -> None:
        """Many filled rectangles at once."""
        paths = [_rounded(box, radius) for box in boxes]
        self.axes.add_collection(
            PathCollection(
                paths,
                sizes=None,
                facecolors=colours,
                linewidths=0,
                transform=self.axes.transData,
                clip_on=False,
            ),
            autolim=False,
        )

    def dot(
        self,
        x: float,
        y: float,
        colour: str,
        radius: float = 4,
        **more: Any,  # noqa: ANN401 - whatever matplotlib's Line2D takes
    ) -> Any:  # noqa: ANN401 - matplotlib is untyped here
        """A round mark."""
        return self.dots([x], [y], colour, radius, **more)

    def dots(
        self,
        x: Sequence[float],
        y: Sequence[float],
        colour: str,
        radius: float = 4,
        **more: Any,  # noqa: ANN401 - whatever matplotlib's Line2D takes
    ) -> Any:  # noqa: ANN401 - matplotlib is untyped here
        """Many round marks."""
        mark = Line2D(
            x,
            y,
            linestyle="none",
            marker="o",
            markersize=2 * radius * _POINTS,
            markerfacecolor=colour,
            markeredgewidth=0,
            clip_on=False,
            **more,
        )
        return self.axes.add_line(mark)


def _rounded(box: Box, radius: float) -> Path:
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if radius <= 0:
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        return Path(corners, closed=True)
    round_ = min(radius, box.width / 2, box.height / 2)
    handle = round_ * (1 - _ROUND)
    points = [
        (left + round_, top),
        (right - round_, top),
        *((right - handle, top), (right, top + handle), (right, top + round_)),
        (right, bottom - round_),
        *((right, bottom - handle), (right - handle, bottom), (right - round_, bottom)),
        (left + round_, bottom),
        *((left + handle, bottom), (left, bottom - handle), (left, bottom - round_)),
        (left, top + round_),
        *((left, top + handle), (left + handle, top), (left + round_, top)),
        (left + round_, top),
    ]
    line, curve = int(Path.LINETO), [int(Path.CURVE4)] * 3
    codes = [int(Path.MOVETO), line, *curve, line, *curve, line, *curve, line, *curve]
    return Path(points, [*codes, int(Path.CLOSEPOLY)])
