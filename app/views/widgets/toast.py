"""Short messages at the lower right, each with at most one action; they leave by themselves."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app import words
from app.views.theme.tokens import Size
from app.views.widgets.buttons import IconButton, link
from app.views.widgets.labels import Label

STAYS_MS: Final = 6_000
STAYS_WITH_ACTION_MS: Final = 10_000
_MOST = 3
_MARGIN = 20
# The acts at the foot of a detail pane stay free.
_ABOVE_ACTS = 72


class Toast(QFrame):
    """One message. ``acted`` comes from its action; the pointer over it keeps it there."""

    acted = Signal()
    left = Signal(object)

    def __init__(self, text: str, action: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        said = Label(text, wraps=len(text) > 60)  # noqa: PLR2004 - one line up to here
        said.setMaximumWidth(360)
        layout.addWidget(said)
        if action:
            button = link(action)
            button.clicked.connect(self._act)
            layout.addWidget(button)
        close = IconButton("close", words.say("widgets.toast.close"), edge=24)
        close.clicked.connect(self.leave)
        layout.addWidget(close)
        self._time = QTimer(self)
        self._time.setSingleShot(True)
        self._time.setInterval(STAYS_WITH_ACTION_MS if action else STAYS_MS)
        self._time.timeout.connect(self.leave)
        self._time.start()

    def enterEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Stay while being read."""
        super().enterEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._time.stop()

    def leaveEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Go on leaving."""
        super().leaveEvent(event)  # type: ignore[arg-type]  # likewise
        self._time.start()

    @Slot()
    def leave(self) -> None:
        """Go."""
        self._time.stop()
        self.left.emit(self)

    @Slot()
    def _act(self) -> None:
        self.acted.emit()
        self.leave()


class ToastArea(QObject):
    """Stacks toasts over the lower right corner of a widget."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._toasts: list[Toast] = []
        over.installEventFilter(self)

    def say(self, text: str, action: str = "") -> Toast:
        """Show a message; connect ``acted`` of what is returned to a bound method."""
        toast = Toast(text, action, self._over)
        toast.left.connect(self._left)
        self._toasts.append(toast)
        while len(self._toasts) > _MOST:
            self._toasts[0].leave()
        self._place()
        toast.show()
        return toast

    def clear(self) -> None:
        """Take every message away, for what comes is not for the same eyes."""
        for toast in tuple(self._toasts):
            toast.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's signature
        """Stay in the corner when the window grows."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    @Slot(object)
    def _left(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self._place()

    def _place(self) -> None:
        bottom = self._over.height() - _ABOVE_ACTS
        for toast in reversed(self._toasts):
            toast.adjustSize()
            toast.move(self._over.width() - toast.width() - _MARGIN, bottom - toast.height())
            toast.raise_()
            bottom -= toast.height() + Size.GAP
