"""The field that finds a customer: exactly, by order or payer number, phone or email."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app import words
from app.views.theme.tokens import Size
from app.views.widgets.buttons import primary
from app.views.widgets.labels import Label

_LONGEST = 120
_WIDTH = 420


class Finder(QWidget):
    """``wanted`` carries what was entered, with Enter or the button."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._key = ""
        self._field = QLineEdit()
        self._field.setMaxLength(_LONGEST)
        self._field.setMinimumWidth(240)
        self._field.setMaximumWidth(_WIDTH)
        self._go = primary()
        self._problem = Label("", "error", wraps=True)
        line = QHBoxLayout()
        line.setSpacing(Size.GAP)
        line.addWidget(self._field, 1)
        line.addWidget(self._go)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Size.GUTTER, 12, Size.GUTTER, 8)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self._problem)
        self._field.returnPressed.connect(self._find)
        self._field.textChanged.connect(self._say)
        self._go.clicked.connect(self._find)
        self.retranslate()

    def focus(self) -> None:
        """Bring the keyboard here; what stands there is selected."""
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def clear(self) -> None:
        """Ready for the next customer."""
        self._field.clear()

    def set_busy(self, *, busy: bool) -> None:
        """Whether the services are being asked."""
        self._busy = busy
        self._say()

    def show_problem(self, key: str) -> None:
        """Why no other customer could be opened, while one is open; empty for nothing."""
        self._key = key
        self._say()

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._field.setPlaceholderText(words.say("customers.find_hint"))
        self._field.setAccessibleName(words.say("customers.find_hint"))
        self._go.setText(words.say("customers.find"))
        self._say()

    @Slot()
    def _say(self) -> None:
        self._go.setEnabled(not self._busy and bool(self._field.text().strip()))
        self._problem.setText(" ".join(words.problem(self._key)) if self._key else "")
        self._problem.setVisible(bool(self._key))

    @Slot()
    def _find(self) -> None:
        find = self._field.text().strip()
        if find and not self._busy:
            self.wanted.emit(find)
