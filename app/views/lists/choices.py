"""Values of the contract as the choices of a chip, said in the language in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from app import words
from app.views.widgets.chips import Choice


def named(values: Iterable[StrEnum]) -> list[Choice]:
    """A choice for each value, in its word."""
    return [Choice(value.value, _Named(value)) for value in values]


def plain(values: Iterable[str]) -> list[Choice]:
    """A choice for each text that is its own word, such as a currency."""
    return [Choice(value, _Plain(value)) for value in values]


def said(value: str, key: str) -> Choice:
    """A choice with a message of its own."""
    return Choice(value, _Said(key))


class _Named:
    """The word of a value, in the language of the moment of asking."""

    def __init__(self, value: StrEnum) -> None:
        self._value = value

    def __call__(self) -> str:
        return words.name(self._value)


class _Plain:
    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self) -> str:
        return self._text


class _Said:
    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self) -> str:
        return words.say(self._key)


def joined(values: Iterable[str], saying: Callable[[str], str]) -> str:
    """Several values in words, for the description of a filter."""
    return ", ".join(saying(value) for value in values)
