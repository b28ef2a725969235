"""What went wrong and what to do next, as one piece of text."""

from __future__ import annotations

from app import words
from app.services.troubles import words_key
from payments.contract.problems import Code


def in_words(cause: BaseException | Code | str) -> str:
    """An error, a problem of the contract or a key of words, in two sentences."""
    known = words_key(cause) if isinstance(cause, BaseException) else cause
    what, then = words.problem(known)
    return sentences(what, then)


def sentences(first: str, second: str) -> str:
    """Two sentences as the language sets them side by side."""
    return words.say("lists.sentences", first=first, second=second)
