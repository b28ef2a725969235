"""The period of a list: the usual spans by name, or days of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app import words
from app.views.widgets.buttons import Button, ButtonKind
from app.views.widgets.labels import hairline
from app.views.widgets.ranges import DateRange

Days = tuple[date, date]


class Span(StrEnum):
    """The usual spans, all ending today but the last month."""

    TODAY = "today"
    WEEK = "week"
    MONTH_OF_DAYS = "month_of_days"
    QUARTER_OF_DAYS = "quarter_of_days"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"


_LENGTHS = {Span.TODAY: 1, Span.WEEK: 7, Span.MONTH_OF_DAYS: 30, Span.QUARTER_OF_DAYS: 90}


def days_of(span: Span, today: date) -> Days:
    """First and last day of a span, both included."""
    if span in _LENGTHS:
        return today - timedelta(days=_LENGTHS[span] - 1), today
    first = today.replace(day=1)
    if span is Span.THIS_MONTH:
        return first, today
    last = first - timedelta(days=1)
    return last.replace(day=1), last


class PeriodChoice(QWidget):
    """What the chip of a period opens; follows ``chips.Popup``. ``today`` is the business day."""

    changed = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self._range = DateRange()
        self._range.changed.connect(self.changed)
        self._buttons: dict[Span, Button] = {}
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, span in enumerate(Span):
            button = Button("", ButtonKind.SECONDARY)
            button.setProperty("span", span.value)
            button.clicked.connect(self._choose)
            grid.addWidget(button, place // 2, place % 2)
            self._buttons[span] = button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addWidget(hairline())
        layout.addWidget(self._range)
        self.retranslate()

    def value(self) -> Days | None:
        """The chosen days, None for any."""
        return self._range.value()

    def set_value(self, days: Days | None) -> None:
        """Choose without telling."""
        self._range.set_value(days)

    def describe(self) -> str:
        """The name of the span where the days are one, else the days."""
        chosen = self._range.value()
        for span in Span:
            if chosen == days_of(span, self._today()):
                return words.say(f"lists.period.{span.value}")
        return self._range.describe()

    def clear(self) -> None:
        """Any day."""
        self._range.clear()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._range.retranslate()
        for span, button in self._buttons.items():
            button.setText(words.say(f"lists.period.{span.value}"))

    @Slot()
    def _choose(self) -> None:
        self._range.set_value(days_of(Span(self.sender().property("span")), self._today()))
        self.window().close()
        self.changed.emit()
