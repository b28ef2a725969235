from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.views.charts.canvas import ChartCanvas
from app.views.theme.theme import Appearance, theme
from app.views.theme.tokens import DARK, LIGHT
from tests.app.views.charts.samples import ALL, HEAT, MIX, REVENUE


@pytest.fixture
def canvas(qtbot):
    frame = QWidget()
    qtbot.addWidget(frame)
    frame.resize(640, 260)
    canvas = ChartCanvas(REVENUE, frame)
    canvas.resize(640, 260)
    with qtbot.waitExposed(frame):
        frame.show()
    canvas.grab()
    yield canvas
    canvas.dispose()


def move(canvas, x, y):
    nothing = Qt.MouseButton.NoButton
    canvas.mouseMoveEvent(
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(x, y),
            QPointF(x, y),
            nothing,
            nothing,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def picture(canvas):
    return canvas.grab().toImage()


def test_a_readout_comes_with_the_pointer_and_goes_with_it(canvas):
    before = picture(canvas)
    move(canvas, 300, 120)
    assert picture(canvas) != before
    canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    assert picture(canvas) == before


def test_readouts_leave_nothing_behind(canvas):
    before = picture(canvas)
    for x in range(60, 600, 20):
        move(canvas, x, 120)
    move(canvas, 300, 255)
    assert picture(canvas) == before


@pytest.mark.parametrize("name", ALL)
def test_every_chart_shows_its_readouts(canvas, name):
    canvas.show_chart(ALL[name])
    canvas.grab()
    for x in range(5, 640, 90):
        for y in range(5, 260, 60):
            move(canvas, x, y)


def test_other_data_and_another_theme_are_drawn_anew(canvas):
    light = picture(canvas)
    theme().choose(Appearance.DARK)
    dark = picture(canvas)
    assert light.pixelColor(2, 2).name().upper() == LIGHT.surface
    assert dark.pixelColor(2, 2).name().upper() == DARK.surface
    canvas.show_chart(MIX)
    assert picture(canvas) != dark
    assert canvas.accessibleDescription() == MIX.said()


def test_the_same_data_is_not_drawn_again(canvas):
    canvas.show_chart(HEAT)
    picture(canvas)
    background = canvas._background
    canvas.show_chart(type(HEAT)(HEAT.heat))
    picture(canvas)
    assert canvas._background is background


def test_another_size_is_laid_out_anew(canvas):
    canvas.resize(320, 130)
    assert picture(canvas).width() == 320
    assert canvas._sheet.width == pytest.approx(320)


def test_the_wheel_scrolls_the_page(canvas):
    event = QWheelEvent(
        QPointF(50, 50),
        QPointF(50, 50),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    canvas.wheelEvent(event)
    assert not event.isAccepted()
