"""What all lists have in common: a table model over a window of rows, fed by background work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QObject, Signal

from app.models.lists.query import Totals
from app.models.store.database import Store
from payments.contract.roles import Kind

Row = TypeVar("Row")
Row_contra = TypeVar("Row_contra", contravariant=True)
Query = TypeVar("Query")


class Column(Protocol[Row_contra]):
    """A column as the view gives it to a table: the model knows no words and no formats.

    ``key`` is also the sort key where the list can be sorted by it.
    """

    @property
    def key(self) -> str: ...

    def header(self, role: int) -> Any:  # noqa: ANN401 - whatever the role asks for
        """The header's data for a Qt role."""

    def value(self, row: Row_contra, role: int) -> Any:  # noqa: ANN401 - likewise
        """A cell's data for a Qt role."""


class Run(Protocol):
    """``Background.run``: work on another thread; ``done`` or ``failed`` (bound methods, called in
    the thread that owns them) get its answer or its exception."""

    def __call__(
        self,
        work: Callable[[], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Any], None],
    ) -> object: ...


class RecordTable(QAbstractTableModel, Generic[Row, Query]):
    """A list of records. ``show`` is the only reset; changes repaint what is on screen."""

    # Totals of the filter shown, as soon as they are known.
    totals_changed = Signal(object)
    # The first page of a new query stands: the view restores its selection and leaves "loading".
    shown = Signal()
    # A query failed; carries the exception.
    failed = Signal(object)

    def __init__(
        self,
        store: Store,
        run: Run,
        columns: Sequence[Column[Row]] = (),
        parent: QObject | None = None,
    ) -> None: ...

    query: Query
    totals: Totals

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Other columns, or the same ones in another language."""

    def show(self, query: Query) -> None:
        """Show another query: first page first, then all of it. Older answers are dropped."""

    def row(self, position: int) -> Row | None:
        """The record at a position; None while it is not known yet."""

    def id_at(self, position: int) -> str:
        """The id at a position, empty when not known yet."""

    def position_of(self, record_id: str) -> int:
        """Where a record stands in this list, −1 when it does not."""

    def on_changed(self, kind: Kind, ids: Iterable[str]) -> None:
        """From sync: repaint those on screen, and bring the list up to date in the background."""
