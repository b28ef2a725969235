"""The pane at the right of a list: one record, its headline, its parts, and the acts at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayoutItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import words
from app.views.theme.tokens import Size
from app.views.widgets.buttons import IconButton
from app.views.widgets.flow_layout import FlowLayout
from app.views.widgets.labels import Label, hairline, paragraph
from app.views.widgets.pill import Pill

_SIDE = Size.GUTTER
_LINK_SIDE = 5
# A longer word without a space does not fit beside its label in the narrowest pane.
_LONG_WORD = 20


class Section(QWidget):
    """One part of the pane: a small title, then rows, text or any widget."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(_SIDE, 14, _SIDE, 14)
        self._layout.setSpacing(Size.GAP)
        if title:
            self._layout.addWidget(Label(title, "section"))

    def clear(self, title: str) -> None:
        """Begin anew under a title: for parts whose content arrives later."""
        while (item := self._layout.takeAt(0)) is not None:
            _drop(item)
        if title:
            self._layout.addWidget(Label(title, "section"))

    def add_rows(self, rows: Sequence[tuple[str, str] | tuple[str, str, str]]) -> None:
        """Label and value, the value at the right edge; a third text is the value's look.

        Looks: ``strong``, ``muted``, ``danger``, ``success``, ``warning``.
        """
        grid = _grid()
        grid.setColumnStretch(1, 1)
        place = 0
        for label, value, *look in rows:
            grid.addWidget(Label(label, "muted"), place, 0, Qt.AlignmentFlag.AlignTop)
            said = _value(label, value, look[0] if look else "", wraps=True)
            if max(map(len, value.split()), default=0) > _LONG_WORD:
                place += 1
                grid.addWidget(said, place, 0, 1, 2)
            else:
                grid.addWidget(said, place, 1)
            place += 1
        self._layout.addLayout(grid)

    def add_findings(self, rows: Sequence[tuple[str, str]]) -> None:
        """Sentence and figure: here the sentence takes the room, and more than one line of it."""
        grid = _grid()
        grid.setColumnStretch(0, 1)
        for place, (sentence, figure) in enumerate(rows):
            grid.addWidget(Label(sentence, "muted", wraps=True), place, 0)
            grid.addWidget(_value(sentence, figure, "", wraps=False), place, 1)
        self._layout.addLayout(grid)

    def add_text(self, text: str, look: str = "muted") -> Label:
        """A paragraph."""
        label = paragraph(text, look).selectable()
        self._layout.addWidget(label)
        return label

    def add_widget(self, widget: QWidget) -> None:
        """Anything else: a timeline, a chart."""
        self._layout.addWidget(widget)

    def add_leading(self, widget: QWidget) -> None:
        """Something no wider than it must be, at the left: a link."""
        line = QHBoxLayout()
        # A link keeps room for its frame around its words; the words stand at the edge.
        line.setSpacing(0)
        line.addSpacing(-_LINK_SIDE)
        line.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        self._layout.addLayout(line)


class DetailPane(QWidget):
    """Shows one record. A panel calls ``begin``, adds sections, and sets the acts.

    ``closed`` comes from the cross and from Esc.
    """

    closed = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        closable: bool = True,
        widest: int = Size.PANE_MOST,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("detailPane")
        self.setMaximumWidth(widest)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(Size.PANE_LEAST)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.setSpacing(0)
        # The head stays when the rest is scrolled: what record this is, and the cross beside it.
        self._head = QVBoxLayout()
        outer.addLayout(self._head)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(self._scroll, 1)
        self._foot = QFrame(self)
        self._foot.setObjectName("actionBar")
        self._acts = FlowLayout(Size.GAP, self._foot)
        self._acts.setContentsMargins(_SIDE, 12, _SIDE, 16)
        outer.addWidget(self._foot)
        self._close = IconButton("close", parent=self)
        self._close.clicked.connect(self.closed)
        self._close.setVisible(closable)
        self._body = QVBoxLayout()
        self.begin("", "")
        self.retranslate()

    def begin(self, caption: str, headline: str, *, subtitle: str = "") -> Pill:
        """Empty the pane for a record: its number, its amount. Returns the pill for its status."""
        scrolled = QWidget()
        scrolled.setObjectName("scrolled")
        self._body = QVBoxLayout(scrolled)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(0)
        self._body.addStretch(1)
        pill = Pill()
        while (item := self._head.takeAt(0)) is not None:
            _drop(item)
        self._head.addWidget(_head(caption, headline, subtitle, pill))
        self._head.addWidget(hairline())
        self._close.raise_()
        # The wish to show another record may come from inside the old content.
        if (old := self._scroll.takeWidget()) is not None:
            old.deleteLater()
        self._scroll.setWidget(scrolled)
        self.set_actions([])
        return pill

    def add_section(self, title: str = "") -> Section:
        """A part below the others, with a hairline between."""
        section = Section(title)
        if self._body.count() > 1:
            self._body.insertWidget(self._body.count() - 1, hairline())
        self._body.insertWidget(self._body.count() - 1, section)
        return section

    def set_actions(self, buttons: Sequence[QWidget]) -> None:
        """The acts at the foot; none hides the foot."""
        while (item := self._acts.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for button in buttons:
            self._acts.addWidget(button)
        self._foot.setVisible(bool(buttons))

    def retranslate(self) -> None:
        """Say its own words; the panel shows the record again."""
        self._close.set_name(words.say("widgets.pane.close"))
        self.setAccessibleName(words.say("widgets.pane.label"))

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Keep the cross in the corner."""
        super().resizeEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._close.move(self.width() - self._close.width() - 12, 12)
        self._close.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(Size.GAP)
    return grid


def _value(label: str, value: str, look: str, *, wraps: bool) -> Label:
    said = Label(value, look, wraps=wraps).selectable()
    said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    said.setAccessibleName(f"{label}: {value}")
    return said


def _drop(item: QLayoutItem) -> None:
    if (widget := item.widget()) is not None:
        widget.hide()
        widget.deleteLater()
    if (inside := item.layout()) is not None:
        while (part := inside.takeAt(0)) is not None:
            _drop(part)


def _head(caption: str, headline: str, subtitle: str, pill: Pill) -> QWidget:
    head = QWidget()
    layout = QVBoxLayout(head)
    layout.setContentsMargins(_SIDE, 16, _SIDE, 14)
    layout.setSpacing(4)
    small = Label(caption, "small").selectable()
    small.setContentsMargins(0, 0, 32, 0)
    layout.addWidget(small)
    large = Label(headline, "headline", wraps=True).selectable()
    large.setAccessibleName(headline)
    layout.addWidget(large)
    line = QHBoxLayout()
    line.setSpacing(Size.GAP)
    line.addWidget(pill, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(Label(subtitle, "muted", wraps=True), 1)
    layout.addLayout(line)
    return head
