from __future__ import annotations

from datetime import date
from typing import Any

from app.views.dashboard import tables, wording
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.headlines import Verdict, headlines
from app.views.dashboard.period import Comparison, Period, Span
from app.views.dashboard.reading import Question, read
from tests.app.views.dashboard.conftest import NOW, fill, refund, sale

WEEK = Question(Period.DAYS_7)


def answer(store, question=WEEK, *, approves=False) -> Any:
    return read(store, question, NOW, usual_currency="CNY", approves=approves)


def tiles(store, question=WEEK):
    return {one.key: one for one in headlines(answer(store, question))}


def test_a_week_beside_the_one_before(filled):
    week = answer(filled)
    assert week.now.span == Span(date(2026, 11, 14), date(2026, 11, 20))
    assert (week.now.figures.net, week.now.figures.orders) == (55_000, 5)
    assert (week.before.figures.net, week.before.figures.orders) == (20_000, 2)
    assert [day.net for day in week.now.days] == [0, 0, 0, 10_000, 30_000, 5_000, 10_000]
    assert len(week.before.days) == 7
    assert week.currencies == ("CNY", "USD")
    assert week.as_of == NOW


def test_headlines_say_change_and_whether_it_is_to_the_good(filled):
    shown: Any = headlines(answer(filled))
    net, orders, success, refunds, held = shown
    assert (net.value, net.change.amount, net.change.verdict) == (
        "¥550.00",
        "175.0\N{NO-BREAK SPACE}%",
        Verdict.BETTER,
    )
    assert (orders.value, orders.change.direction) == ("5", 1)
    assert success.value == "83.3\N{NO-BREAK SPACE}% (43.6–97)"
    assert (success.change.amount, success.change.verdict) == ("16.7 pt", Verdict.WORSE)
    assert refunds.value == "8.33\N{NO-BREAK SPACE}%"
    assert (refunds.change.direction, refunds.change.verdict) == (1, Verdict.WORSE)
    assert (held.caption, held.value, held.beside) == ("Held for review", "¥200.00", "1 case")
    assert (held.change.amount, held.change.verdict) == ("1 case", Verdict.WORSE)
    assert net.against == "vs previous 7 days"
    assert "2026-11-07 to 2026-11-13: ¥200.00" in net.hint
    assert net.said() == (
        "Net revenue, ¥550.00, up 175.0\N{NO-BREAK SPACE}%, vs previous 7 days (better)"
    )


def test_without_attempts_there_is_no_rate(filled):
    custom = Span(date(2026, 5, 1), date(2026, 5, 2))
    shown = tiles(filled, Question(Period.CUSTOM, custom=custom))
    assert shown["success"].value == "No data"
    assert shown["refunds"].value == "No data"
    assert shown["net"].value == "¥0.00"
    assert shown["net"].change is None
    assert shown["success"].change is None


def test_an_even_interval_is_said_by_its_half(store):
    fill(store, [sale(number, 0, paid=number % 20 != 0) for number in range(400)])
    assert tiles(store)["success"].value == "95.0\N{NO-BREAK SPACE}% ±2.2"


def test_without_comparison_nothing_is_compared(filled):
    plain = tiles(filled, Question(Period.DAYS_7, Comparison.NONE))
    assert all(tile.change is None and not tile.against for tile in plain.values())


def test_product_channel_and_currency_restrict_everything(filled):
    channel = answer(filled, Question(Period.DAYS_7, channel="wechat_pay"))
    assert channel.now.figures.net == 20_000
    assert [one.channel for one in channel.channels] == ["wechat_pay"]
    dollars = answer(filled, Question(Period.DAYS_7, currency="USD"))
    assert dollars.now.figures.net == 999
    product = answer(filled, Question(Period.DAYS_7, product_id="P00001"))
    assert product.now.figures.net == 0


def test_a_currency_that_is_gone_gives_way_to_the_usual_one(filled):
    assert answer(filled, Question(currency="EUR")).question.currency == "CNY"


def test_an_empty_store_has_no_figures(store):
    nothing = answer(store)
    assert nothing.now is None
    assert headlines(nothing) == ()
    assert wording.as_of_words(nothing) == "not synced yet"


def test_waiting_refunds_are_counted_for_those_who_approve_only(filled):
    waiting = answer(filled, approves=True).waiting
    assert (waiting.count, dict(waiting.amount)) == (1, {"CNY": 7_700})
    assert answer(filled).waiting is None


def test_the_tables_hold_what_the_charts_show(filled):
    week = answer(filled)
    rows = {}
    for name in ChartName:
        made = tables.table(name, week)
        rows[name] = [[column.value(row) for column in made.columns] for row in made.rows]
    assert rows[ChartName.REVENUE][4] == [
        *("2026-11-18", "300.00", "300.00", "0.00", "2"),
        *("2026-11-11", "0.00"),
    ]
    assert rows[ChartName.MIX] == [
        ["Alipay", "350.00", "0.6364", "4"],
        ["WeChat Pay", "200.00", "0.3636", "1"],
    ]
    assert rows[ChartName.RATES][1][:4] == ["WeChat Pay", "1", "2", "0.5000"]
    assert rows[ChartName.REFUNDS][5] == ["2026-11-19", "50.00", "1"]
    assert rows[ChartName.PRODUCTS] == [["数据分析", "P00000", "550.00", "5"]]
    assert len(rows[ChartName.HEAT]) == 168
    assert ["Fri", "12:00", "1"] in rows[ChartName.HEAT]


def test_a_month_is_tabled_beside_a_longer_one_without_losing_a_day(store):
    fill(store, [sale(0, 25), sale(1, 45)])
    question = Question(Period.LAST_MONTH, Comparison.LAST_YEAR)
    made = tables.table(ChartName.REVENUE, answer(store, question))
    assert len(made.rows) == 31


def test_the_figures_table_holds_both_periods(filled):
    made = tables.figures_table(answer(filled))
    rows = {row[0]: row[1:] for row in made.rows}
    assert rows["Net revenue"] == ("550.00", "200.00")
    assert rows["Success rate"] == ("0.8333", "1.0000")
    assert rows["Cases held"] == ("1", "0")


def test_a_loss_is_shown_as_one(store):
    first = sale(0, 20)
    fill(store, [first, refund(1, 0, 10_000, of=first)])
    shown = tiles(store)
    assert shown["net"].value == "−¥100.00"
    assert shown["refunds"].value == "No data"


def test_what_was_chosen_is_said_in_words(filled):
    week = answer(filled)
    assert wording.selection_words(week, "Writing", "Alipay") == (
        "2026-11-14 to 2026-11-20, CNY, compared with 2026-11-07 to 2026-11-13, Writing, Alipay"
    )
    assert wording.against_words(answer(filled, Question(Period.TODAY))) == "all of yesterday"
    assert wording.as_of_words(week, "2026-11-20") == "as of 14:31:09"
    assert wording.as_of_words(week, "2026-11-21") == "as of 2026-11-20 14:31:09"
