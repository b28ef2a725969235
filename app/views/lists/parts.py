"""Small parts that detail panes are made of: a notice, a row that leads elsewhere, a row with an act."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.views.theme.tokens import Size, Tone
from app.views.widgets.buttons import Button, link
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.labels import Label, paragraph
from app.views.widgets.pill import Pill

_LOOKS = {
    Tone.DANGER: "notice-danger",
    Tone.WARNING: "notice-warning",
    Tone.INFO: "notice-info",
}


class Notice(QFrame):
    """A tinted card: a strong line, what more there is to say, and at most a few acts."""

    def __init__(self, tone: Tone, title: str, text: str = "") -> None:
        super().__init__()
        self.setProperty("look", _LOOKS[tone])
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.setSpacing(4)
        self._layout.addWidget(Label(title, "strong", wraps=True))
        if text:
            self._layout.addWidget(paragraph(text, ""))
        self.setAccessibleName(f"{title} {text}".strip())

    def add_widget(self, widget: QWidget) -> None:
        """Anything more to say."""
        self._layout.addWidget(widget)

    def add_acts(self, buttons: list[Button]) -> None:
        """What can be done about it."""
        acts = QWidget()
        flow = FlowLayout(Size.GAP, acts)
        flow.setContentsMargins(0, 4, 0, 0)
        for button in buttons:
            flow.addWidget(button)
        self._layout.addWidget(acts)


def leading_row(name: str, status: StrEnum, figure: str, *, record: str) -> tuple[QWidget, Button]:
    """Another record in one line; the button carries its id as ``record``."""
    row = QWidget()
    across = QHBoxLayout(row)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(Size.GAP)
    button = link(name)
    button.setProperty("record", record)
    pill = Pill()
    pill.show_status(status)
    across.addWidget(button)
    across.addWidget(pill)
    across.addStretch(1)
    across.addWidget(Label(figure))
    return row, button


def acting_row(name: str, value: str, act: str) -> tuple[QWidget, Button]:
    """A label, its value, and something that can be done with it; no act hides the button."""
    row = QWidget()
    across = QHBoxLayout(row)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(4)
    across.addWidget(Label(name, "muted"))
    across.addStretch(1)
    said = Label(value).selectable()
    said.setAccessibleName(f"{name}: {value}")
    button = link(act)
    button.setAccessibleName(f"{name}: {act}")
    button.setVisible(bool(act))
    across.addWidget(button)
    across.addWidget(said)
    return row, button
