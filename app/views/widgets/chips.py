"""Chips: a filter with its choices in a menu, and a row of exclusive tabs with counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from app import formatting, words
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.drawing import draw_text, width_of
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.menu import Menu

_SIDE = 12
_SIGN = 14


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, and how to say it in the language in force."""

    value: str
    label: Callable[[], str]


class Chip(QPushButton):
    """The body of every chip: words, then an arrow or a cross. ``removed`` comes from the cross."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = ""
        self.setProperty("kind", "chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_state(self, text: str, *, active: bool, sign: str) -> None:
        """Words, whether something is chosen, and the icon at the end."""
        self._sign = sign
        self.setText(text)
        self.setAccessibleName(text)
        self.setProperty("active", active)
        self.style().unpolish(self)
        self.style().polish(self)
        self.updateGeometry()
        self.update()

    def is_active(self) -> bool:
        """Whether something is chosen."""
        return bool(self.property("active"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Words and sign with room around."""
        sign = _SIGN + 2 if self._sign else 0
        width = width_of(self.text(), Size.TEXT, self._weight()) + sign + 2 * _SIDE + 2
        return QSize(int(width) + 1, Size.CHIP)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Never narrower than its words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Body by the style sheet, words and sign by us."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        ink = tokens().accent if self.is_active() else tokens().text
        area = QRectF(self.rect()).adjusted(_SIDE + 1, 0, -_SIDE + 2, 0)
        if self._sign:
            icons.paint(painter, self._sign, ink, self._sign_area())
            area.setRight(area.right() - _SIGN)
        draw_text(painter, area, self.text(), ink, weight=self._weight())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A press on the cross removes; anywhere else it opens."""
        on_sign = self._sign_area().adjusted(-4, 0, _SIDE, 0).contains(event.position())
        if self._sign == "close" and on_sign and self.isDown():
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Delete and Backspace remove."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self._sign == "close":
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def _weight(self) -> int:
        return Weight.MEDIUM if self.is_active() else Weight.REGULAR

    def _sign_area(self) -> QRectF:
        return QRectF(self.width() - _SIDE - _SIGN + 3, 0, _SIGN, self.height())


class ChoiceChip(Chip):
    """A filter: title while nothing is chosen, the chosen words otherwise.

    ``changed`` carries the chosen values. With ``removable`` false there is always one choice.
    """

    changed = Signal(object)

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        several: bool = True,
        removable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title = title
        self._choices = list(choices)
        self._several = several
        self._removable = removable
        self._chosen: tuple[str, ...] = () if removable else (self._choices[0].value,)
        self.clicked.connect(self._open)
        self.removed.connect(self.clear)
        self.retranslate()

    def values(self) -> tuple[str, ...]:
        """What is chosen, in the order of the choices."""
        return self._chosen

    def set_values(self, values: Sequence[str]) -> None:
        """Choose without telling; values that are no choices are left out."""
        chosen = [choice.value for choice in self._choices if choice.value in values]
        self._chosen = tuple(chosen if self._several else chosen[:1])
        if not self._chosen and not self._removable:
            self._chosen = (self._choices[0].value,)
        self.retranslate()

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer other choices; what is chosen stays where it still exists."""
        self._choices = list(choices)
        self.set_values(self._chosen)

    @Slot()
    def clear(self) -> None:
        """Choose nothing and tell."""
        self.set_values(())
        self.changed.emit(self._chosen)

    def retranslate(self) -> None:
        """Say title or choice in the language in force."""
        said = [choice.label() for choice in self._choices if choice.value in self._chosen]
        text = words.say(self._title)
        if said:
            joined = words.say("widgets.chip.join", first=said[0], second=said[-1])
            text = said[0] if len(said) == 1 else joined
            if len(said) > 2:  # noqa: PLR2004 - two are named
                text = words.say("widgets.chip.several", first=said[0], count=len(said) - 1)
        cross = bool(said) and self._removable
        self.show_state(text, active=bool(said), sign="close" if cross else "chevron-down")
        self.setToolTip(words.say(self._title) if said else "")

    @Slot()
    def _open(self) -> None:
        menu = self.choices_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def choices_menu(self) -> Menu:
        """The choices to tick; stays open while several are ticked."""
        menu = _StayingMenu(parent=self) if self._several else Menu(parent=self)
        for choice in self._choices:
            action = menu.addAction(choice.label())
            action.setCheckable(True)
            action.setChecked(choice.value in self._chosen)
            action.setData(choice.value)
            action.triggered.connect(self._toggle)
        return menu

    @Slot()
    def _toggle(self) -> None:
        value = str(self.sender().data())  # type: ignore[attr-defined]  # always an action of the menu
        chosen = set(self._chosen) ^ {value} if self._several else {value} - set(self._chosen)
        self.set_values(tuple(chosen) or (() if self._removable else (value,)))
        self.changed.emit(self._chosen)


class _StayingMenu(Menu):
    """A menu that does not close when an item is ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tick and stay."""
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space ticks and stays."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)


class Popup(Protocol):
    """Any widget that a chip opens: a range of amounts, of days."""

    changed: SignalInstance

    def describe(self) -> str:
        """What is chosen in words, empty for nothing."""

    def clear(self) -> None:
        """Choose nothing."""

    def retranslate(self) -> None:
        """Say everything in the language in force."""


class PopupChip(Chip):
    """A filter whose choice needs more than a list; opens a widget that says what was chosen."""

    changed = Signal()

    def __init__(self, title: str, popup: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.popup: Popup = popup  # type: ignore[assignment]  # a widget that follows Popup
        self._window = QWidget(self, Qt.WindowType.Popup)
        self._window.setObjectName("card")
        self._window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        inside = QVBoxLayout(self._window)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.addWidget(popup)
        self.popup.changed.connect(self._popup_changed)
        self.clicked.connect(self._open)
        self.removed.connect(self.clear)
        self.retranslate()

    @Slot()
    def clear(self) -> None:
        """Choose nothing and tell."""
        self.popup.clear()
        self._popup_changed()

    def retranslate(self) -> None:
        """Say title or choice."""
        self.popup.retranslate()
        said = self.popup.describe()
        sign = "close" if said else "chevron-down"
        self.show_state(said or words.say(self._title), active=bool(said), sign=sign)

    @Slot()
    def _popup_changed(self) -> None:
        self.retranslate()
        self.changed.emit()

    @Slot()
    def _open(self) -> None:
        self._window.adjustSize()
        self._window.move(self.mapToGlobal(QPoint(0, self.height() + 4)))
        self._window.show()


class TabChips(QWidget):
    """Exclusive chips with counts: “Waiting for me 3 · With the channel 2 · All”."""

    changed = Signal(str)

    def __init__(
        self,
        choices: Sequence[Choice],
        parent: QWidget | None = None,
        *,
        flow: FlowLayout | None = None,
    ) -> None:
        """``flow`` takes the chips in among others, so that they wrap with them."""
        super().__init__(parent)
        self._choices = list(choices)
        self._counts: dict[str, int] = {}
        self._chosen = self._choices[0].value
        self._chips: dict[str, Chip] = {}
        layout = flow or FlowLayout(Size.GAP, self)
        self.setHidden(flow is not None)
        for choice in self._choices:
            chip = Chip(self)
            chip.setProperty("value", choice.value)
            chip.clicked.connect(self._clicked)
            layout.addWidget(chip)
            self._chips[choice.value] = chip
        self.retranslate()

    def value(self) -> str:
        """The chosen one."""
        return self._chosen

    def set_value(self, value: str) -> None:
        """Choose without telling. Raises KeyError for a value that is no choice."""
        self._chosen = self._chips[value].property("value")
        self.retranslate()

    def set_counts(self, counts: dict[str, int]) -> None:
        """How many each holds; those without a count show none."""
        self._counts = dict(counts)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the words in the language in force."""
        for choice in self._choices:
            number = self._counts.get(choice.value)
            text = choice.label()
            if number is not None:
                text = f"{text} {formatting.count(number)}"
            active = choice.value == self._chosen
            self._chips[choice.value].show_state(text, active=active, sign="")

    @Slot()
    def _clicked(self) -> None:
        self.set_value(str(self.sender().property("value")))
        self.changed.emit(self._chosen)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Fit again after a change of font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
