"""What is typed into the palette, looked for among the orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app import words
from app.views.frame.commands import CommandBook
from app.views.frame.palette import Found

_COMMAND: Final = "orders.search"


class OrderSearch:
    """A last line under all that the palette finds, for those who may see orders."""

    def __init__(self, book: CommandBook) -> None:
        self._book = book

    def __call__(self, typed: str) -> Sequence[Found]:
        """One line that searches the orders for this text."""
        if all(command.name != _COMMAND for command in self._book.offered()):
            return ()
        said = words.say("frame.search.order", text=typed)
        return (Found(said, _COMMAND, typed, icon="search"),)
