"""The bar above the panels: where one is, the way to everything, how true it is, and who one is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from app import formatting, words
from app.views.frame.sync_state import Failed, Live, Never, Offline, Syncing, SyncState
from app.views.theme import icons
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone
from app.views.widgets.buttons import Avatar
from app.views.widgets.drawing import draw_keycap, draw_text, keycap_width, width_of
from app.views.widgets.labels import Label

_TICK_MS = 20_000
_KEYS = "Ctrl K"


class SearchButton(QAbstractButton):
    """Looks like a field and opens the palette."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFixedHeight(30)
        self.setMaximumWidth(Size.SEARCH_WIDTH)
        self.setMinimumWidth(180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def retranslate(self) -> None:
        """Say the hint in the language in force."""
        self.setAccessibleName(words.say("frame.search.label"))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as it may be."""
        return QSize(Size.SEARCH_WIDTH, 30)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """A raised field with a glass, the hint and the key."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.line))
        painter.setBrush(QColor(colours.raised))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        icons.paint(painter, "search", colours.muted, QRectF(10, 0, 16, self.height()))
        right = 16 + keycap_width(_KEYS)
        area = QRectF(34, 0, self.width() - 34 - right, self.height())
        draw_text(painter, area, words.say("frame.search.hint"), colours.muted)
        draw_keycap(painter, box.adjusted(0, 0, -8, 0), _KEYS, colours.muted, colours.border)


class SyncSign(QAbstractButton):
    """A dot and how true the local copy is; pressing it syncs now."""

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._state: SyncState = Never()
        self._zone = formatting.DEFAULT_ZONE
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(28)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self.retranslate)
        self._tick.start()
        self.retranslate()

    def show_state(self, state: SyncState) -> None:
        """Another state."""
        self._state = state
        self.retranslate()

    def set_zone(self, zone: ZoneInfo) -> None:
        """The merchant's zone, for “offline since 14:02”."""
        self._zone = zone
        self.retranslate()

    @Slot()
    def retranslate(self) -> None:
        """Say it again: the language or the minute is another."""
        self.setText(self._said())
        self.setAccessibleName(self._said())
        tip = words.say("frame.sync.tip")
        if isinstance(self._state, Failed):
            tip = " ".join(words.problem(self._state.problem))
        self.setToolTip(tip)
        self.updateGeometry()
        self.update()

    def tone(self) -> Tone:
        """What the dot says."""
        match self._state:
            case Live():
                return Tone.SUCCESS
            case Syncing():
                return Tone.INFO
            case Offline():
                return Tone.WARNING
            case Failed():
                return Tone.DANGER
            case Never():
                return Tone.NEUTRAL

    def _said(self) -> str:
        match self._state:
            case Live(since):
                ago = formatting.instant(since, now=max(self._now(), since), zone=self._zone)
                return words.say("frame.sync.live", since=ago)
            case Syncing(done, total) if total:
                done_said, total_said = formatting.count(done), formatting.count(total)
                return words.say("frame.sync.syncing", done=done_said, total=total_said)
            case Syncing():
                return words.say("frame.sync.starting")
            case Offline(since):
                clock = formatting.clock(since, self._zone)[:5]
                return words.say("frame.sync.offline", clock=clock)
            case Failed():
                return words.say("frame.sync.error")
            case Never():
                return words.say("frame.sync.never")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Dot and words."""
        return QSize(int(width_of(self.text(), Size.TEXT_SMALL)) + 26, 28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's signature
        """Dot and words."""
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.hover) if self.underMouse() else Qt.BrushStyle.NoBrush)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.ink(self.tone())))
        painter.drawEllipse(QPointF(10, self.height() / 2), 3.5, 3.5)
        loud = self.tone() in {Tone.DANGER, Tone.WARNING}
        ink = colours.ink(self.tone()) if loud else colours.muted
        area = QRectF(20, 0, self.width() - 20, self.height())
        draw_text(painter, area, self.text(), ink, size=Size.TEXT_SMALL)


def _now() -> datetime:
    return datetime.now(UTC)


class TopBar(QFrame):
    """Title, search, sync state, person."""

    search_asked = Signal()
    sync_asked = Signal()
    menu_asked = Signal()

    def __init__(self, now: Callable[[], datetime] = _now, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(Size.TOP_BAR)
        self._title_key = ""
        self._title = Label("", "large")
        self._search = SearchButton()
        self._search.clicked.connect(self.search_asked)
        self.sync = SyncSign(now)
        self.sync.clicked.connect(self.sync_asked)
        self.avatar = Avatar()
        self.avatar.clicked.connect(self.menu_asked)
        left, right = QWidget(), QWidget()
        at_left, at_right = QHBoxLayout(left), QHBoxLayout(right)
        for layout in (at_left, at_right):
            layout.setContentsMargins(0, 0, 0, 0)
        at_left.addWidget(self._title)
        at_left.addStretch(1)
        at_right.addStretch(1)
        at_right.addWidget(self.sync)
        at_right.addSpacing(4)
        at_right.addWidget(self.avatar)
        # Equal weights at both sides keep the search in the middle whatever the title says.
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Size.GUTTER, 0, Size.GUTTER, 0)
        outer.setSpacing(16)
        outer.addWidget(left, 1)
        outer.addWidget(self._search, 2)
        outer.addWidget(right, 1)

    def show_title(self, key: str) -> None:
        """Where one is: a key of the catalogue."""
        self._title_key = key
        self._title.setText(words.say(key))

    def set_person(self, name: str) -> None:
        """Who is signed in."""
        self.avatar.set_person(name, words.say("frame.menu.label"))

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        if self._title_key:
            self._title.setText(words.say(self._title_key))
        self._search.retranslate()
        self.sync.retranslate()
        self.avatar.setAccessibleName(words.say("frame.menu.label"))
