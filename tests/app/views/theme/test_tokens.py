from __future__ import annotations

import re

import pytest

from app.resources import RESOURCES
from app.views.theme.tokens import DARK, LIGHT, Tokens, Tone

THEMES = [LIGHT, DARK]
NAMES = ["light", "dark"]
READABLE = 4.5


def luminance(colour):
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_what_the_standard_says():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("tokens", THEMES, ids=NAMES)
@pytest.mark.parametrize("ground", ["surface", "raised", "hover", "selection"])
@pytest.mark.parametrize("ink", ["text", "muted"])
def test_words_are_readable_on_every_surface(tokens: Tokens, ground, ink):
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= READABLE


@pytest.mark.parametrize("tokens", THEMES, ids=NAMES)
@pytest.mark.parametrize("tone", Tone)
def test_a_status_is_readable_on_its_tint_and_on_the_surface(tokens: Tokens, tone):
    assert contrast(tokens.ink(tone), tokens.tint(tone)) >= READABLE
    assert contrast(tokens.ink(tone), tokens.surface) >= READABLE


@pytest.mark.parametrize("tokens", THEMES, ids=NAMES)
def test_words_on_filled_buttons_are_readable(tokens: Tokens):
    assert contrast(tokens.on_accent, tokens.accent) >= READABLE
    assert contrast(tokens.on_accent, tokens.accent_strong) >= READABLE
    assert contrast(tokens.on_danger, tokens.danger) >= READABLE
    assert contrast(tokens.on_danger, tokens.danger_strong) >= READABLE
    assert contrast(tokens.accent, tokens.raised) >= READABLE


def test_only_the_tokens_name_colours():
    colour = re.compile(r"#[0-9A-Fa-f]{6}\b|rgba?\(")
    root = RESOURCES.parent
    files = [file for file in (root / "app").rglob("*.py") if file.name != "tokens.py"]
    files.append(RESOURCES / "styles" / "console.qss")
    named = [file.name for file in files if colour.search(file.read_text(encoding="utf-8"))]
    assert not named


@pytest.mark.parametrize(("folder", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_pictures_of_the_style_sheet_have_the_colours_of_their_theme(folder, tokens: Tokens):
    allowed = {tokens.muted, tokens.accent, tokens.on_accent}
    for file in (RESOURCES / "styles" / folder).glob("*.svg"):
        assert set(re.findall(r"#[0-9A-F]{6}", file.read_text(encoding="utf-8"))) <= allowed
