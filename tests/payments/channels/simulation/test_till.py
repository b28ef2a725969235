"""The till page: in both languages, escaped, without anything from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from payments.channels.simulation.provider import Trade
from payments.channels.simulation.till import SHOWN, language_of, page

OPEN = Trade("A-1", "课程 <b>&", 9450, "CNY", "NOTPAY", can_pay=True)
PAID = Trade("A-2", "讲座", 100, "CNY", "SUCCESS", can_pay=False)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr, zh-TW;q=0.5", "zh-CN"),
        ("en-GB,zh;q=0.1", "en"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_the_readers(header: str, language: str) -> None:
    assert language_of(header) == language


def test_open_payments_have_buttons_and_done_ones_have_none() -> None:
    html = page({"wechat_pay": [OPEN, PAID]}, "en").decode()
    assert html.count("<form") == 1
    assert 'value="A-1"' in html
    assert "CNY 94.50" in html
    assert "WeChat Pay (simulated)" in html


def test_what_merchants_write_is_never_markup() -> None:
    html = page({"wechat_pay": [OPEN]}, "zh-CN").decode()
    assert "<b>" not in html
    assert "课程 &lt;b&gt;&amp;" in html


def test_the_page_needs_nothing_from_elsewhere() -> None:
    tags: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not {"src", "href"} & {name for name, _ in attrs}

    Parser().feed(page({"alipay": [OPEN]}, "zh-CN").decode())
    assert not {"script", "link", "img", "iframe"} & set(tags)


def test_an_empty_till_says_what_to_do() -> None:
    assert "控制台" in page({}, "zh-CN").decode()


def test_the_page_stays_small_however_many_payments_there_are() -> None:
    html = page({"alipay": [OPEN] * (SHOWN + 100)}, "en").decode()
    assert html.count("<article") == SHOWN


def test_a_state_without_words_is_shown_as_it_is() -> None:
    odd = Trade("A-3", "x", 1, "CNY", "<ODD>", can_pay=False)
    assert "&lt;ODD&gt;" in page({"alipay": [odd]}, "en").decode()
