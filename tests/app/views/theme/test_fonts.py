from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF, QRawFont, QTextLayout

from app import words
from app.formatting import SYMBOLS
from app.resources import RESOURCES
from app.views.theme import fonts
from app.views.theme.fonts import CHINESE, LATIN, font
from app.views.theme.tokens import Weight
from app.words import Language

WEIGHTS = [Weight.REGULAR, Weight.MEDIUM, Weight.SEMIBOLD]


def families(text, weight):
    layout = QTextLayout(text, font(15, weight))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return [run.rawFont().familyName() for run in layout.glyphRuns()]


def raw(file):
    return QRawFont(str(RESOURCES / "fonts" / file), 15)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_latin_and_figures_are_inter_and_chinese_is_noto(weight):
    assert set(families("Paid ¥94.50", weight)) == {LATIN}
    assert set(families("机器学习入门", weight)) == {CHINESE}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_each_weight_is_a_face_of_its_own(weight):
    layout = QTextLayout("退款 Refund", font(15, weight))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    assert {run.rawFont().weight() for run in layout.glyphRuns()} == {weight}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_figures_line_up(weight):
    metrics = QFontMetricsF(font(13, weight))
    assert len({metrics.horizontalAdvance(figure * 6) for figure in "0123456789"}) == 1


def test_every_character_of_the_catalogue_is_shipped():
    latin, chinese = raw("Inter-Regular.ttf"), raw("NotoSansSC-Regular.ttf")
    missing = {
        sign
        for language in Language
        for message in words.catalogue(language).values()
        for text in ([message] if isinstance(message, str) else message.values())
        for sign in text
        if sign.isprintable()
        and not latin.supportsCharacter(ord(sign))
        and not chinese.supportsCharacter(ord(sign))
    }
    assert not missing


def test_signs_of_money_and_tables_are_shipped():
    signs = set("−×÷·…–“”→↑↓±≈") | {sign for symbol in SYMBOLS.values() for sign in symbol}
    shipped = [raw("Inter-Regular.ttf"), raw("NotoSansSC-Regular.ttf")]
    missing = [
        sign for sign in signs if not any(font.supportsCharacter(ord(sign)) for font in shipped)
    ]
    assert not missing


def test_a_line_is_as_high_in_chinese_as_in_english():
    latin, chinese = raw("Inter-Regular.ttf"), raw("NotoSansSC-Regular.ttf")
    assert latin.ascent() == pytest.approx(chinese.ascent(), abs=0.1)
    assert latin.descent() == pytest.approx(chinese.descent(), abs=0.1)


def test_fonts_are_small_and_carry_their_licences():
    folder = RESOURCES / "fonts"
    assert sum(file.stat().st_size for file in fonts.FILES) < 12_000_000
    for licence in ("OFL-Inter.txt", "OFL-NotoSansSC.txt"):
        assert "SIL OPEN FONT LICENSE" in (folder / licence).read_text(encoding="utf-8")


def test_outlines_can_be_embedded_in_documents():
    for file in fonts.FILES:
        tables = file.read_bytes()[:1000]
        assert b"glyf" in tables
