"""The evidence of one case: the score as its formula, its parts, links, history, alike cases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app import formatting, words
from app.views.risk.graph import LinkGraph
from app.views.risk.notice import Notice, theirs_in_words
from app.views.risk.reading import CaseFile
from app.views.risk.related import RelatedRows
from app.views.risk.wording import (
    BASE,
    UNDECIDED,
    above,
    case_number,
    headline,
    listed,
    parts,
    product,
    reason,
)
from app.views.theme.tokens import Size, Tone
from app.views.widgets.bar_rows import Bar, BarRows
from app.views.widgets.labels import Label, hairline
from app.views.widgets.pill import Pill
from app.views.widgets.timeline import Timeline, entry_of
from payments.contract.money import Money
from payments.contract.wire.records import RiskCase

_TWO_COLUMNS = 660


class Head(QWidget):
    """The formula, whether it is above the threshold, whose order it is, and the case's number."""

    def __init__(self) -> None:
        super().__init__()
        self._formula = Label("", "headline").selectable()
        self._pill = Pill()
        self._case = Label("", "muted")
        self._about = Label("", "muted", wraps=True)
        self._about.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout()
        line.setSpacing(14)
        line.addWidget(self._formula)
        line.addWidget(self._pill, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(14)
        below.addWidget(self._about, 1)
        below.addWidget(self._case, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Size.GUTTER, 12, Size.GUTTER, 12)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addLayout(below)

    def show_case(self, case: RiskCase, now: datetime) -> None:
        """Say it."""
        self._formula.setText(headline(case.risk))
        self._pill.show_words(*above(case.risk))
        channel = words.name(case.channel) if case.channel else ""
        amount = formatting.money(Money(case.amount, case.currency))
        foreign = amount if case.currency != BASE else ""
        bought = product(case.title, case.quantity)
        self._about.setText(listed([foreign, bought, case.payer, channel]))
        self._case.setText(
            listed([words.say("risk.case", id=case_number(case.id)), _held(case, now)])
        )
        self._case.setToolTip(case.id)


def _held(case: RiskCase, now: datetime) -> str:
    if case.state not in UNDECIDED:
        return words.name(case.state)
    held = words.say("risk.held_for", age=formatting.duration(now - case.opened_at))
    owner = words.say("risk.claimed_by", name=case.assignee) if case.assignee else ""
    return listed([held, owner])


class Part(QWidget):
    """A titled part; hidden when it has nothing to show."""

    def __init__(self, key: str, content: QWidget) -> None:
        super().__init__()
        self.key = key
        self._title = Label("", "section")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(content)

    def retranslate(self) -> None:
        """Say the title."""
        self._title.setText(words.say(self.key))


class Evidence(QWidget):
    """Everything but the decision. ``order_asked`` carries an order's id, ``asked`` a notice's act."""

    order_asked = Signal(str)
    asked = Signal(str)

    def __init__(self, now: Callable[[], datetime], zone: ZoneInfo) -> None:
        super().__init__()
        self._now = now
        self._zone = zone
        self._case: RiskCase | None = None
        self.head = Head()
        self.notice = Notice()
        self.notice.asked.connect(self.asked)
        self._bars = BarRows()
        self._graph = LinkGraph()
        self._linked, self._history = RelatedRows(), RelatedRows()
        self._payer = Label("", "muted", wraps=True)
        self._alike, self._alike_share = Label("", "muted"), Label("", "strong")
        self._earlier = Label("", wraps=True).selectable()
        self._timeline = Timeline()
        for rows in (self._linked, self._history):
            rows.opened.connect(self.order_asked)
        self._make_parts()
        self._lay_out()

    def _make_parts(self) -> None:
        alike = QWidget()
        line = QHBoxLayout(alike)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self._alike, 1)
        line.addWidget(self._alike_share)
        history = QWidget()
        down = QVBoxLayout(history)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(4)
        down.addWidget(self._payer)
        down.addWidget(self._history)
        self._why = Part("risk.part.why", self._bars)
        self._links = Part("risk.part.links", self._graph)
        self._linked_part = Part("risk.part.linked", self._linked)
        self._history_part = Part("risk.part.history", history)
        self._alike_part = Part("risk.part.alike", alike)
        self._earlier_part = Part("risk.part.earlier", self._earlier)
        self._events_part = Part("risk.part.events", self._timeline)

    def _lay_out(self) -> None:
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(32)
        for column in (
            (self._links, self._linked_part),
            (self._history_part, self._alike_part, self._events_part),
        ):
            down = QVBoxLayout()
            down.setSpacing(18)
            for part in column:
                down.addWidget(part)
            down.addStretch(1)
            self._columns.addLayout(down, 1)
        scrolled = QWidget()
        scrolled.setObjectName("scrolled")
        body = QVBoxLayout(scrolled)
        body.setContentsMargins(Size.GUTTER, 14, Size.GUTTER, 14)
        body.setSpacing(14)
        body.addWidget(self.notice)
        body.addWidget(self._earlier_part)
        body.addWidget(self._why)
        body.addWidget(hairline())
        body.addLayout(self._columns)
        body.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(scrolled)
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head, 0, 0)
        outer.addWidget(hairline(), 1, 0)
        outer.addWidget(self._scroll, 2, 0)

    def show_file(self, file: CaseFile, *, me: str, online: bool) -> None:
        """Show a case; another one than before from its top."""
        case = file.case
        if self._case is None or self._case.id != case.id:
            self._scroll.verticalScrollBar().setValue(0)
        self._case = case
        now = self._now()
        self.head.show_case(case, now)
        self.notice.show_file(file, me=me, now=now, zone=self._zone, online=online)
        self._show_parts(case)
        self._show_people(case, now)
        shown = sorted(case.events, key=lambda event: event.at, reverse=True)
        self._timeline.show_entries([entry_of(it, now=now, zone=self._zone) for it in shown])
        self._events_part.setVisible(bool(shown))
        self._earlier_part.setVisible(case.disposition is not None or bool(case.note))
        self._earlier_part.key = "risk.part.earlier" if case.disposition else "risk.part.note"
        self._earlier.setText(theirs_in_words(case, now, self._zone))
        for part in self.findChildren(Part):
            part.retranslate()

    def tick(self) -> None:
        """A second has passed."""
        if self._case is not None:
            self.head.show_case(self._case, self._now())

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """One column where it is narrow."""
        super().resizeEvent(event)  # type: ignore[arg-type]  # handed through as it came
        wide = self.width() >= _TWO_COLUMNS
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._columns.setSpacing(32 if wide else 18)

    def _show_parts(self, case: RiskCase) -> None:
        found = parts(case.risk)
        largest = max((Decimal(part.part) for part in found), default=Decimal(1))
        self._bars.show_bars(
            [
                Bar(
                    reason(part), float(Decimal(part.part) / largest), f"+{part.part}", Tone.WARNING
                )
                for part in found
            ]
        )
        self._why.setVisible(bool(found))

    def _show_people(self, case: RiskCase, now: datetime) -> None:
        seen = case.evidence
        self._graph.show_case(case)
        self._linked.show_orders(seen.linked, now=now, zone=self._zone)
        self._linked_part.setVisible(bool(seen.linked))
        since = (
            formatting.day(seen.payer_since, now=now, zone=self._zone) if seen.payer_since else ""
        )
        known = words.say("risk.payer_since", day=since) if since else ""
        orders = words.say("risk.payer_orders", count=seen.payer_orders)
        paid = formatting.money(Money(seen.payer_paid, case.currency))
        total = words.say("risk.payer_paid", amount=paid) if seen.payer_orders else ""
        self._payer.setText(listed([case.payer, known, orders, total]))
        self._history.show_orders(seen.history, now=now, zone=self._zone)
        self._history.setVisible(bool(seen.history))
        self._alike_part.setVisible(seen.similar_cases > 0)
        self._alike.setText(
            words.say("risk.alike", fraud=seen.similar_fraud, count=seen.similar_cases)
        )
        if seen.similar_cases:
            share = Decimal(seen.similar_fraud) / seen.similar_cases
            self._alike_share.setText(formatting.percent(share, 0))
            self._alike_share.set_look("danger" if seen.similar_fraud else "muted")
