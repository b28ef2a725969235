"""What goes wrong with a database and is nobody's mistake."""

from __future__ import annotations


class RowExistsError(Exception):
    """A row that must be there once is there already, or points at one that is not there."""


class DatabaseBusyError(Exception):
    """The database did not take the work now (locked, full, gone); nothing of it was kept."""
