from __future__ import annotations

import pytest

from app.models.store.search import expression, spaced
from app.services.sync.apply import apply_page
from tests.builders.console import a_refund, an_order, numbered, pages

TITLES = {
    "SP1": "零基础学会算盘",
    "SP2": "算法入门:Python 实战",
    "SP3": "Writing well 写作课",
    "SP4": "盘算人生",
    "SP5": "𠮷他弹唱",
}


@pytest.fixture
def filled(store):
    orders = [
        an_order(number, id=key, title=title, payer="王*明" if number % 2 else "Anna L.")
        for number, (key, title) in enumerate(TITLES.items())
    ]
    apply_page(store, next(pages(numbered(orders), size=99)))
    return store


def found(store, typed):
    with store.reading() as db:
        rows = db.all(
            "SELECT id FROM orders WHERE row IN"
            " (SELECT rowid FROM orders_search WHERE orders_search MATCH ?) ORDER BY id",
            (expression(typed),),
        )
    return {key for (key,) in rows}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("算", {"SP1", "SP2", "SP4"}),
        ("算盘", {"SP1"}),
        ("盘算", {"SP4"}),
        ("算法入", {"SP2"}),
        ("学会算盘", {"SP1"}),
        ("算 盘", {"SP1", "SP4"}),
        ("𠮷他", {"SP5"}),
        ("pyth", {"SP2"}),
        ("Python实战", {"SP2"}),
        ("writ", {"SP3"}),
        ("WRITING 写作", {"SP3"}),
        ("sp3", {"SP3"}),
        ("王*明", {"SP2", "SP4"}),
        ("王明", {"SP2", "SP4"}),
        ("明 算法", {"SP2"}),
        ("anna 算", {"SP1"}),
        ("ython", set()),
        ("没有", set()),
        ('算"盘', {"SP1", "SP4"}),
        ("sp1 OR sp2", set()),
        ("NEAR(sp1)", set()),
    ],
)
def test_what_is_typed_finds(filled, typed, expected):
    assert found(filled, typed) == expected


@pytest.mark.parametrize("typed", ["", "  ", '"', "*", "--", "·。"])
def test_nothing_but_spaces_and_punctuation_searches_for_nothing(typed):
    assert expression(typed) == ""


def test_each_chinese_character_is_a_word_of_its_own():
    assert spaced("算盘ab").split() == ["算", "盘", "ab"]


def test_a_phrase_does_not_run_from_one_field_into_the_next(store):
    refund = a_refund(1, of=an_order(1, payer="张", title="三丰"))
    apply_page(store, next(pages(numbered([refund]), size=9)))
    with store.reading() as db:
        assert not db.all(
            "SELECT rowid FROM refunds_search WHERE refunds_search MATCH ?", (expression("张三"),)
        )


def test_a_new_title_is_found_and_the_old_one_no_longer(filled):
    renamed = numbered([an_order(0, id="SP1", title="珠算")], first=50)
    apply_page(filled, next(pages(renamed, size=9, after=5)))
    assert found(filled, "珠算") == {"SP1"}
    assert found(filled, "算盘") == set()
