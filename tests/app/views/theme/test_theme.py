from __future__ import annotations

from PySide6.QtWidgets import QApplication

from app.views.theme.stylesheet import stylesheet
from app.views.theme.theme import Appearance, Density, theme, tokens
from app.views.theme.tokens import DARK, LIGHT, Size


def test_the_theme_changes_while_the_program_runs(qtbot, qapp):
    with qtbot.waitSignal(theme().changed):
        theme().choose(Appearance.DARK)
    assert tokens() is DARK
    assert DARK.surface in qapp.styleSheet()
    assert QApplication.palette().window().color().name().upper() == DARK.surface
    theme().choose(Appearance.LIGHT)
    assert tokens() is LIGHT


def test_choosing_what_is_there_already_changes_nothing(qtbot):
    with qtbot.assertNotEmitted(theme().changed):
        theme().choose(Appearance.LIGHT)


def test_a_system_that_says_nothing_is_light():
    theme().choose(Appearance.SYSTEM)
    assert tokens() is LIGHT


def test_rows_can_be_compact(qtbot):
    with qtbot.waitSignal(theme().changed):
        theme().choose_density(Density.COMPACT)
    assert theme().row_height == Size.ROW_COMPACT


def test_every_name_in_the_style_sheet_is_a_token():
    assert "$" not in stylesheet(LIGHT)
    assert "$" not in stylesheet(DARK)
