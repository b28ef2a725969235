"""Exporting a list: where to, how far it is, stopping it, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from PySide6.QtCore import QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app import formatting, words
from app.models.lists.query import Listed
from app.models.lists.source import Source
from app.services.background import Lane, Work
from app.services.exports.csv import Written
from app.services.exports.lists import export_list
from app.services.troubles import words_key
from app.views.theme.tokens import Size
from app.views.widgets.buttons import link, secondary
from app.views.widgets.labels import Label

if TYPE_CHECKING:
    from app.views.frame.context import Context

_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')

Chooser: TypeAlias = Callable[[QWidget, Path, str], Path | None]
Reveal: TypeAlias = Callable[[Path], None]


def choose_file(parent: QWidget, suggested: Path, kinds: str) -> Path | None:
    """Ask with the system's own dialog."""
    name, _ = QFileDialog.getSaveFileName(parent, "", str(suggested), kinds)
    return Path(name) if name else None


def reveal(path: Path) -> None:
    """Open the folder of a file."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


class ListExport(QWidget):
    """The button that exports; while a file is written, how many rows it has and a way to stop.

    ``asked`` comes from the button: the panel answers with ``start``.
    """

    asked = Signal()

    def __init__(
        self,
        context: Context,
        *,
        choose: Chooser = choose_file,
        show: Reveal = reveal,
    ) -> None:
        super().__init__()
        self._context = context
        self._choose = choose
        self._show = show
        self._folder = Path(
            QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        )
        self._path = Path()
        self._work: Work | None = None
        self._rows = 0
        self._button = secondary()
        self._progress = Label("", "muted")
        self._cancel = link()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Size.GAP)
        for widget in (self._progress, self._cancel, self._button):
            layout.addWidget(widget)
        self._button.clicked.connect(self.asked)
        self._cancel.clicked.connect(self.cancel)
        self.retranslate()

    def start(self, source: Source[Any, Any], query: Listed, *, title: str, selection: str) -> None:
        """Ask where to, then write all of a query in the background."""
        if self._work is not None:
            return
        name = _UNSAFE.sub(" ", title).strip()
        kinds = words.say("lists.export.files")
        path = self._choose(self.window(), self._folder / f"{name}.csv", kinds)
        if path is None:
            return
        self._path = path if path.suffix else path.with_suffix(".csv")
        self._folder = self._path.parent
        self._rows = 0
        self._work = self._context.background.run_long(
            _writer(self._context, source, query, self._path, title, selection),
            done=self._done,
            failed=self._failed,
            progress=self._progressed,
            lane=Lane.LONG,
        )
        self.retranslate()

    @Slot()
    def cancel(self) -> None:
        """Stop writing; no file is left behind."""
        if self._work is not None:
            self._work.cancel()
            self._end()
            self._context.toasts.say(words.say("lists.export.cancelled", file=self._path.name))

    def set_possible(self, *, possible: bool) -> None:
        """Whether there is anything to export."""
        self._button.setEnabled(possible)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        busy = self._work is not None
        rows = formatting.count(self._rows)
        self._progress.setText(words.say("lists.export.busy", rows=rows) if busy else "")
        self._cancel.setText(words.say("lists.export.cancel"))
        self._button.setText(words.say("lists.export.button"))
        self._progress.setVisible(busy)
        self._cancel.setVisible(busy)
        self._button.setHidden(busy)

    def _progressed(self, rows: object) -> None:
        self._rows = int(str(rows))
        self.retranslate()

    def _done(self, written: Written) -> None:
        self._end()
        said = words.say(
            "lists.export.done", file=self._path.name, rows=formatting.count(written.rows)
        )
        toast = self._context.toasts.say(said, words.say("lists.export.show"))
        toast.acted.connect(self._reveal)

    def _failed(self, error: BaseException) -> None:
        self._end()
        what, then = words.problem(words_key(error))
        self._context.toasts.say(
            words.say("lists.export.failed", file=self._path.name, what=what, next=then)
        )

    def _end(self) -> None:
        self._work = None
        self.retranslate()

    @Slot()
    def _reveal(self) -> None:
        self._show(self._path)


def _writer(
    context: Context,
    source: Source[Any, Any],
    query: Listed,
    path: Path,
    title: str,
    selection: str,
) -> Callable[[Work], Written]:
    store, author = context.store, context.me.name

    def write(work: Work) -> Written:
        return export_list(
            store,
            source,
            query,
            path,
            title=title,
            selection=selection,
            author=author,
            work=work,
        )

    return write
