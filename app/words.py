"""The message catalogue: every text a person reads, in both languages, switched at run time.

Messages live in ``resources/i18n/<language>/<area>.toml``; the key of a message is the area and
the path in its file: ``say("frame.search.hint")``. Arguments are named and filled by
``str.format``. A table with ``one`` and ``other`` is a plural, chosen by the argument ``count``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final, TypeAlias

from app.resources import RESOURCES
from payments.contract.problems import Code

Argument: TypeAlias = str | int
_PLURAL: Final = frozenset({"one", "other"})


class Language(StrEnum):
    """The languages of the console, named as in their folders."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


class MissingWordsError(KeyError):
    """No message has this key, or an argument that the message needs was not given."""


class _Speaker:
    """The language in force; one for the program, since a window speaks one language at a time."""

    language = Language.CHINESE


def language() -> Language:
    """The language in force."""
    return _Speaker.language


def use(chosen: Language) -> None:
    """Speak this language from now on. What is on screen must be told by ``retranslate``."""
    _Speaker.language = chosen


def say(key: str, /, **arguments: Argument) -> str:
    """The message in the language in force. Raises MissingWordsError."""
    message = catalogue(_Speaker.language).get(key)
    if message is None:
        raise MissingWordsError(key)
    try:
        return _chosen(message, arguments).format_map(arguments)
    except KeyError as missing:
        raise MissingWordsError(f"{key}: {missing.args[0]}") from None


def find(key: str, /, **arguments: Argument) -> str | None:
    """Like ``say`` for keys made from data that may be newer than this program: None if unknown."""
    return say(key, **arguments) if key in catalogue(_Speaker.language) else None


def name(value: StrEnum) -> str:
    """The word for a value of the contract: ``name(OrderStatus.PAID)`` → “Paid”."""
    return say(name_key(value))


def name_key(value: StrEnum) -> str:
    """The key of a value's word: ``statuses.order_status.paid``."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(value).__name__).lower()
    return f"statuses.{kind}.{value.value.replace('.', '_')}"


def problem(cause: Code | str) -> tuple[str, str]:
    """What happened and what to do next, for a code or a key such as ``trouble.no_answer``."""
    key = f"problems.{cause.value}" if isinstance(cause, Code) else cause
    return say(f"{key}.what"), say(f"{key}.next")


Message: TypeAlias = str | Mapping[str, str]


def _chosen(message: Message, arguments: Mapping[str, Argument]) -> str:
    if isinstance(message, str):
        return message
    if "count" not in arguments:
        raise MissingWordsError("count")
    one = arguments["count"] == 1 and "one" in message
    return message["one" if one else "other"]


@cache
def catalogue(chosen: Language) -> Mapping[str, Message]:
    """All messages of a language by key."""
    found: dict[str, Message] = {}
    for file in sorted((RESOURCES / "i18n" / chosen.value).glob("*.toml")):
        _collect(file.stem, tomllib.loads(file.read_text(encoding="utf-8")), found)
    return found


def _collect(path: str, table: Mapping[str, object], found: dict[str, Message]) -> None:
    for key, value in table.items():
        place = f"{path}.{key}"
        if isinstance(value, str):
            found[place] = value
        elif isinstance(value, dict) and value.keys() <= _PLURAL:
            found[place] = {number: str(text) for number, text in value.items()}
        elif isinstance(value, dict):
            _collect(place, value, found)
        else:
            message = f"{place} is neither text nor table"
            raise TypeError(message)
