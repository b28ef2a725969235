"""The ledger postings of an order, asked for only when somebody wants to see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import shiboken6
from PySide6.QtCore import QObject, Slot

from app import formatting, words
from app.services.background import Lane
from app.services.troubles import words_key
from app.views.lists.troubles import in_words
from app.views.widgets.buttons import link
from app.views.widgets.detail_pane import Section
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName
from payments.contract.wire.requests import Posting, Postings

if TYPE_CHECKING:
    from app.views.frame.context import Context


class LedgerPart(QObject):
    """Fills a section: a link first, then the postings by transaction."""

    def __init__(self, context: Context, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._context = context
        self._now = now
        self._order_id = ""
        self._postings: Postings | None = None
        self._trouble = ""
        self._asking = False
        self._section: Section | None = None

    def forget(self) -> None:
        """Another order will be shown."""
        self._postings, self._trouble, self._asking = None, "", False

    def show_in(self, section: Section, order_id: str) -> None:
        """Say what is known in this section."""
        self._section, self._order_id = section, order_id
        if self._postings is not None:
            self._show_postings(section, self._postings)
        elif self._asking:
            section.add_text(words.say("widgets.state.loading"))
        else:
            if self._trouble:
                section.add_text(in_words(self._trouble), "danger")
            ask = link(words.say("orders.ledger.show"))
            ask.clicked.connect(self._ask)
            section.add_leading(ask)

    @Slot()
    def _ask(self) -> None:
        self._asking, self._trouble = True, ""
        api, order_id = self._context.api, self._order_id

        def ask() -> tuple[str, Postings]:
            return order_id, api.postings(order_id)

        self._context.background.run(
            ask, done=self._arrived, failed=self._failed, lane=Lane.NETWORK
        )
        self._again()

    def _arrived(self, answer: tuple[str, Postings]) -> None:
        if answer[0] == self._order_id:
            self._asking, self._postings = False, answer[1]
            self._again()

    def _failed(self, error: BaseException) -> None:
        self._asking, self._trouble = False, words_key(error)
        self._again()

    def _again(self) -> None:
        if self._section is not None and shiboken6.isValid(self._section):
            self._section.clear(words.say("orders.section.ledger"))
            self.show_in(self._section, self._order_id)

    def _show_postings(self, section: Section, postings: Postings) -> None:
        if not postings.postings:
            section.add_text(words.say("orders.ledger.nothing"))
        zone = ZoneInfo(self._context.me.zone)
        for _, lines in groupby(postings.postings, key=_transaction):
            posted = list(lines)
            event = words.find(f"orders.ledger.event.{posted[0].event}") or posted[0].event
            at = formatting.instant(posted[0].at, now=self._now(), zone=zone)
            section.add_rows(
                [
                    (event, at, "strong"),
                    *((_account(line.account), _amount(line)) for line in posted),
                ]
            )


def _transaction(posting: Posting) -> str:
    return posting.transaction


def _amount(posting: Posting) -> str:
    return formatting.money(Money(posting.amount, posting.currency), sign=True)


def _account(account: str) -> str:
    """An account in words; whose it is stands behind it, a channel by its name."""
    kind, _, whose = account.partition(":")
    named = words.find(f"orders.ledger.account.{kind}") or kind
    if whose in set(ChannelName):
        return f"{named} · {words.name(ChannelName(whose))}"
    return f"{named} · {whose}" if whose else named
