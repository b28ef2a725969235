"""The row above every list: what is filtered, what can be filtered, and the acts at its right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.views.theme.tokens import Size
from app.views.widgets.chips import Choice, ChoiceChip, PopupChip, TabChips
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.search_field import SearchField


class FilterRow(QWidget):
    """Chips at the left, wrapping where narrow; buttons at the right.

    ``changed`` carries all chosen values by filter name, ``searched`` the committed text.
    """

    changed = Signal(object)
    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: dict[str, ChoiceChip] = {}
        self._others: list[PopupChip | TabChips] = []
        self._search: SearchField | None = None
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Size.GUTTER, 12, Size.GUTTER, 8)
        outer.setSpacing(Size.GAP)
        left = QWidget(self)
        left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._left = FlowLayout(Size.GAP, left)
        outer.addWidget(left, 1, Qt.AlignmentFlag.AlignVCenter)
        self._right = QHBoxLayout()
        self._right.setSpacing(Size.GAP)
        outer.addLayout(self._right)
        outer.setAlignment(self._right, Qt.AlignmentFlag.AlignTop)

    def add_search(self, hint: str) -> SearchField:
        """A text field; ``hint`` is a key of the catalogue. ``/`` brings a person here."""
        self._search = SearchField(hint, parent=self)
        self._search.searched.connect(self.searched)
        self._left.addWidget(self._search)
        return self._search

    def add_choice(
        self,
        name: str,
        title: str,
        choices: Sequence[Choice],
        *,
        several: bool = True,
        removable: bool = True,
    ) -> ChoiceChip:
        """A chip with choices; ``title`` is a key of the catalogue."""
        chip = ChoiceChip(title, choices, several=several, removable=removable, parent=self)
        chip.changed.connect(self._chip_changed)
        self._chips[name] = chip
        self._left.addWidget(chip)
        return chip

    def add_popup(self, title: str, popup: QWidget) -> PopupChip:
        """A chip that opens a widget following ``chips.Popup``; the widget keeps its own value."""
        chip = PopupChip(title, popup, self)
        chip.changed.connect(self._chip_changed)
        self._others.append(chip)
        self._left.addWidget(chip)
        return chip

    def add_tabs(self, choices: Sequence[Choice]) -> TabChips:
        """Exclusive chips with counts; their ``changed`` is theirs."""
        tabs = TabChips(choices, self, flow=self._left)
        self._others.append(tabs)
        return tabs

    def add_trailing(self, widget: QWidget) -> None:
        """Something at the right: export, new refund, saved views."""
        self._right.addWidget(widget)

    def values(self) -> dict[str, tuple[str, ...]]:
        """What is chosen, by filter name."""
        return {name: chip.values() for name, chip in self._chips.items()}

    def set_values(self, values: Mapping[str, Sequence[str]]) -> None:
        """Choose without telling; filters that are not named choose nothing."""
        for name, chip in self._chips.items():
            chip.set_values(values.get(name, ()))

    def focus_filter(self) -> None:
        """Bring the keyboard to the text field, or to the first chip."""
        target = self._search or next(iter(self._chips.values()), None)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        for chip in [*self._chips.values(), *self._others]:
            chip.retranslate()
        if self._search is not None:
            self._search.retranslate()

    @Slot()
    def _chip_changed(self) -> None:
        self.changed.emit(self.values())
