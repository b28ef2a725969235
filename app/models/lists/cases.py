"""The list of cases."""

from __future__ import annotations

from app.models.lists.query import CaseQuery
from app.models.lists.table import RecordTable
from app.models.store.cases import CaseRow


class CaseTable(RecordTable[CaseRow, CaseQuery]):
    """The cases of a ``CaseQuery``; see ``RecordTable``."""
