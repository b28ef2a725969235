"""A chart in its card: title, what exactly it shows, the ways to save it, and the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedLayout, QVBoxLayout, QWidget

from app import words
from app.views.dashboard import captions
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.saving import SaveMenu
from app.views.widgets.buttons import IconButton
from app.views.widgets.labels import Label

if TYPE_CHECKING:
    from app.views.charts.canvas import ChartCanvas
    from app.views.charts.chart import Chart
    from app.views.dashboard.reading import Answer


class ChartCard(QFrame):
    """``save_asked`` carries chart and format as ``revenue.png``."""

    save_asked = Signal(str)

    def __init__(self, name: ChartName, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._canvas: ChartCanvas | None = None
        self.setProperty("look", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = Label("", "strong")
        self._subtitle = Label("", "small")
        self._more = IconButton("more", edge=24)
        self._more.setEnabled(False)
        self._more.clicked.connect(self._open_menu)
        self._nothing = Label("", "muted", wraps=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        head = QGridLayout()
        head.setHorizontalSpacing(8)
        head.setVerticalSpacing(2)
        head.setColumnStretch(0, 1)
        head.addWidget(self._title, 0, 0)
        head.addWidget(self._more, 0, 1, 2, 1, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._subtitle, 1, 0)
        for label in (self._title, self._subtitle):
            label.setMinimumWidth(20)
        self._body = QStackedLayout()
        self._body.addWidget(self._nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addLayout(self._body, 1)

    def show_chart(self, chart: Chart, answer: Answer) -> None:
        """Show a chart, or say that there is nothing in it."""
        self._subtitle.setText(captions.subtitle(self.name, answer))
        self._more.setEnabled(True)
        if chart.empty:
            self._nothing.setText(words.say("dashboard.nothing"))
            self._body.setCurrentWidget(self._nothing)
            self._drop_canvas()
            return
        if self._canvas is None:
            from app.views.charts.canvas import ChartCanvas  # noqa: PLC0415 - not before first paint

            self._canvas = ChartCanvas(chart, self)
            self._body.addWidget(self._canvas)
        self._canvas.show_chart(chart)
        self._canvas.setAccessibleName(captions.title(self.name))
        self._body.setCurrentWidget(self._canvas)

    def retranslate(self) -> None:
        """Say the words in the language in force; the chart says its own when it is shown again."""
        self._title.setText(captions.title(self.name))
        self._more.set_name(words.say("dashboard.save.more", chart=captions.title(self.name)))
        self.setAccessibleName(captions.title(self.name))
        if self._canvas is not None:
            self._canvas.compose_again()

    def _drop_canvas(self) -> None:
        if self._canvas is not None:
            self._body.removeWidget(self._canvas)
            self._canvas.dispose()
            self._canvas = None

    @Slot()
    def _open_menu(self) -> None:
        menu = SaveMenu(self.name, parent=self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.chosen.connect(self.save_asked)
        corner = self._more.mapToGlobal(QPoint(self._more.width(), self._more.height() + 2))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))
