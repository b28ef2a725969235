"""The dashboard's layout and wiring: what is asked for, what was answered, what is shown of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app import words
from app.services.background import Lane, Work
from app.services.sync.engine import Phase
from app.services.troubles import words_key
from app.views.charts.channels import channel_name
from app.views.dashboard import commands
from app.views.dashboard.board import Board
from app.views.dashboard.cards import ChartCard
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.filters import DashboardFilters
from app.views.dashboard.headlines import headlines
from app.views.dashboard.period import Period
from app.views.dashboard.reading import Answer, read
from app.views.dashboard.saving import Chooser, ExportMenu, Reveal, Saving, choose_file, reveal
from app.views.dashboard.tiles import Tile
from app.views.dashboard.waiting import WaitingStrip
from app.views.dashboard.wording import as_of_words
from app.views.widgets.buttons import link, secondary
from app.views.widgets.labels import Label
from app.views.widgets.state_page import ContentOrState, Situation
from payments.contract.roles import Permission

if TYPE_CHECKING:
    from app.views.charts.chart import Chart
    from app.views.frame.context import Context

# Changes that come in a row are shown together, at most this often.
_TOGETHER_MS: Final = 1_000
# Without any change: so that "as of" stays true and a new day begins by itself.
_AGAIN_MS: Final = 30_000
_TILES: Final = 5


class DashboardPanel(QObject):
    """The revenue dashboard; see ``app.views.frame.panel.Panel``.

    ``now`` is the clock, ``choose`` asks where to save a file, ``show`` opens its folder.
    """

    name = "dashboard"
    icon = "dashboard"
    title = "frame.panel.dashboard"
    needs = Permission.REVENUE_READ

    def __init__(
        self,
        context: Context,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        choose: Chooser = choose_file,
        show: Reveal = reveal,
    ) -> None:
        self.widget: QWidget = QWidget()
        super().__init__(self.widget)
        self._context = context
        self._now = now
        self._answer: Answer | None = None
        self._work: Work | None = None
        self._charts_ready = False
        self._charts_coming = False
        self._coming: list[tuple[ChartName, Chart]] = []
        self._saving = Saving(context, self.widget, choose, show)
        self._saving.changed.connect(self._show_saving)
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TOGETHER_MS)
        self._soon.timeout.connect(self._ask_if_seen)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._show_next_chart)
        self._again = QTimer(self)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._ask_if_seen)
        context.engine.changed.connect(self._store_changed)
        context.engine.state_changed.connect(self._store_changed)
        commands.enter(context.book, self, self.widget)
        self.retranslate()
        self._show_situation()

    # what the frame asks

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self._filters.retranslate()
        self._export.setText(words.say("dashboard.export"))
        self._cancel.setText(words.say("dashboard.save.cancel"))
        self._strip.retranslate()
        for card in self._cards.values():
            card.retranslate()
        if self._answer is not None:
            self._show(self._answer)
        self._show_saving()

    def refresh(self) -> None:
        """Read the local store again."""
        self._again.start()
        self._ask()

    def focus_filter(self) -> None:
        """Bring the keyboard to the period."""
        self._filters.period.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def export(self) -> None:
        """Offer every chart and the figures for saving."""
        if not self._export.isEnabled() or self._export.isHidden():
            return
        menu = ExportMenu(self._export)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.chosen.connect(self.save)
        corner = QPoint(self._export.width() - menu.sizeHint().width(), self._export.height() + 4)
        menu.popup(self._export.mapToGlobal(corner))

    def show_period(self, period: Period) -> None:
        """Come into view with a period."""
        self._filters.period.choose(period.value)
        self._context.book.run(f"panel.{self.name}")

    @Slot(str)
    def save(self, wanted: str) -> None:
        """Save ``revenue.png``, ``heat.csv``, ``figures.csv``… of what is shown."""
        if self._answer is not None:
            channel = self._answer.question.channel
            self._saving.save(
                wanted,
                self._answer,
                self._filters.picker.describe(),
                channel_name(channel) if channel else "",
            )

    # inside

    def _build(self) -> None:
        context = self._context
        self._filters = DashboardFilters(context, self._today)
        self._filters.changed.connect(self._ask)
        self._as_of = Label("", "muted")
        self._cancel = link()
        self._cancel.clicked.connect(self._saving.cancel)
        self._export = secondary()
        self._export.clicked.connect(self.export)
        for trailing in (self._as_of, self._cancel, self._export):
            self._filters.add_trailing(trailing)
        self._strip = WaitingStrip(context.book)
        self._tiles = [Tile() for _ in range(_TILES)]
        self._cards = {name: ChartCard(name) for name in ChartName}
        for card in self._cards.values():
            card.save_asked.connect(self.save)
        scroll = QScrollArea()
        self._board = Board(self._tiles, self._cards, scroll)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._board)
        inside = QWidget()
        down = QVBoxLayout(inside)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addWidget(self._strip)
        down.addWidget(scroll, 1)
        self._content = ContentOrState(inside)
        self._content.state.acted.connect(self._ask)
        outer = QVBoxLayout(self.widget)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._filters)
        outer.addWidget(self._content, 1)

    def _today(self) -> date:
        zone = self._answer.zone if self._answer else ZoneInfo(self._context.me.zone)
        return self._now().astimezone(zone).date()

    @Slot(object)
    def _store_changed(self, _what: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _ask_if_seen(self) -> None:
        """Out of sight nothing is read; the frame refreshes when it comes into view."""
        if self.widget.isVisible():
            self._ask()
        else:
            self._again.stop()

    @Slot()
    def _ask(self) -> None:
        me = self._context.me
        if self.needs not in me.permissions:
            return
        if self._work is not None:
            self._work.cancel()
        store, question, at = self._context.store, self._filters.question(), self._now()
        approves = Permission.REFUNDS_APPROVE in me.permissions
        usual = me.base_currency

        def answer() -> Answer:
            return read(store, question, at, usual_currency=usual, approves=approves)

        self._work = self._context.background.run(answer, done=self._answered, failed=self._failed)

    def _answered(self, answer: Answer) -> None:
        self._work = None
        self._answer = answer
        self._filters.show_currencies(answer.currencies, answer.question.currency)
        self._show(answer)
        self._show_situation()

    def _failed(self, error: BaseException) -> None:
        self._work = None
        self._content.state.show_problem(words_key(error))
        self._content.setCurrentWidget(self._content.state)

    def _show(self, answer: Answer) -> None:
        self._as_of.setText(as_of_words(answer, self._today().isoformat()))
        self._strip.show_waiting(answer.waiting)
        for tile, headline in zip(self._tiles, headlines(answer), strict=False):
            tile.show_headline(headline)
        self._board.place()
        if answer.now is not None:
            self._show_charts(answer)

    def _show_charts(self, answer: Answer) -> None:
        if self._charts_ready:
            from app.views.dashboard.drawing import charts  # noqa: PLC0415 - not before first paint

            self._coming = list(charts(answer).items())
            self._next.start()
        elif not self._charts_coming:
            self._charts_coming = True
            self._context.background.run(
                _import_charts, done=self._charts_came, failed=self._failed, lane=Lane.LONG
            )

    @Slot()
    def _show_next_chart(self) -> None:
        """One at each turn of the event loop: all at once would hold the window up."""
        if self._coming and self._answer is not None:
            name, chart = self._coming.pop(0)
            self._cards[name].show_chart(chart, self._answer)
        if self._coming:
            self._next.start()

    def _charts_came(self, _nothing: None) -> None:
        self._charts_ready = True
        if self._answer is not None:
            self._show_charts(self._answer)

    def _show_situation(self) -> None:
        """Content, or why there is none."""
        allowed = self.needs in self._context.me.permissions
        self._filters.setVisible(allowed)
        if not allowed:
            self._content.show_situation(Situation.FORBIDDEN)
        elif self._answer is None:
            self._content.show_situation(Situation.LOADING)
        elif self._answer.now is not None:
            self._content.show_content()
        else:
            self._show_nothing(self._answer)
        filled = self._answer is not None and self._answer.now is not None
        self._export.setEnabled(filled)

    def _show_nothing(self, answer: Answer) -> None:
        phase = self._context.engine.state.phase
        if answer.as_of is None and phase is Phase.OFFLINE:
            self._content.show_situation(Situation.OFFLINE)
        elif answer.as_of is None and phase is Phase.SYNCING:
            line = words.say("dashboard.first_sync")
            self._content.show_situation(Situation.LOADING, line)
        else:
            self._content.show_situation(Situation.EMPTY, words.say("dashboard.empty"))

    @Slot()
    def _show_saving(self) -> None:
        file = self._saving.busy_with
        self._cancel.setVisible(bool(file))
        self._export.setVisible(not file)
        if file:
            self._as_of.setText(words.say("dashboard.save.busy", file=file))
        elif self._answer is not None:
            self._as_of.setText(as_of_words(self._answer, self._today().isoformat()))


def _import_charts() -> None:
    from app.views.dashboard import drawing  # noqa: F401, PLC0415 - in a worker, but for its widget
