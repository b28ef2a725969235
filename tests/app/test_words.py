from __future__ import annotations

import ast
from enum import StrEnum
from pathlib import Path
from string import Formatter

import pytest

from app import words
from app.words import Language, MissingWordsError
from payments.contract import lifecycles, roles
from payments.contract.problems import Code
from payments.contract.wire import records

APP = Path(words.__file__).parent
CHINESE = words.catalogue(Language.CHINESE)
ENGLISH = words.catalogue(Language.ENGLISH)

SEEN = [
    lifecycles.OrderStatus,
    lifecycles.OrderState,
    lifecycles.Fulfilment,
    lifecycles.Review,
    lifecycles.Settlement,
    lifecycles.AttemptState,
    lifecycles.RefundState,
    lifecycles.CaseState,
    lifecycles.HoldState,
    lifecycles.Disposition,
    lifecycles.Decider,
    records.ChannelName,
    records.Method,
    records.ProductKind,
    roles.Role,
    roles.Kind,
]


def forms(message):
    return [message] if isinstance(message, str) else list(message.values())


def arguments(message):
    found = {name for text in forms(message) for _, name, _, _ in Formatter().parse(text) if name}
    return found | (set() if isinstance(message, str) else {"count"})


def test_both_languages_have_the_same_keys():
    assert CHINESE.keys() == ENGLISH.keys()


@pytest.mark.parametrize("key", sorted(CHINESE.keys() & ENGLISH.keys()))
def test_both_languages_take_the_same_arguments(key):
    assert arguments(CHINESE[key]) == arguments(ENGLISH[key])


@pytest.mark.parametrize("catalogue", [CHINESE, ENGLISH], ids=["zh-CN", "en"])
def test_plurals_have_a_form_for_every_number(catalogue):
    assert all("other" in text for text in catalogue.values() if not isinstance(text, str))


def test_no_message_shouts():
    texts = [
        text
        for table in (CHINESE, ENGLISH)
        for message in table.values()
        for text in forms(message)
    ]
    assert not [text for text in texts if "!" in text or "！" in text]


def test_english_holds_no_chinese():
    # A language is named in itself.
    own_name = {"frame.language.chinese"}
    messages = [message for key, message in ENGLISH.items() if key not in own_name]
    texts = [text for message in messages for text in forms(message)]
    assert not [text for text in texts if any("\u4e00" <= sign <= "\u9fff" for sign in text)]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", SEEN, ids=lambda kind: kind.__name__)
def test_every_value_that_a_person_sees_has_its_word(kind: type[StrEnum], language):
    words.use(language)
    said = [words.name(value) for value in kind]
    assert all(said)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", Code)
def test_every_problem_says_what_happened_and_what_to_do(code, language):
    words.use(language)
    happened, then = words.problem(code)
    assert happened != then
    assert happened.endswith((".", "。"))
    assert then.endswith((".", "。"))


@pytest.mark.parametrize("happening", records.Happening)
def test_every_happening_has_its_sentence(happening):
    assert words.say(f"timeline.{happening.value}")


def literal_keys():
    """Keys that stand in the code: arguments of ``say`` and titles of columns and commands."""
    for file in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from ((file, key) for key in keys_of(node))


def keys_of(call):
    called = (
        call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    )
    places = {"say": 0, "Field": 0, "TableColumn": 1, "Command": 1}
    wanted = [word.value for word in call.keywords if word.arg == "title"]
    if called in places and len(call.args) > places[called]:
        wanted.append(call.args[places[called]])
    for value in wanted:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and "." in value.value:
            yield value.value


def test_every_key_in_the_code_has_words():
    missing = {(file.name, key) for file, key in literal_keys() if key not in ENGLISH}
    assert not missing


def test_a_key_without_words_is_an_error():
    with pytest.raises(MissingWordsError, match="nobody"):
        words.say("nobody.wrote.this")


def test_an_argument_that_is_not_given_is_an_error():
    with pytest.raises(MissingWordsError, match="since"):
        words.say("frame.sync.live")


def test_a_plural_needs_its_count():
    with pytest.raises(MissingWordsError, match="count"):
        words.say("formatting.days")


def test_one_and_many_differ_in_english_only():
    assert words.say("formatting.days", count=1) == "1 day"
    assert words.say("formatting.days", count=0) == "0 days"
    words.use(Language.CHINESE)
    assert words.say("formatting.days", count=1) == "1 天"


def test_a_key_from_newer_data_is_not_an_error():
    assert words.find("nobody.wrote.this") is None
    assert words.find("formatting.just_now") == "just now"


def test_a_value_in_braces_is_not_filled_again():
    assert words.say("frame.search.order", text="{count}") == "Search orders for “{count}”"
