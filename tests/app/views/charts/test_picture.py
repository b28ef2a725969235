from __future__ import annotations

import re
import zlib
from concurrent.futures import CancelledError

import pytest

from app import words
from app.views.charts import picture
from app.views.charts.picture import Format, Framed
from app.views.theme.theme import Appearance, theme
from app.words import Language
from tests.app.views.charts.samples import ALL, EMPTY, PRODUCTS, REVENUE


class Going:
    def check(self):
        pass

    def report(self, value):
        pass


class Cancelled(Going):
    def __init__(self, after):
        self.left = after

    def check(self):
        self.left -= 1
        if self.left < 0:
            raise CancelledError


def framed(chart, **more):
    return Framed(chart, "每日净营收", "After refunds, CNY", "示例学堂 · as of 14:31:09", **more)


def content(chart, format_):
    return picture.content(picture.picture(framed(chart)), format_, "每日净营收")


@pytest.mark.parametrize(
    ("name", "language"),
    [*((name, Language.ENGLISH) for name in ALL), ("products", Language.CHINESE)],
)
def test_every_chart_becomes_every_kind_of_file(name, language, tmp_path):
    words.use(language)
    begins = {Format.PNG: b"\x89PNG", Format.SVG: b"<?xml", Format.PDF: b"%PDF"}
    for format_, signature in begins.items():
        path = tmp_path / f"chart.{format_}"
        picture.save(framed(ALL[name]), path, format_, Going())
        assert path.read_bytes().startswith(signature)
    words.use(Language.CHINESE)


@pytest.mark.parametrize("format_", Format)
def test_the_same_chart_gives_the_same_file_whatever_the_theme(format_):
    light = content(REVENUE, format_)
    theme().choose(Appearance.DARK)
    assert content(REVENUE, format_) == light


def test_a_document_keeps_its_letters_and_a_drawing_their_shapes():
    document = content(PRODUCTS, Format.PDF)
    streams = [
        zlib.decompress(part)
        for part in re.findall(
            rb"FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL
        )
    ]
    whole = document + b"".join(streams)
    assert b"Inter" in whole
    assert b"NotoSansSC" in whole.replace(b" ", b"").replace(b"-", b"")
    assert b"/Type3" not in whole.replace(b" ", b"")
    assert b"<text" not in content(PRODUCTS, Format.SVG)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_cancelled_picture_leaves_what_was_there(after, tmp_path):
    path = tmp_path / "chart.png"
    path.write_bytes(b"before")
    with pytest.raises(CancelledError):
        picture.save(framed(REVENUE), path, Format.PNG, Cancelled(after))
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_chart_without_data_says_so_in_its_picture():
    figure = picture.picture(framed(EMPTY["heat"], nothing="Nothing in this period."))
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert "Nothing in this period." in texts


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"."):
        picture.save(framed(REVENUE), tmp_path / "file" / "chart.svg", Format.SVG, Going())
