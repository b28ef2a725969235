"""Own 20 px line icons, coloured for the theme; pictures are kept by name, colour, size and ratio."""

from __future__ import annotations

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.resources import RESOURCES
from app.views.theme.tokens import Size

# Ratios that an icon handed to a menu or the window system is prepared for.
_ICON_RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0)


@cache
def _drawing(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int = Size.ICON, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture. ``size`` in logical pixels, ``ratio`` as the screen has it (1.25 too).

    Raises FileNotFoundError for a name that has no drawing.
    """
    edge = round(size * ratio)
    picture = QPixmap(edge, edge)
    picture.fill(Qt.GlobalColor.transparent)
    drawing = _drawing(name).replace("currentColor", colour)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, edge, edge))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def paint(painter: QPainter, name: str, colour: str, area: QRectF) -> None:
    """Draw an icon in the middle of an area, as large as its shorter side."""
    size = int(min(area.width(), area.height()))
    picture = pixmap(name, colour, size, painter.device().devicePixelRatio())
    corner = area.center() - QRectF(0, 0, size, size).center()
    painter.drawPixmap(corner, picture)


def icon(name: str, colour: str, size: int = Size.ICON) -> QIcon:
    """An icon for menus; made anew when the theme changes."""
    made = QIcon()
    for ratio in _ICON_RATIOS:
        made.addPixmap(pixmap(name, colour, size, ratio))
    return made


def application_icon() -> QIcon:
    """The program's own sign, for window and task bar."""
    made = QIcon()
    for edge in (16, 32, 48, 64, 128, 256):
        picture = QPixmap(QSize(edge, edge))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        QSvgRenderer(QByteArray(_drawing("suanpan").encode())).render(painter)
        painter.end()
        made.addPixmap(picture)
    return made
