"""The list of orders."""

from __future__ import annotations

from app.models.lists.query import OrderQuery
from app.models.lists.table import RecordTable
from app.models.store.orders import OrderRow


class OrderTable(RecordTable[OrderRow, OrderQuery]):
    """The orders of a ``OrderQuery``; see ``RecordTable``."""
