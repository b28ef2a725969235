"""What the store knows about itself: whose it is, how far it has come, in which zone days are cut."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from app.models.store.calendar import DEFAULT_ZONE, Calendar
from app.models.store.transaction import Transaction

CURSOR: Final = "cursor"
SCOPE: Final = "scope"
ZONE: Final = "zone"
USER: Final = "user"
LAST_SYNC: Final = "last_sync"
# Set while the first sync is under way, when the secondary indexes are not there yet.
LOADING: Final = "loading"
# Set while a fresh run is under way whose end removes what it did not bring.
SWEEPING: Final = "sweeping"


def get(db: Transaction, key: str, default: str = "") -> str:
    """A stored value, or the default."""
    value = db.value("SELECT value FROM meta WHERE key = ?", (key,))
    return default if value is None else str(value)


def put(db: Transaction, key: str, value: str) -> None:
    """Store a value; an empty one removes the key."""
    if value:
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
    else:
        db.execute("DELETE FROM meta WHERE key = ?", (key,))


def cursor(db: Transaction) -> int:
    """The number of the last change applied; 0 before the first."""
    return int(get(db, CURSOR, "0"))


def last_sync(db: Transaction) -> datetime | None:
    """When the store was last known to be up to date, in UTC."""
    at = get(db, LAST_SYNC)
    return datetime.fromisoformat(at) if at else None


def note_sync(db: Transaction, at: datetime) -> None:
    """Remember that the store was up to date at an instant."""
    put(db, LAST_SYNC, at.astimezone(UTC).isoformat())


def calendar(db: Transaction) -> Calendar:
    """The merchant's calendar; Asia/Shanghai until the first sign-in has named the zone."""
    return Calendar(get(db, ZONE, DEFAULT_ZONE))
