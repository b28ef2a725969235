"""The list of refunds."""

from __future__ import annotations

from app.models.lists.query import RefundQuery
from app.models.lists.table import RecordTable
from app.models.store.refunds import RefundRow


class RefundTable(RecordTable[RefundRow, RefundQuery]):
    """The refunds of a ``RefundQuery``; see ``RecordTable``."""
