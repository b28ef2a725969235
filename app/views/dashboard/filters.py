"""The row above the figures: period, comparison, currency, product, channel; export at the right."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app import words
from app.views.dashboard.period import Comparison, Period, Span
from app.views.dashboard.product_picker import ProductPicker
from app.views.dashboard.reading import Question
from app.views.dashboard.wording import span_words
from app.views.theme.tokens import Size
from app.views.widgets.buttons import primary
from app.views.widgets.chips import Choice, ChoiceChip, PopupChip
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.labels import Label
from payments.contract.wire.records import ChannelName

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

    from app.views.frame.context import Context

_KEPT: Final = "dashboard.filter"


class DashboardFilters(QWidget):
    """``changed`` comes when something else is asked for; ``question`` is what."""

    changed = Signal()

    def __init__(self, context: Context, today: Callable[[], date]) -> None:
        super().__init__()
        self._preferences = context.preferences
        self.period = PeriodChip(today, self)
        self.comparison = _PlainChip(
            "dashboard.comparison.title", _choices("dashboard.comparison", Comparison), self
        )
        self.currency = _PlainChip(
            "dashboard.filter.currency", [_plain_choice(context.me.base_currency)], self
        )
        self.picker = ProductPicker(context.store, context.background)
        self.product = PopupChip("dashboard.filter.product", self.picker, self)
        self.channel = ChoiceChip(
            "dashboard.filter.channel",
            [Choice(one.value, _Name(one)) for one in ChannelName],
            several=False,
            parent=self,
        )
        self._currency_chosen = ""
        self._lay_out()
        self._restore()
        for chip in (self.period, self.comparison, self.channel):
            chip.changed.connect(self._tell)
        self.currency.changed.connect(self._choose_currency)
        self.product.changed.connect(self._tell)

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Size.GUTTER, 12, Size.GUTTER, 8)
        outer.setSpacing(12)
        left = QWidget(self)
        left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        flow = FlowLayout(Size.GAP, left)
        for chip in self._chips():
            flow.addWidget(chip)
        outer.addWidget(left, 1, Qt.AlignmentFlag.AlignVCenter)
        self._right = outer

    def add_trailing(self, widget: QWidget) -> None:
        """Something at the right."""
        self._right.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def question(self) -> Question:
        """What is asked for."""
        channel = self.channel.values()
        return Question(
            period=Period(self.period.values()[0]),
            comparison=Comparison(self.comparison.values()[0]),
            custom=self.period.custom,
            currency=self._currency_chosen,
            product_id=self.picker.product_id,
            channel=channel[0] if channel else "",
        )

    def show_currencies(self, currencies: tuple[str, ...], shown: str) -> None:
        """Offer the currencies that have figures; before there are any, the usual one stays."""
        if currencies:
            self.currency.set_choices([_plain_choice(currency) for currency in currencies])
            self.currency.set_values((shown,))

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        for chip in self._chips():
            chip.retranslate()
        self.period.retranslate_range()
        self.picker.retranslate()

    def _chips(self) -> tuple[ChoiceChip | PopupChip, ...]:
        return self.period, self.comparison, self.currency, self.product, self.channel

    @Slot()
    def _choose_currency(self) -> None:
        self._currency_chosen = self.currency.values()[0]
        self._tell()

    @Slot()
    def _tell(self) -> None:
        custom = self.period.custom
        kept = {
            "period": self.period.values()[0],
            "comparison": self.comparison.values()[0],
            "currency": self._currency_chosen,
            "first": custom.first.isoformat() if custom else "",
            "last": custom.last.isoformat() if custom else "",
        }
        self._preferences.put(_KEPT, kept)
        self.changed.emit()

    def _restore(self) -> None:
        kept = self._preferences.value(_KEPT, dict[str, str], {})
        self._currency_chosen = kept.get("currency", "")
        self.comparison.set_values((kept.get("comparison", Comparison.PREVIOUS.value),))
        try:
            first, last = (date.fromisoformat(kept.get(end, "")) for end in ("first", "last"))
            self.period.custom = Span(first, last)
        except ValueError:
            self.period.custom = None
        period = kept.get("period", Period.DAYS_30.value)
        if period == Period.CUSTOM.value and self.period.custom is None:
            period = Period.DAYS_30.value
        self.period.set_values((period,))


class _Name:
    """The word of a value, in whatever language is in force when it is asked for."""

    def __init__(self, value: StrEnum) -> None:
        self._value = value

    def __call__(self) -> str:
        return words.name(self._value)


class _Said:
    """The message of a key, likewise."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self) -> str:
        return words.say(self._key)


def _choices(area: str, values: type[StrEnum]) -> list[Choice]:
    return [Choice(one.value, _Said(f"{area}.{one.value}")) for one in values]


def _plain_choice(value: str) -> Choice:
    return Choice(value, lambda: value)


class _PlainChip(ChoiceChip):
    """A choice that always stands, so it is not marked as a filter."""

    def __init__(self, title: str, choices: list[Choice], parent: QWidget) -> None:
        super().__init__(title, choices, several=False, removable=False, parent=parent)

    def retranslate(self) -> None:
        """The chosen words, unmarked."""
        super().retranslate()
        self.show_state(self.text(), active=False, sign="chevron-down")


class PeriodChip(ChoiceChip):
    """The period; the last choice opens two days to enter. ``custom`` are the days entered."""

    def __init__(self, today: Callable[[], date], parent: QWidget) -> None:
        self.custom: Span | None = None
        super().__init__(
            "dashboard.period.title",
            _choices("dashboard.period", Period),
            several=False,
            removable=False,
            parent=parent,
        )
        self._today = today
        self._range = _RangeWindow(self)
        self._range.chosen.connect(self._choose_range)

    def retranslate(self) -> None:
        """The period's words; its days where they were entered."""
        super().retranslate()
        if self.values() == (Period.CUSTOM.value,) and self.custom is not None:
            self.show_state(span_words(self.custom), active=True, sign="chevron-down")

    def retranslate_range(self) -> None:
        """Say the words of the two days."""
        self._range.retranslate()

    def choose(self, value: str) -> None:
        """Choose a period and tell; for days of one's own, ask for them first."""
        if value == Period.CUSTOM.value:
            self._range.open(self.custom, self._today())
            return
        self.set_values((value,))
        self.changed.emit(self.values())

    @Slot()
    def _toggle(self) -> None:
        self.choose(str(self.sender().data()))  # type: ignore[attr-defined]  # an action of the menu

    @Slot(object)
    def _choose_range(self, span: Span) -> None:
        self.custom = span
        self.set_values((Period.CUSTOM.value,))
        self.changed.emit(self.values())


class _RangeWindow(QWidget):
    """Two days and a button below the chip."""

    chosen = Signal(object)

    def __init__(self, chip: QWidget) -> None:
        super().__init__(chip, Qt.WindowType.Popup)
        self._chip = chip
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._labels = (Label("", "caption"), Label("", "caption"))
        self._fields = (QDateEdit(), QDateEdit())
        self._apply = primary()
        self._apply.clicked.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(4)
        for label, field in zip(self._labels, self._fields, strict=True):
            field.setCalendarPopup(True)
            field.setDisplayFormat("yyyy-MM-dd")
            field.setMinimumWidth(180)
            label.setBuddy(field)
            layout.addWidget(label)
            layout.addWidget(field)
            layout.addSpacing(8)
        layout.addWidget(self._apply)
        self._fields[0].dateChanged.connect(self._first_changed)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the words in the language in force."""
        for label, field, key in zip(self._labels, self._fields, ("from", "to"), strict=True):
            label.setText(words.say(f"dashboard.period.{key}"))
            field.setAccessibleName(words.say(f"dashboard.period.{key}"))
        self._apply.setText(words.say("dashboard.period.apply"))

    def open(self, span: Span | None, today: date) -> None:
        """Show below the chip, with the days chosen last or this month."""
        shown = span or Span(today.replace(day=1), today)
        first, last = self._fields
        last.setMaximumDate(QDate(today.year, today.month, today.day))
        first.setMaximumDate(last.maximumDate())
        first.setDate(QDate(shown.first.year, shown.first.month, shown.first.day))
        last.setDate(QDate(shown.last.year, shown.last.month, shown.last.day))
        self.adjustSize()
        self.move(self._chip.mapToGlobal(QPoint(0, self._chip.height() + 4)))
        self.show()
        first.setFocus()

    @Slot()
    def _first_changed(self) -> None:
        """The last day cannot lie before the first."""
        first = self._fields[0].date()
        self._fields[1].setMinimumDate(first)

    @Slot()
    def _choose(self) -> None:
        first, last = (_day(field) for field in self._fields)
        self.hide()
        self.chosen.emit(Span(first, last))


def _day(field: QDateEdit) -> date:
    chosen = field.date()
    return date(chosen.year(), chosen.month(), chosen.day())
