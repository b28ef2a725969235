"""The filters of the order list: chips and search in, a query out, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import words
from app.models.lists.query import OrderQuery
from app.views.lists import choices
from app.views.lists.period import PeriodChoice
from app.views.widgets.filter_row import FilterRow
from app.views.widgets.ranges import AmountRange
from payments.contract.lifecycles import OrderStatus
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, ProductKind

# Seven filters in two lines where the window is narrow.
_SEARCH_WIDTH: Final = 180


class OrderFilters(QWidget):
    """``changed`` carries the query that the chips now ask for."""

    changed = Signal(object)

    def __init__(self, base_currency: str, today: Callable[[], date]) -> None:
        super().__init__()
        self._base_currency = base_currency
        self._currencies: list[str] = []
        self._product = self._payer = ""
        self._quiet = False
        self.row = FilterRow()
        self.search = self.row.add_search("orders.filter.search")
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        self.row.add_choice("status", "orders.filter.status", choices.named(OrderStatus))
        self._period = PeriodChoice(today)
        self._period_chip = self.row.add_popup("lists.period.title", self._period)
        self.row.add_choice("channel", "orders.filter.channel", choices.named(ChannelName))
        self.row.add_choice("kind", "orders.filter.kind", choices.named(ProductKind))
        self._amount = AmountRange(base_currency)
        self._amount_chip = self.row.add_popup("lists.amount.title", self._amount)
        self._currency = self.row.add_choice("currency", "lists.currency.title", [], several=False)
        self._currency.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.row)
        self.row.changed.connect(self._chosen)
        self.row.searched.connect(self._searched)

    def query(self) -> OrderQuery:
        """What the chips ask for."""
        values = self.row.values()
        first, last = self._period.value() or (None, None)
        smallest, largest = self._amount.value()
        return OrderQuery(
            statuses=tuple(OrderStatus(value) for value in values["status"]),
            channels=tuple(ChannelName(value) for value in values["channel"]),
            kinds=tuple(ProductKind(value) for value in values["kind"]),
            currency=self._asked_currency(),
            first_day=first,
            last_day=last,
            smallest=None if smallest is None else smallest.amount,
            largest=None if largest is None else largest.amount,
            text=self.search.text().strip(),
            product_id=self._product,
            payer_id=self._payer,
        )

    def show_query(self, query: OrderQuery) -> None:
        """Set all chips to a query and tell once."""
        self._quiet = True
        self.show_currencies([query.currency] if query.currency else [])
        self.row.set_values(
            {
                "status": query.statuses,
                "channel": query.channels,
                "kind": query.kinds,
                "currency": [query.currency],
            }
        )
        days = (query.first_day, query.last_day)
        self._period.set_value(None if days[0] is None or days[1] is None else (days[0], days[1]))
        currency = query.currency or self._base_currency
        self._amount.set_currency(currency)
        self._amount.set_value(_money(query.smallest, currency), _money(query.largest, currency))
        self._product, self._payer = query.product_id, query.payer_id
        self.search.setText(query.text)
        self.search.tell()
        self.retranslate()
        self._quiet = False
        self.changed.emit(self.query())

    def show_currencies(self, known: Iterable[str]) -> None:
        """Offer the currencies that there are; with a single one there is nothing to choose."""
        found = sorted({*self._currencies, *known})
        if found != self._currencies:
            self._currencies = found
            self._currency.set_choices(choices.plain(found))
            self._currency.setVisible(len(found) > 1)

    def describe(self) -> str:
        """The filter in words, for an exported file; empty for everything."""
        query = self.query()
        parts = [
            choices.joined(query.statuses, lambda value: words.name(OrderStatus(value))),
            self._period.describe(),
            choices.joined(query.channels, lambda value: words.name(ChannelName(value))),
            choices.joined(query.kinds, lambda value: words.name(ProductKind(value))),
            self._amount.describe(),
            query.currency,
            words.say("lists.export.text", text=query.text) if query.text else "",
        ]
        return " · ".join(part for part in parts if part)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.row.retranslate()

    def _asked_currency(self) -> str:
        """The chosen currency; bounds of the amount mean one, chosen or not."""
        chosen = self.row.values()["currency"]
        if chosen:
            return chosen[0]
        return self._base_currency if any(self._amount.value()) else ""

    @Slot(object)
    def _chosen(self, _values: object) -> None:
        if self._quiet:
            return
        chosen = self.row.values()["currency"]
        wanted = chosen[0] if chosen else self._base_currency
        bounds = [bound.currency for bound in self._amount.value() if bound is not None]
        if bounds and bounds[0] != wanted:
            self._amount.clear()
        if not bounds:
            self._amount.set_currency(wanted)
        self._amount_chip.retranslate()
        self.changed.emit(self.query())

    @Slot(str)
    def _searched(self, _text: str) -> None:
        if not self._quiet:
            self.changed.emit(self.query())


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
