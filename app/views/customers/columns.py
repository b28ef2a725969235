"""The two lists of a customer: orders and refunds, in few columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt

from app import words
from app.models.store.orders import OrderRow
from app.models.store.refunds import RefundRow
from app.views.widgets.columns import TableColumn
from app.views.widgets.delegates import (
    VALUE_ROLE,
    MoneyDelegate,
    PillDelegate,
    TextDelegate,
    TimeDelegate,
    WordDelegate,
)
from payments.contract.lifecycles import OrderStatus, RefundState
from payments.contract.money import Money
from payments.contract.wire.records import ChannelName

Row = TypeVar("Row")


class ListColumn(Generic[Row]):
    """What a column says of a row; see ``app.models.lists.table.Column``."""

    def __init__(self, key: str, value: Callable[[Row], object]) -> None:
        self.key = key
        self._value = value

    def header(self, role: int) -> Any:  # noqa: ANN401 - whatever the role asks for
        """The header's words."""
        shown = role == Qt.ItemDataRole.DisplayRole
        return words.say(f"customers.column.{self.key}") if shown else None

    def value(self, row: Row, role: int) -> Any:  # noqa: ANN401 - likewise
        """The plain value; as text only where it is one."""
        value = self._value(row) if role in {VALUE_ROLE, Qt.ItemDataRole.DisplayRole} else None
        return value if role == VALUE_ROLE or isinstance(value, str) else None


def _instant(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def order_columns() -> list[ListColumn[OrderRow]]:
    """The columns of the model of orders."""
    return [
        ListColumn[OrderRow]("placed_at", lambda row: _instant(row.placed_at)),
        ListColumn[OrderRow]("id", lambda row: row.id),
        ListColumn[OrderRow]("title", lambda row: row.title),
        ListColumn[OrderRow]("channel", lambda row: row.channel),
        ListColumn[OrderRow]("status", lambda row: row.status),
        ListColumn[OrderRow]("amount", lambda row: Money(row.amount, row.currency)),
    ]


def refund_columns() -> list[ListColumn[RefundRow]]:
    """The columns of the model of refunds."""
    return [
        ListColumn[RefundRow]("requested_at", lambda row: _instant(row.requested_at)),
        ListColumn[RefundRow]("order_id", lambda row: row.order_id),
        ListColumn[RefundRow]("title", lambda row: row.title),
        ListColumn[RefundRow]("channel", lambda row: row.channel),
        ListColumn[RefundRow]("state", lambda row: row.state),
        ListColumn[RefundRow]("amount", lambda row: Money(row.amount, row.currency)),
    ]


def _shown(
    keys: tuple[str, str, str], status: type[OrderStatus | RefundState], zone: ZoneInfo, now: Now
) -> list[TableColumn]:
    at, number, state = keys
    title = "customers.column."
    return [
        TableColumn(at, title + at, TimeDelegate(now, zone), 160),
        TableColumn(number, title + number, TextDelegate(muted=True), 190, gives_way=2),
        TableColumn("title", title + "title", TextDelegate(), 200, stretches=True),
        TableColumn("channel", title + "channel", WordDelegate(ChannelName), 120, gives_way=1),
        TableColumn(state, title + state, PillDelegate(status), 170),
        TableColumn("amount", title + "amount", MoneyDelegate(with_symbol=True, strong=True), 130),
    ]


Now = Callable[[], datetime]


def order_table_columns(zone: ZoneInfo, now: Now) -> list[TableColumn]:
    """How the list of orders shows them."""
    return _shown(("placed_at", "id", "status"), OrderStatus, zone, now)


def refund_table_columns(zone: ZoneInfo, now: Now) -> list[TableColumn]:
    """How the list of refunds shows them."""
    return _shown(("requested_at", "order_id", "state"), RefundState, zone, now)
