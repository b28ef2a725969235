from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app.resources import RESOURCES
from app.views.theme import icons

NAMES = sorted(file.stem for file in (RESOURCES / "icons").glob("*.svg"))
INK = "#112233"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "suanpan"])
def test_icons_are_twenty_pixel_line_drawings_in_the_colour_asked_for(name):
    drawing = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 20 20"' in drawing
    assert 'stroke-width="1.5"' in drawing
    assert not re.search("#[0-9A-Fa-f]{3}", drawing)
    picture = icons.pixmap(name, INK, 40).toImage()
    pixels = [picture.pixelColor(x, y) for x in range(40) for y in range(40)]
    solid = [pixel for pixel in pixels if pixel.alpha() == 255]
    wanted = QColor(INK)
    # Blending may round by one.
    assert solid
    assert all(abs(pixel.blue() - wanted.blue()) <= 1 for pixel in solid)
    assert all(abs(pixel.red() - wanted.red()) <= 1 for pixel in solid)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_an_icon_is_sharp_at_every_ratio(ratio):
    picture = icons.pixmap("orders", INK, 20, ratio)
    assert picture.width() == round(20 * ratio)
    assert picture.devicePixelRatio() == ratio


def test_an_icon_is_drawn_once_per_colour_size_and_ratio():
    again = icons.pixmap("orders", INK, 20, 1.0)
    assert icons.pixmap("orders", INK, 20, 1.0) is again
    assert icons.pixmap("orders", "#445566", 20, 1.0) is not again


def test_an_icon_that_nobody_drew_is_an_error():
    with pytest.raises(FileNotFoundError):
        icons.pixmap("nobody-drew-this", INK)


def test_the_program_has_a_sign():
    picture = icons.application_icon().pixmap(32, 32).toImage()
    assert picture.pixelColor(16, 3) != QColor(Qt.GlobalColor.transparent)
