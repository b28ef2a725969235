"""The columns of the refund list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from app import words
from app.models.store.refunds import RefundRow
from app.views.lists import happenings
from app.views.lists.columns import ListColumn, instant, member
from app.views.widgets.columns import TableColumn
from app.views.widgets.delegates import (
    MoneyDelegate,
    PillDelegate,
    RecordDelegate,
    TextDelegate,
    TimeDelegate,
    WordDelegate,
)
from payments.contract.lifecycles import RefundState
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName


def refund_columns(now: Callable[[], datetime], zone: ZoneInfo) -> list[ListColumn[RefundRow]]:
    """All columns in their usual order; the last four are hidden until a person wants them."""

    def column(
        name: str,
        delegate: RecordDelegate,
        read: Callable[[RefundRow], object],
        width: int,
        gives_way: int = 0,
        **more: bool,
    ) -> ListColumn[RefundRow]:
        title = f"refunds.column.{name}"
        shown = TableColumn(name, title, delegate, width, gives_way=gives_way, **more)
        return ListColumn(shown, read)

    return [
        column("requested_at", TimeDelegate(now, zone), lambda row: instant(row.requested_at), 136),
        column("id", TextDelegate(), lambda row: row.id, 208, 1),
        column("payer", TextDelegate(), lambda row: row.payer, 92, 3),
        column("title", TextDelegate(), _title, 180, stretches=True),
        column("channel", WordDelegate(ChannelName, muted=True), _channel, 104, 4),
        column("state", PillDelegate(RefundState), lambda row: RefundState(row.state), 172),
        column("amount", MoneyDelegate(), lambda row: Money(row.amount, row.currency), 116),
        column("order_id", TextDelegate(muted=True), _order, 208, 8, shown=False),
        column("reason", TextDelegate(), _reason, 140, 7, shown=False),
        column("requested_by", TextDelegate(), lambda row: row.requested_by, 100, 6, shown=False),
        column("finished_at", TimeDelegate(now, zone), _finished, 124, 9, shown=False),
    ]


def _title(row: RefundRow) -> object:
    """The product; a refund that came without its order says so."""
    return row.title or (words.say("refunds.unlinked.short") if not row.order_id else "")


def _order(row: RefundRow) -> object:
    return row.order_id or words.say("refunds.unlinked.short")


def _channel(row: RefundRow) -> object:
    return member(ChannelName, row.channel)


def _reason(row: RefundRow) -> object:
    return happenings.reason(row.reason)


def _finished(row: RefundRow) -> object:
    return instant(row.finished_at)
