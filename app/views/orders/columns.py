"""The columns of the order list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from app.models.store.orders import OrderRow
from app.views.lists.columns import ListColumn, instant, member
from app.views.widgets.columns import TableColumn
from app.views.widgets.delegates import (
    MoneyDelegate,
    NumberDelegate,
    PillDelegate,
    RecordDelegate,
    TextDelegate,
    TimeDelegate,
    WordDelegate,
)
from payments.contract.lifecycles import OrderStatus
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName, ProductKind


def order_columns(now: Callable[[], datetime], zone: ZoneInfo) -> list[ListColumn[OrderRow]]:
    """All columns in their usual order; the last four are hidden until a person wants them."""

    def column(
        name: str,
        delegate: RecordDelegate,
        read: Callable[[OrderRow], object],
        width: int,
        gives_way: int = 0,
        **more: bool,
    ) -> ListColumn[OrderRow]:
        title = f"orders.column.{name}"
        shown = TableColumn(name, title, delegate, width, gives_way=gives_way, **more)
        return ListColumn(shown, read)

    return [
        column("placed_at", TimeDelegate(now, zone), lambda row: instant(row.placed_at), 136),
        column("id", TextDelegate(), lambda row: row.id, 208, 1),
        column("payer", TextDelegate(), lambda row: row.payer, 92, 3),
        column("title", TextDelegate(), lambda row: row.title, 180, stretches=True),
        column("kind", WordDelegate(ProductKind, muted=True), _kind, 108, 5),
        column("channel", WordDelegate(ChannelName, muted=True), _channel, 104, 4),
        column("status", PillDelegate(OrderStatus), lambda row: OrderStatus(row.status), 160),
        column("amount", MoneyDelegate(), lambda row: Money(row.amount, row.currency), 116),
        column("quantity", NumberDelegate(), lambda row: row.quantity, 84, 8, shown=False),
        column("instructor", TextDelegate(), lambda row: row.instructor, 100, 7, shown=False),
        column("refunded", MoneyDelegate(with_symbol=True), _refunded, 112, 6, shown=False),
        column("paid_at", TimeDelegate(now, zone), _paid_at, 124, 9, shown=False),
    ]


def _kind(row: OrderRow) -> object:
    return member(ProductKind, row.kind)


def _channel(row: OrderRow) -> object:
    return member(ChannelName, row.channel)


def _refunded(row: OrderRow) -> object:
    return Money(row.refunded, row.currency) if row.refunded else None


def _paid_at(row: OrderRow) -> object:
    return instant(row.paid_at)
