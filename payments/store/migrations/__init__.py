"""The schema's history: numbered steps that run on both databases and are never edited later."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from payments.store.work import Work

_LOCK: Final = text("SELECT pg_advisory_xact_lock(7395168240)")


def migrate(work: Work) -> None:
    """Bring the database to the newest schema, in the work's transaction."""
    if work.connection.dialect.name == "postgresql":
        # Processes that start together do it one after the other.
        work.connection.execute(_LOCK)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = work.connection
    command.upgrade(config, "head")
