"""Words in the few sizes and weights the console uses."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QWidget

# The looks that the style sheet knows.
LOOKS = frozenset(
    {
        "",
        "muted",
        "small",
        "caption",
        "strong",
        "section",
        "large",
        "title",
        "headline",
        "error",
        "danger",
        "success",
        "warning",
    }
)


class Label(QLabel):
    """Plain text in one of the looks; never rich text, so that data cannot become markup."""

    def __init__(
        self, text: str = "", look: str = "", *, wraps: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self.set_look(look)

    def set_look(self, look: str) -> None:
        """Change size, weight and colour together. Raises ValueError for an unknown look."""
        if look not in LOOKS:
            raise ValueError(look)
        self.setProperty("look", look)
        self.style().unpolish(self)
        self.style().polish(self)

    def selectable(self) -> Label:
        """Let a person select and copy the text."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self


def paragraph(text: str, look: str = "muted") -> Label:
    """Several lines of words with room between them; the text is escaped, never markup."""
    label = Label("", look, wraps=True)
    label.setTextFormat(Qt.TextFormat.RichText)
    lines = escape(text).replace("\n", "<br>")
    label.setText(f'<div style="line-height:135%">{lines}</div>')
    label.setAccessibleName(text)
    return label


def hairline() -> QFrame:
    """A line one pixel high."""
    line = QFrame()
    line.setProperty("look", "line")
    line.setFixedHeight(1)
    return line
