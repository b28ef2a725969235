from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from app import words
from app.views.charts.sheet import Box, Sheet, fitted, mixed, new_figure, width_of
from app.views.theme.tokens import DARK, LIGHT
from app.words import Language
from tests.app.views.charts.samples import (
    ALL,
    EMPTY,
    HEAT,
    LOSS,
    MIX,
    ONE_DAY,
    PRODUCTS,
    RATES,
    REFUNDS,
    REVENUE,
)

SIZES = [(840, 270), (420, 60), (380, 210), (200, 120)]


@pytest.fixture(autouse=True)
def _english():
    words.use(Language.ENGLISH)
    yield
    words.use(Language.CHINESE)


def drawn(chart, width=840, height=270, tokens=LIGHT):
    figure = new_figure(width, height, tokens)
    canvas = FigureCanvasAgg(figure)
    sheet = Sheet(figure, tokens)
    chart.draw(sheet)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()), sheet


def said(sheet):
    return [text.get_text() for text in sheet.axes.texts]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_chart_draws_in_every_size_theme_and_language_without_a_missing_sign(
    name, language, tokens
):
    words.use(language)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for width, height in SIZES:
            picture, _ = drawn(ALL[name], width, height, tokens)
            assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 2


@pytest.mark.parametrize("name", ALL)
def test_words_stay_inside_the_sheet(name):
    for width, height in SIZES[:3]:
        _, sheet = drawn(ALL[name], width, height)
        for text in sheet.axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= -1, text.get_text()
            assert box.x1 <= width + 1, text.get_text()


@pytest.mark.parametrize("name", ALL)
def test_every_chart_reads_out_anywhere_without_failing_and_says_itself(name):
    chart = ALL[name]
    for x in range(-10, 860, 7):
        for y in range(-10, 280, 13):
            chart.read(840, 270, x, y)
    assert chart.said()
    assert not chart.empty


@pytest.mark.parametrize("name", EMPTY)
def test_a_chart_without_data_says_so(name):
    assert EMPTY[name].empty


def test_charts_draw_in_workers_side_by_side_as_they_do_alone():
    alone = {name: drawn(chart)[0].copy() for name, chart in ALL.items()}
    with ThreadPoolExecutor(3) as pool:
        beside = pool.map(lambda name: (name, drawn(ALL[name])[0].copy()), list(ALL) * 3)
        assert all(np.array_equal(picture, alone[name]) for name, picture in beside)


def test_the_axis_of_amounts_holds_zero():
    assert "0" in said(drawn(REVENUE)[1])
    assert "0" in said(drawn(LOSS)[1])
    assert "0" in said(drawn(REFUNDS)[1])


def test_the_readout_is_exact_and_names_the_day_and_the_compared_one():
    read: Any = REVENUE.read(840, 270, 825, 100)
    assert read.strong == "¥13,973.00 · Fri 20 Nov"
    assert read.quiet == ("¥10,000.00 · Wed 21 Oct",)
    assert read.dot
    first: Any = REVENUE.read(840, 270, 40, 100)
    assert first.strong == "¥10,000.00 · Thu 22 Oct"


def test_one_day_stands_as_two_bars_with_their_amounts():
    texts = said(drawn(ONE_DAY)[1])
    assert {"−¥45.50", "¥90.00", "Wed 21 Oct", "Thu 22 Oct"} <= set(texts)


def test_shares_add_up_to_net_revenue_and_a_loss_has_none():
    assert (
        MIX.said() == "WeChat Pay 61\N{NO-BREAK SPACE}%, Alipay 40\N{NO-BREAK SPACE}%, No channel –"
    )


def test_a_channel_without_attempts_has_no_rate():
    texts = said(drawn(RATES)[1])
    assert "No data" in texts
    assert "95.0\N{NO-BREAK SPACE}%" in texts
    first: Any = RATES.read(840, 270, 300, 12)
    assert first.strong == ("95 % interval: 93.5\N{NO-BREAK SPACE}% to 96.2\N{NO-BREAK SPACE}%")
    third = RATES.read(840, 270, 300, 100)
    assert third is None


def test_refunds_are_read_out_with_their_number():
    read: Any = REFUNDS.read(840, 270, 800, 100)
    assert read.strong == "¥1,000.00 · Sun 25 Oct"
    assert read.quiet == ("2 refunds",)


def test_a_dollar_sign_in_a_title_is_a_dollar_sign():
    assert "Earn US$1,000 or $2,000 a month" in said(drawn(PRODUCTS)[1])


def test_a_long_title_is_cut_and_read_out_whole():
    texts = said(drawn(PRODUCTS, 300, 210)[1])
    assert any(text.startswith("零基础") and text.endswith("…") for text in texts)
    read: Any = PRODUCTS.read(300, 210, 20, 10)
    assert read.strong == PRODUCTS.products[0].title


def test_the_busiest_cell_has_the_full_colour_and_its_hour_is_said():
    assert HEAT.said() == "The busiest hour is Sun 23:00–00:00 with 138 paid orders"
    read: Any = HEAT.read(840, 270, 839, 240)
    assert read.strong == "138 paid orders"
    collection = drawn(HEAT)[1].axes.collections[0]
    assert tuple(collection.get_facecolors()[-1][:3]) == pytest.approx(
        tuple(int(LIGHT.accent[at : at + 2], 16) / 255 for at in (1, 3, 5))
    )


def test_text_is_measured_and_cut_to_its_room():
    assert width_of("12,408") == width_of("98,765"), "figures are tabular"
    assert width_of(fitted("A title far too long for its room", 80)) <= 80
    assert fitted("short", 80) == "short"


def test_colours_mix_from_one_to_the_other():
    assert mixed("#000000", "#FF8000", 0) == "#000000"
    assert mixed("#000000", "#FF8000", 1) == "#FF8000"
    assert mixed("#000000", "#FF8000", 0.5) == "#804000"


def test_a_sheet_may_be_a_part_of_a_figure():
    figure = new_figure(400, 200, LIGHT)
    sheet = Sheet(figure, LIGHT, Box(100, 50, 200, 100))
    assert (sheet.width, sheet.height) == (200, 100)
    corner = sheet.axes.transData.transform((0, 0))
    assert tuple(corner) == pytest.approx((100, 150))
