"""The columns of the queue: the case, its main reason, what is at risk, the time left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app import formatting, words
from app.models.store.cases import CaseRow
from app.models.store.pending import ActionState
from app.views.risk.reading import CaseFile
from app.views.risk.wording import instant, main_reason, parts, product, reason, time_left, urgency
from app.views.theme.theme import tokens
from app.views.theme.tokens import Size, Tone, Weight
from app.views.theme.tones import tone_of
from app.views.widgets.columns import TableColumn
from app.views.widgets.delegates import VALUE_ROLE, AnyIndex, RecordDelegate, TwoLineDelegate
from app.views.widgets.drawing import RIGHT, draw_pill, draw_text, pill_width, width_of
from payments.contract.lifecycles import CaseState, Disposition
from payments.contract.money import Money

Now = Callable[[], datetime]
FileOf = Callable[[str], CaseFile | None]
# From here on, a line may end after any character.
_FIRST_IDEOGRAPH = "\u2e80"
_NEVER_FIRST = "，。、；：？）”》"
# The column whose value is a Standing.
_STANDING = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the last two columns of a row."""

    row: CaseRow
    action: str
    action_kind: str


class CaseColumn:
    """What a column of the queue says of a case; see ``app.models.lists.table.Column``."""

    def __init__(self, key: str, value: Callable[[CaseRow], object]) -> None:
        self.key = key
        self._value = value

    def header(self, role: int) -> Any:  # noqa: ANN401 - whatever the role asks for
        """The header's words."""
        return words.say(f"risk.column.{self.key}") if role == Qt.ItemDataRole.DisplayRole else None

    def value(self, row: CaseRow, role: int) -> Any:  # noqa: ANN401 - likewise
        """The plain value; as text only where it is one."""
        if role == VALUE_ROLE:
            return self._value(row)
        if role == Qt.ItemDataRole.DisplayRole:
            value = self._value(row)
            return value if isinstance(value, str) else None
        return None


def case_columns(file_of: FileOf) -> list[CaseColumn]:
    """The model's columns; ``file_of`` gives the whole case once it was read."""

    def case(row: CaseRow) -> tuple[str, str]:
        return formatting.money(Money(row.amount, row.currency)), product(row.title, row.quantity)

    def main(row: CaseRow) -> str:
        file = file_of(row.id)
        return "" if file is None else main_reason(file.case.risk)

    def standing(row: CaseRow) -> Standing:
        file = file_of(row.id)
        action = file.latest if file else None
        return Standing(row, action.state if action else "", action.kind if action else "")

    return [
        CaseColumn("case", case),
        CaseColumn("reason", main),
        CaseColumn("at_risk", standing),
        CaseColumn("time_left", standing),
    ]


def table_columns(file_of: FileOf, now: Now) -> list[TableColumn]:
    """How the table shows them."""
    title = "risk.column."
    return [
        TableColumn("case", title + "case", TwoLineDelegate(), 190, stretches=True, sortable=False),
        TableColumn(
            "reason",
            title + "reason",
            ReasonDelegate(file_of),
            168,
            gives_way=1,
            sortable=False,
        ),
        TableColumn("at_risk", title + "at_risk", AtRiskDelegate(now), 104, sortable=False),
        TableColumn("time_left", title + "time_left", TimeLeftDelegate(now), 124, sortable=False),
    ]


class ReasonDelegate(RecordDelegate):
    """The main reason; all of them in the tooltip."""

    def __init__(self, file_of: FileOf) -> None:
        super().__init__()
        self._file_of = file_of

    def tooltip(self, index: AnyIndex) -> str:
        """Every part of the coefficient."""
        standing = index.model().index(index.row(), _STANDING).data(VALUE_ROLE)
        file = self._file_of(standing.row.id) if isinstance(standing, Standing) else None
        if file is None:
            return self.text(index)
        return "\n".join(f"+{part.part}  {reason(part)}" for part in parts(file.case.risk))

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """Up to two lines, since a reason says more than a word."""
        text, width = self.text(index), area.width()
        first = _first_line(text, width)
        rest = text[len(first) :].strip()
        colour = tokens().text
        if not rest:
            draw_text(painter, area, text, colour)
            return
        middle = area.center().y()
        draw_text(painter, QRectF(area.left(), middle - 18, width, 18), first.strip(), colour)
        draw_text(painter, QRectF(area.left(), middle, width, 18), rest, colour)


class AtRiskDelegate(RecordDelegate):
    """The expected loss, and below it what it is for each minute left: the order of the queue."""

    right = True

    def __init__(self, now: Now) -> None:
        super().__init__()
        self._now = now

    def text(self, index: AnyIndex) -> str:
        """The expected loss."""
        standing = index.data(VALUE_ROLE)
        if not isinstance(standing, Standing):
            return ""
        return formatting.money(Money(standing.row.at_risk, standing.row.currency))

    def tooltip(self, index: AnyIndex) -> str:
        """The formula with this row's figures."""
        return self._urgency(index)[1] or self.text(index)

    def natural_width(self, index: AnyIndex) -> int:
        """The wider line."""
        below = width_of(self._urgency(index)[0], Size.TEXT_SMALL)
        return int(max(width_of(self.text(index), Size.TEXT, Weight.SEMIBOLD), below)) + 26

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """Both lines at the right."""
        colours = tokens()
        middle = area.center().y()
        upper = QRectF(area.left(), middle - 18, area.width(), 18)
        lower = QRectF(area.left(), middle, area.width(), 18)
        below = self._urgency(index)[0]
        draw_text(
            painter,
            upper if below else area,
            self.text(index),
            colours.text,
            weight=Weight.SEMIBOLD,
            alignment=RIGHT,
        )
        draw_text(painter, lower, below, colours.muted, size=Size.TEXT_SMALL, alignment=RIGHT)

    def _urgency(self, index: AnyIndex) -> tuple[str, str]:
        standing = index.data(VALUE_ROLE)
        if not isinstance(standing, Standing) or _is_decided(standing.row):
            return "", ""
        review_by = instant(standing.row.review_by)
        return urgency(standing.row.score_rank, review_by, self._now())


class TimeLeftDelegate(RecordDelegate):
    """The time left; for what is decided, how; for what is on its way or in conflict, that."""

    right = True

    def __init__(self, now: Now) -> None:
        super().__init__()
        self._now = now

    def text(self, index: AnyIndex) -> str:
        """The word in the pill."""
        return self._pill(index)[0]

    def natural_width(self, index: AnyIndex) -> int:
        """Pill and its surroundings."""
        return int(pill_width(self.text(index))) + 2 * Size.CELL + 2

    def paint_content(self, painter: QPainter, area: QRectF, index: AnyIndex) -> None:
        """The pill at the right."""
        text, tone = self._pill(index)
        if text:
            left = max(area.left(), area.right() - pill_width(text))
            draw_pill(
                painter, QRectF(left, area.top(), area.right() - left, area.height()), text, tone
            )

    def _pill(self, index: AnyIndex) -> tuple[str, Tone]:
        standing = index.data(VALUE_ROLE)
        if not isinstance(standing, Standing):
            return "", Tone.NEUTRAL
        if standing.action in _ACTION_TONES:
            return words.say(f"risk.action.{standing.action}"), _ACTION_TONES[standing.action]
        row = standing.row
        if _is_decided(row):
            if not row.disposition:
                return words.name(CaseState(row.state)), Tone.NEUTRAL
            disposition = Disposition(row.disposition)
            return words.say(f"risk.decided_as.{disposition.value}"), tone_of(disposition)
        return time_left(instant(row.review_by), self._now())


_ACTION_TONES = {
    ActionState.QUEUED.value: Tone.INFO,
    ActionState.SENDING.value: Tone.INFO,
    ActionState.CONFLICT.value: Tone.DANGER,
    ActionState.REFUSED.value: Tone.DANGER,
}


def _is_decided(row: CaseRow) -> bool:
    return row.state in {CaseState.DECIDED.value, CaseState.CLOSED.value}


def _first_line(text: str, width: float) -> str:
    """As much of the text as fits a line, ending at a word where there are words.

    In Chinese a line may end anywhere, but none begins with a comma or a stop.
    """
    if width_of(text) <= width:
        return text
    fits = next(n for n in range(len(text), 0, -1) if width_of(text[:n]) <= width or n == 1)
    while fits > 1 and text[fits] in _NEVER_FIRST:
        fits -= 1
    if text[fits] < _FIRST_IDEOGRAPH and text[fits - 1] < _FIRST_IDEOGRAPH:
        return text[: text.rfind(" ", 0, fits + 1) + 1] or text[:fits]
    return text[:fits]
