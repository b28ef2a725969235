"""Buttons that name the act: primary, secondary, danger, quiet, link; with their key beside."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.drawing import (
    CENTRE,
    draw_keycap,
    draw_text,
    key_text,
    keycap_width,
    width_of,
)

_SIDE = 14
_GAP = 8


class ButtonKind(StrEnum):
    """How loud a button is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"
    DANGER_FILLED = "danger-filled"
    QUIET = "quiet"
    LINK = "link"


class Button(QPushButton):
    """A push button that paints an optional icon and key cap around its words."""

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = ButtonKind.SECONDARY,
        *,
        key: str = "",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind = kind
        self._keys = key_text(key)
        self._icon = icon
        self.setProperty("kind", kind.value)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Change the words and what assistive technology reads."""
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Words, icon and key cap with room around."""
        side = 4 if self._kind is ButtonKind.LINK else _SIDE
        height = 24 if self._kind is ButtonKind.LINK else Size.CONTROL
        return QSize(int(self._content_width()) + 2 * side + 2, height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A button is never narrower than its words."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """The style sheet paints the body, we paint what is on it."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self._paint_content(painter)

    def _content_width(self) -> float:
        width = width_of(self.text(), Size.TEXT, Weight.MEDIUM)
        if self._icon:
            width += Size.ICON_SMALL + (_GAP if self.text() else 0)
        if self._keys:
            width += _GAP + keycap_width(self._keys)
        return width

    def _paint_content(self, painter: QPainter) -> None:
        ink = self._ink()
        left = (self.width() - self._content_width()) / 2
        area = QRectF(left, 0, self._content_width(), self.height())
        if self._icon:
            box = QRectF(left, 0, Size.ICON_SMALL, self.height())
            icons.paint(painter, self._icon, ink, box)
            area.setLeft(left + Size.ICON_SMALL + _GAP)
        if self._keys:
            loud = self._kind in {ButtonKind.PRIMARY, ButtonKind.DANGER_FILLED}
            quiet = ink if loud and self.isEnabled() else tokens().muted
            line = ink if loud and self.isEnabled() else tokens().border
            draw_keycap(painter, area, self._keys, quiet, line)
        words = area.adjusted(0, 0, 1, 0)
        draw_text(painter, words, self.text(), ink, weight=Weight.MEDIUM)

    def _ink(self) -> str:
        colours = tokens()
        if not self.isEnabled():
            return colours.muted
        return {
            ButtonKind.PRIMARY: colours.on_accent,
            ButtonKind.DANGER: colours.danger,
            ButtonKind.DANGER_FILLED: colours.on_danger,
            ButtonKind.LINK: colours.accent,
        }.get(self._kind, colours.text)


class IconButton(QAbstractButton):
    """A square button with an icon only; its name is its tooltip and accessible name."""

    def __init__(
        self, icon: str, name: str = "", *, edge: int = 28, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._edge = edge
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(edge, edge)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """What the button does, in words."""
        self.setToolTip(name)
        self.setAccessibleName(name)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
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
        """A tint under the pointer, a ring with the focus."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(
            QColor(colours.hover)
            if self.underMouse() and self.isEnabled()
            else Qt.BrushStyle.NoBrush
        )
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        ink = colours.text if self.underMouse() else colours.muted
        edge = Size.ICON_SMALL if self._edge < Size.CONTROL else Size.ICON
        middle = QRectF(0, 0, edge, edge)
        middle.moveCenter(QRectF(self.rect()).center())
        icons.paint(painter, self._icon, ink, middle)


class Avatar(QAbstractButton):
    """A person as the first letter of the name on a tint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(Size.AVATAR, Size.AVATAR)

    def set_person(self, name: str, label: str) -> None:
        """Whose letter it is, and what pressing it opens."""
        self._letter = name.strip()[:1].upper()
        self.setToolTip(name)
        self.setAccessibleName(label)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """A tinted circle with the letter."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_tint))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawEllipse(box)
        draw_text(
            painter,
            box,
            self._letter,
            colours.accent,
            size=Size.TEXT_SMALL,
            weight=Weight.SEMIBOLD,
            alignment=CENTRE,
        )


def primary(text: str = "", *, key: str = "", icon: str = "") -> Button:
    """The one act this place is for."""
    return Button(text, ButtonKind.PRIMARY, key=key, icon=icon)


def secondary(text: str = "", *, key: str = "", icon: str = "") -> Button:
    """Another act."""
    return Button(text, ButtonKind.SECONDARY, key=key, icon=icon)


def danger(text: str = "", *, key: str = "", icon: str = "") -> Button:
    """An act that takes something away."""
    return Button(text, ButtonKind.DANGER, key=key, icon=icon)


def quiet(text: str = "", *, key: str = "", icon: str = "") -> Button:
    """An act without a border."""
    return Button(text, ButtonKind.QUIET, key=key, icon=icon)


def link(text: str = "") -> Button:
    """An act inside a line of words."""
    return Button(text, ButtonKind.LINK)
