"""What a chip opens for more than a list: a range of days, a range of amounts."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QDate, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app import formatting, words
from app.views.widgets.buttons import primary, quiet
from app.views.widgets.calendar import DateField
from app.views.widgets.labels import Label
from app.views.widgets.money_field import MoneyField
from payments.contract.money import Money


class _Range(QWidget):
    """Two fields under their names, and the buttons that take or drop them."""

    changed = Signal()

    def __init__(self, first: QWidget, last: QWidget) -> None:
        super().__init__()
        self._names = (Label("", "caption"), Label("", "caption"))
        self._apply = primary()
        self._drop = quiet()
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for place, (name, field) in enumerate(zip(self._names, (first, last), strict=True)):
            grid.addWidget(name, 0, place)
            grid.addWidget(field, 1, place)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._drop)
        foot.addWidget(self._apply)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addLayout(foot)
        self._apply.clicked.connect(self.take)
        self._drop.clicked.connect(self._dropped)
        self.setMinimumWidth(320)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        for name, key in zip(self._names, ("from", "to"), strict=True):
            name.setText(words.say(f"widgets.range.{key}"))
        self._apply.setText(words.say("widgets.range.apply"))
        self._drop.setText(words.say("widgets.range.clear"))

    @Slot()
    def take(self) -> None:
        """Make what is entered the choice."""
        raise NotImplementedError

    def clear(self) -> None:
        """Choose nothing."""
        raise NotImplementedError

    @Slot()
    def _dropped(self) -> None:
        self.clear()
        self.window().close()
        self.changed.emit()

    def _taken(self) -> None:
        self.window().close()
        self.changed.emit()


class DateRange(_Range):
    """Days from … to …, both included; ends that are the wrong way round are exchanged."""

    def __init__(self) -> None:
        self._first, self._last = DateField(), DateField()
        self._chosen: tuple[date, date] | None = None
        super().__init__(self._first, self._last)
        self.retranslate()

    def value(self) -> tuple[date, date] | None:
        """The chosen days, None for any."""
        return self._chosen

    def set_value(self, chosen: tuple[date, date] | None) -> None:
        """Choose without telling."""
        self._chosen = chosen
        if chosen is not None:
            for field, day in zip((self._first, self._last), chosen, strict=True):
                field.setDate(QDate(day.year, day.month, day.day))

    def describe(self) -> str:
        """``2026-11-01 – 2026-11-20``."""
        if self._chosen is None:
            return ""
        first, last = self._chosen
        return f"{first.isoformat()} – {last.isoformat()}" if first != last else first.isoformat()

    def clear(self) -> None:
        """Any day."""
        self._chosen = None

    @Slot()
    def take(self) -> None:
        """Make what is entered the choice."""
        ends = sorted(_day_of(field) for field in (self._first, self._last))
        self.set_value((ends[0], ends[1]))
        self._taken()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        super().retranslate()
        self._first.retranslate()
        self._last.retranslate()


class AmountRange(_Range):
    """Amounts from … to …, both included; either end may stay open."""

    def __init__(self, currency: str) -> None:
        self._first, self._last = MoneyField(currency), MoneyField(currency)
        self._chosen: tuple[Money | None, Money | None] = (None, None)
        super().__init__(self._first, self._last)
        self.retranslate()

    def value(self) -> tuple[Money | None, Money | None]:
        """The chosen ends, None where open."""
        return self._chosen

    def set_value(self, first: Money | None, last: Money | None) -> None:
        """Choose without telling."""
        self._chosen = (first, last)
        for field, end in zip((self._first, self._last), self._chosen, strict=True):
            if end is None:
                field.clear()
            else:
                field.set_value(end)

    def set_currency(self, currency: str) -> None:
        """Ask in another currency; what was chosen in the one before is dropped."""
        self.clear()
        self._first.set_currency(currency)
        self._last.set_currency(currency)

    def describe(self) -> str:
        """``≥ ¥100.00``, ``≤ ¥500.00`` or both ends."""
        first, last = self._chosen
        if first is not None and last is not None:
            return f"{formatting.money(first)} – {formatting.money(last)}"
        if first is not None:
            return f"≥ {formatting.money(first)}"
        return f"≤ {formatting.money(last)}" if last is not None else ""

    def clear(self) -> None:
        """Any amount."""
        self._chosen = (None, None)
        self._first.clear()
        self._last.clear()

    @Slot()
    def take(self) -> None:
        """Make what is entered the choice; what cannot be read says why and stays."""
        for field in (self._first, self._last):
            if not field.is_empty() and field.complain():
                return
        first, last = self._first.value(), self._last.value()
        if first is not None and last is not None and last < first:
            first, last = last, first
        self._chosen = (first, last)
        self._taken()


def _day_of(field: DateField) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())
