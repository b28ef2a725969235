from __future__ import annotations

import csv
from threading import Event

import pytest

from app.services.exports.provenance import verified
from app.views.charts import picture
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.saving import ExportMenu, SaveMenu
from tests.app.views.dashboard.conftest import settle


def saved(qtbot, desk, wanted, path):
    desk.target = path
    desk.panel.save(wanted)
    qtbot.waitUntil(lambda: not desk.panel._saving.busy_with, timeout=20_000)
    settle(qtbot, desk)


def toasts(desk):
    return [toast.accessibleName() for toast in desk.context.toasts._toasts]


@pytest.mark.parametrize("format_", picture.Format)
def test_a_chart_is_saved_as_a_picture(desk, qtbot, tmp_path, format_):
    path = tmp_path / f"chart.{format_}"
    saved(qtbot, desk, f"revenue.{format_}", path)
    assert path.stat().st_size > 1_000
    assert toasts(desk) == [f"chart.{format_} is saved."]


@pytest.mark.parametrize("name", ChartName)
def test_the_data_of_every_chart_is_saved_with_its_origin(desk, qtbot, tmp_path, name):
    path = tmp_path / "data.csv"
    saved(qtbot, desk, f"{name}.csv", path)
    facts = dict(verified(path))
    assert "2026-11-14 to 2026-11-20, CNY" in facts["Filter"]
    assert facts["Exported by"] == "李娜"


def test_the_totals_of_a_table_are_the_figures(desk, qtbot, tmp_path):
    path = tmp_path / "revenue.csv"
    saved(qtbot, desk, "revenue.csv", path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = {row[0]: row[1] for row in csv.reader(file) if row}
    assert lines["# Total of Net revenue, CNY"] == "550.00"
    assert lines["# Total of Refunded, CNY"] == "50.00"


def test_the_figures_are_saved(desk, qtbot, tmp_path):
    path = tmp_path / "figures.csv"
    saved(qtbot, desk, "figures.csv", path)
    assert "Success rate,0.8333,1.0000" in path.read_text(encoding="utf-8-sig")


def test_the_name_that_is_suggested_says_what_and_when(desk):
    desk.panel.save("rates.svg")
    assert desk.suggested[0].name == "Success rate by channel 2026-11-14 to 2026-11-20.svg"
    assert desk.asked == ["SVG picture (*.svg)"]
    assert not desk.panel._saving.busy_with, "no file was chosen"


def test_a_name_without_an_ending_gets_one(desk, qtbot, tmp_path):
    saved(qtbot, desk, "heat.png", tmp_path / "heat")
    assert (tmp_path / "heat.png").exists()


def test_the_folder_is_remembered_and_shown_on_request(desk, qtbot, tmp_path):
    saved(qtbot, desk, "mix.png", tmp_path / "mix.png")
    desk.context.toasts._toasts[0].acted.emit()
    assert desk.shown == [tmp_path / "mix.png"]
    saved(qtbot, desk, "heat.png", tmp_path / "heat.png")
    assert desk.suggested[1].parent == tmp_path


def test_a_file_that_cannot_be_written_is_said_in_plain_words(desk, qtbot, tmp_path):
    (tmp_path / "file").write_text("")
    saved(qtbot, desk, "mix.csv", tmp_path / "file" / "mix.csv")
    [said] = toasts(desk)
    assert said.startswith("mix.csv was not saved. The file could not be read or written.")


def test_saving_can_be_cancelled_and_leaves_nothing(desk, tmp_path, monkeypatch):
    begun, go_on, ended = Event(), Event(), Event()
    write = picture.save

    def slow(framed, path, format_, work):
        begun.set()
        go_on.wait(10)
        try:
            write(framed, path, format_, work)
        finally:
            ended.set()

    monkeypatch.setattr(picture, "save", slow)
    desk.target = tmp_path / "chart.pdf"
    desk.panel.save("revenue.pdf")
    assert begun.wait(10)
    assert desk.panel._as_of.text() == "Saving chart.pdf…"
    assert desk.panel._cancel.isVisible()
    assert not desk.panel._export.isVisible()
    desk.panel.save("mix.png")
    assert len(desk.asked) == 1, "one file at a time"
    desk.panel._cancel.click()
    go_on.set()
    assert ended.wait(10)
    assert toasts(desk) == ["chart.pdf was not saved."]
    assert desk.panel._export.isVisible()
    assert not list(tmp_path.glob("*chart*"))


def test_every_chart_offers_every_format(desk, qtbot):
    menu = ExportMenu(desk.window)
    submenus = [one for one in menu.children() if isinstance(one, SaveMenu)]
    offered = [action.data() for one in submenus for action in one.actions()]
    assert offered == [
        f"{name}.{format_}" for name in ChartName for format_ in ("png", "svg", "pdf", "csv")
    ]
    with qtbot.waitSignal(menu.chosen) as chosen:
        submenus[0].actions()[3].trigger()
    assert chosen.args == ["revenue.csv"]
    with qtbot.waitSignal(menu.chosen) as chosen:
        menu.actions()[-1].trigger()
    assert chosen.args == ["figures.csv"]


def test_the_keyboard_opens_the_export_menu(desk):
    desk.panel.export()
    menu = next(one for one in desk.panel._export.children() if isinstance(one, ExportMenu))
    assert menu.isVisible()
    menu.close()


def test_a_card_offers_its_own_chart(desk, qtbot, tmp_path):
    desk.target = tmp_path / "heat.svg"
    card = desk.panel._cards[ChartName.HEAT]
    card._more.click()
    menu = next(one for one in card.children() if isinstance(one, SaveMenu))
    menu.actions()[1].trigger()
    menu.close()
    qtbot.waitUntil(desk.target.exists, timeout=20_000)
    qtbot.waitUntil(lambda: not desk.panel._saving.busy_with)
