"""What can be done with orders, for keys, palette and the other panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.views.frame.commands import Command, OfflinePolicy
from app.views.orders.detail import REFUND_KEY
from payments.contract.roles import Permission

if TYPE_CHECKING:
    from app.views.orders.panel import OrdersPanel

_GROUP = "frame.panel.orders"
_READ = Permission.ORDERS_READ


def add_commands(panel: OrdersPanel) -> None:
    """Enter the panel's commands. ``orders.open`` takes an order's id, ``orders.search`` a text."""
    book, scope = panel.context.book, panel.widget
    opening = Command(
        "orders.open", "orders.command.open", needs=_READ, icon="orders", group=_GROUP, listed=False
    )
    book.add(opening, panel.open_order, scope)
    searching = Command(
        "orders.search", "orders.command.search", needs=_READ, icon="search", group=_GROUP
    )
    book.add(searching, panel.search, scope)
    refunding = Command(
        "orders.refund",
        "orders.command.refund",
        REFUND_KEY,
        needs=Permission.REFUNDS_REQUEST,
        offline=OfflinePolicy.QUEUED,
        icon="refund",
        group=_GROUP,
    )
    book.add(refunding, panel.refund, scope)
