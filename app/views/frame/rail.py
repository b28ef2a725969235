"""The rail at the left: one icon per panel, a count where someone must act."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QVBoxLayout, QWidget

from app import words
from app.services.preferences import Preferences
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.drawing import draw_count, draw_text, key_text

_OPEN = "frame.rail_open"


class RailItem(QAbstractButton):
    """One icon, with its words beside it while the rail is open."""

    def __init__(self, icon: str, title: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._title = title
        self._key = key_text(key)
        self._count = 0
        self.setFixedHeight(Size.RAIL_ITEM)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.retranslate()

    def set_title(self, title: str) -> None:
        """Another key of the catalogue."""
        self._title = title
        self.retranslate()

    def set_count(self, count: int) -> None:
        """How many wait; 0 shows none."""
        self._count = count
        self.retranslate()

    def retranslate(self) -> None:
        """Say it in the language in force."""
        title = words.say(self._title)
        said = title
        if self._count:
            said = words.say("frame.rail.waiting", title=title, count=self._count)
        self.setAccessibleName(said)
        self.setToolTip(f"{said}   {self._key}".rstrip())
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Show that it can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Back to quiet."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Tint for the panel in view, icon, words, count."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        tint = colours.accent_tint if here else colours.line if self.underMouse() else None
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tint) if tint else Qt.BrushStyle.NoBrush)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        ink = colours.accent if here else colours.muted
        icons.paint(painter, self._icon, ink, QRectF(10, 0, Size.ICON, self.height()))
        wide = self.width() > Size.RAIL
        if wide:
            area = QRectF(42, 0, self.width() - 74, self.height())
            weight = Weight.MEDIUM if here else Weight.REGULAR
            colour = colours.accent if here else colours.text
            draw_text(painter, area, words.say(self._title), colour, weight=weight)
        if self._count:
            text = "99+" if self._count > 99 else str(self._count)  # noqa: PLR2004 - two figures
            middle = QPointF(self.width() - 20, self.height() / 2) if wide else QPointF(30, 9)
            draw_count(painter, middle, text)


class Mark(QWidget):
    """The program's sign at the top of the rail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(Size.TOP_BAR)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """The abacus, and the name while there is room."""
        painter = QPainter(self)
        icons.paint(painter, "suanpan", tokens().accent, QRectF(4, 8, 32, 32))
        if self.width() > Size.RAIL:
            area = QRectF(46, 0, self.width() - 46, self.height())
            name = words.say("frame.name")
            draw_text(
                painter,
                area,
                name,
                tokens().text,
                size=Size.TEXT_LARGE,
                weight=Weight.SEMIBOLD,
            )


class Rail(QFrame):
    """Panels from top to bottom, settings at the foot. ``chosen`` carries a panel's name."""

    chosen = Signal(str)
    settings_asked = Signal()

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._preferences = preferences
        self._items: dict[str, RailItem] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 0, 8, 12)
        self._layout.setSpacing(4)
        self._mark = Mark()
        self._layout.addWidget(self._mark)
        self._layout.addSpacing(8)
        self._layout.addStretch(1)
        self._toggle = RailItem("sidebar", "frame.rail.expand")
        self._toggle.clicked.connect(self.toggle)
        self._settings = RailItem("gear", "frame.rail.settings")
        self._settings.clicked.connect(self.settings_asked)
        self._layout.addWidget(self._toggle)
        self._layout.addWidget(self._settings)
        self._open = preferences.value(_OPEN, bool, False)
        self._put()
        self.retranslate()

    @property
    def settings_button(self) -> QWidget:
        """Where the settings menu opens."""
        return self._settings

    def add(self, name: str, icon: str, title: str, key: str = "") -> None:
        """A panel below the others; ``title`` is a key of the catalogue, ``key`` as Qt writes it."""
        item = RailItem(icon, title, key)
        item.setCheckable(True)
        item.setAutoExclusive(True)
        item.setProperty("panel", name)
        item.clicked.connect(self._clicked)
        self._layout.insertWidget(2 + len(self._items), item)
        self._items[name] = item

    def clear(self) -> None:
        """Take all panels out."""
        for item in self._items.values():
            self._layout.removeWidget(item)
            item.hide()
            item.deleteLater()
        self._items.clear()

    def show_here(self, name: str) -> None:
        """Mark the panel in view."""
        self._items[name].setChecked(True)

    def set_count(self, name: str, count: int) -> None:
        """How many wait in a panel; panels that are not offered are passed over."""
        if name in self._items:
            self._items[name].set_count(count)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.setAccessibleName(words.say("frame.rail.label"))
        for item in [*self._items.values(), self._toggle, self._settings]:
            item.retranslate()
        self._mark.update()

    @Slot()
    def toggle(self) -> None:
        """Show or hide the words."""
        self._open = not self._open
        self._preferences.put(_OPEN, self._open)
        self._put()

    def _put(self) -> None:
        self.setFixedWidth(Size.RAIL_OPEN if self._open else Size.RAIL)
        self._toggle.set_title("frame.rail.collapse" if self._open else "frame.rail.expand")

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(str(self.sender().property("panel")))
