"""A splitter that remembers where a person put it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QWidget

from app.services.preferences import Preferences
from app.views.theme.tokens import Size

_PANE_SHARE = 0.4


class RememberedSplitter(QSplitter):
    """List at the left, pane at the right. Its width is kept by name; the list takes what is left.

    The pane never takes more than its ``share`` of the whole by itself.
    """

    def __init__(
        self,
        name: str,
        preferences: Preferences,
        *,
        usual: int = 400,
        share: float = _PANE_SHARE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._key = f"splitter.{name}"
        self._preferences = preferences
        self._share = share
        self._width = max(1, preferences.value(self._key, int, usual))
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._moved)

    def set_widgets(self, main: QWidget, pane: QWidget) -> None:
        """What stands at the left and at the right."""
        self.addWidget(main)
        self.addWidget(pane)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self._put()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The remembered width counts once there is a width at all."""
        super().showEvent(event)
        self._put()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """A narrower window takes from both sides."""
        super().resizeEvent(event)
        self._put()

    def _put(self) -> None:
        whole = max(self.width(), 2 * Size.PANE_LEAST)
        # In a narrow window the list needs the room more than the pane does.
        width = min(self._width, max(Size.PANE_LEAST, int(whole * self._share)))
        self.setSizes([whole - width, width])

    @Slot(int, int)
    def _moved(self, position: int, index: int) -> None:  # noqa: ARG002 - Qt's signature
        self._width = self.sizes()[-1]
        self._preferences.put(self._key, self._width)
