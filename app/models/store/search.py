"""Search in numbers, payers and titles, down to a single Chinese character.

Full-text search finds whole words, and Chinese has no spaces: each Han character is therefore
stored as a word of its own, and what a person types is looked up as a phrase. Words in other
scripts are found by their beginning.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_HAN: Final = re.compile("([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_NOTHING_TO_FIND: Final = re.compile(r"^[\W_]*$")


def spaced(text: str) -> str:
    """The text with a space around each Han character, as it is stored."""
    return text if text.isascii() else _spaced(text)


@lru_cache(maxsize=20_000)
def _spaced(text: str) -> str:
    # A million orders share a few hundred titles and some thousand masked names.
    return _HAN.sub(r" \1 ", text)


def expression(typed: str) -> str:
    """What a person typed as a full-text query: every word must be there, in any field.

    Empty when nothing typed can be searched for (spaces, punctuation).
    """
    words = (word for word in typed.replace('"', " ").split() if not _NOTHING_TO_FIND.match(word))
    return " ".join(_phrase(word) for word in words)


def _phrase(word: str) -> str:
    whole = f'"{" ".join(spaced(word).split())}"'
    return whole if _HAN.match(word[-1]) else f"{whole}*"
