"""Saving charts and figures as files: what is offered, where to, how far it is, what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app import formatting, words
from app.services.background import Lane, Work
from app.services.exports.csv import write_csv
from app.services.exports.provenance import Facts
from app.services.troubles import words_key
from app.views.dashboard import captions, tables
from app.views.dashboard.chart_names import ChartName
from app.views.dashboard.wording import selection_words, span_words
from app.views.widgets.menu import Menu

if TYPE_CHECKING:
    from app.views.dashboard.reading import Answer
    from app.views.frame.context import Context

_PICTURES: Final = ("png", "svg", "pdf")
_TABLE: Final = "csv"
_FIGURES: Final = "figures"
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_AROUND_ROWS: Final = 200
_ROW: Final = 40
_USUAL_HEIGHT: Final = 480
_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)

# Asks where to save: the window, the suggested path, the kinds of file in words.
Chooser: TypeAlias = Callable[[QWidget, Path, str], Path | None]
Reveal: TypeAlias = Callable[[Path], None]


def choose_file(parent: QWidget, suggested: Path, kinds: str) -> Path | None:
    """Ask with the system's own dialog."""
    name, _ = QFileDialog.getSaveFileName(parent, "", str(suggested), kinds)
    return Path(name) if name else None


def reveal(path: Path) -> None:
    """Open the folder of a file."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class SaveMenu(Menu):
    """The ways to save one chart. ``chosen`` carries chart and format as ``revenue.png``."""

    chosen = Signal(str)

    def __init__(self, name: ChartName, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        for format_ in (*_PICTURES, _TABLE):
            action = self.addAction(words.say(f"dashboard.save.{format_}"))
            action.setData(f"{name.value}.{format_}")
            action.triggered.connect(self._choose)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(str(self.sender().data()))  # type: ignore[attr-defined]  # an action of the menu


class ExportMenu(Menu):
    """Every chart with its ways, and the figures. ``chosen`` as of ``SaveMenu``."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        for name in ChartName:
            menu = SaveMenu(name, captions.title(name), self)
            menu.chosen.connect(self.chosen)
            self.addMenu(menu)
        self.addSeparator()
        figures = self.addAction(words.say("dashboard.save.headlines"))
        figures.triggered.connect(self._choose_figures)

    @Slot()
    def _choose_figures(self) -> None:
        self.chosen.emit(f"{_FIGURES}.{_TABLE}")


class Saving(QObject):
    """Saves one file at a time. ``changed`` comes when that begins and ends; ``busy_with`` says what."""

    changed = Signal()

    def __init__(
        self,
        context: Context,
        window: QWidget,
        choose: Chooser = choose_file,
        show: Reveal = reveal,
    ) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._choose = choose
        self._show = show
        self._folder = Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )
        self._work: Work | None = None
        self._path = Path()

    @property
    def busy_with(self) -> str:
        """The name of the file that is being written, or empty."""
        return self._path.name if self._work is not None else ""

    def save(self, wanted: str, answer: Answer, product: str, channel: str) -> None:
        """Ask where, then write ``revenue.png``, ``figures.csv``… of an answer in the background."""
        if self._work is not None or answer.now is None:
            return
        what, _, format_ = wanted.partition(".")
        title = (
            words.say("dashboard.save.headlines_title")
            if what == _FIGURES
            else captions.title(ChartName(what))
        )
        name = _UNSAFE.sub(" ", f"{title} {span_words(answer.now.span)}").strip()
        kinds = words.say(f"dashboard.save.files_{format_}")
        path = self._choose(self._window, self._folder / f"{name}.{format_}", kinds)
        if path is None:
            return
        self._path = path if path.suffix else path.with_suffix(f".{format_}")
        self._folder = self._path.parent
        facts = self._facts(title, answer, selection_words(answer, product, channel))
        merchant = self._context.me.merchant_name
        write: Callable[[Work], object] = (
            _table_writer(what, answer, self._path, facts)
            if format_ == _TABLE
            else _picture_writer(ChartName(what), format_, answer, self._path, facts, merchant)
        )
        self._work = self._context.background.run_long(
            write, done=self._saved, failed=self._failed, lane=Lane.LONG
        )
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        if self._work is not None:
            self._work.cancel()
            name = self._end()
            self._context.toasts.say(words.say("dashboard.save.cancelled", file=name))

    def _facts(self, title: str, answer: Answer, selection: str) -> Facts:
        return Facts(
            title=title,
            selection=selection,
            zone=answer.zone,
            snapshot=answer.as_of or _LONG_AGO,
            change=answer.change,
            author=self._context.me.name,
        )

    def _end(self) -> str:
        name = self.busy_with
        self._work = None
        self.changed.emit()
        return name

    def _saved(self, _nothing: object) -> None:
        done = words.say("dashboard.save.done", file=self._end())
        toast = self._context.toasts.say(done, words.say("dashboard.save.show"))
        toast.acted.connect(self._reveal)

    def _failed(self, error: BaseException) -> None:
        what, then = words.problem(words_key(error))
        name = self._end()
        self._context.toasts.say(
            words.say("dashboard.save.failed", file=name, what=what, next=then)
        )

    @Slot()
    def _reveal(self) -> None:
        self._show(self._path)


def _table_writer(what: str, answer: Answer, path: Path, facts: Facts) -> Callable[[Work], object]:
    def write(work: Work) -> object:
        made = (
            tables.figures_table(answer)
            if what == _FIGURES
            else tables.table(ChartName(what), answer)
        )
        return write_csv(path, made.columns, made.rows, facts, work)

    return write


def _picture_writer(
    name: ChartName, format_: str, answer: Answer, path: Path, facts: Facts, merchant: str
) -> Callable[[Work], None]:
    # In the words of the moment of asking, whatever language is chosen while it is written.
    origin = words.say(
        "dashboard.save.origin",
        merchant=merchant,
        selection=facts.selection,
        at=formatting.absolute(facts.snapshot, facts.zone),
    )
    subtitle, nothing = captions.subtitle(name, answer), words.say("dashboard.nothing")

    def write(work: Work) -> None:
        from app.views.charts import picture  # noqa: PLC0415 - matplotlib, not before first paint
        from app.views.dashboard.drawing import charts  # noqa: PLC0415 - likewise

        framed = picture.Framed(
            charts(answer)[name],
            facts.title,
            subtitle,
            origin,
            nothing,
            height=_picture_height(name, answer),
        )
        picture.save(framed, path, picture.Format(format_), work)

    return write


def _picture_height(name: ChartName, answer: Answer) -> int:
    """As high as its rows take, so that none is left out."""
    rows = {ChartName.MIX: len(answer.channels), ChartName.RATES: len(answer.channels)}
    rows[ChartName.PRODUCTS] = len(answer.products)
    return _AROUND_ROWS + _ROW * rows[name] if name in rows else _USUAL_HEIGHT
