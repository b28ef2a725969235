"""The schema's history: numbered steps that run on both databases and are never edited later."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text

from payments.store.work import Work

# The last step in ``versions``.
NEWEST: Final = "0001"

_VERSION: Final = text("SELECT version_num FROM alembic_version")
_LOCK: Final = text("SELECT pg_advisory_xact_lock(7395168240)")


def migrate(work: Work) -> None:
    """Bring the database to the newest schema, in the work's transaction."""
    if work.connection.dialect.name == "postgresql":
        # Processes that start together do it one after the other.
        work.connection.execute(_LOCK)
    if _version(work) == NEWEST:
        return
    # Imported when a step is due: it takes half a second that most starts need not wait.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = work.connection
    command.upgrade(config, "head")


def _version(work: Work) -> str | None:
    """The step that the database has come to, or None before the first."""
    if not inspect(work.connection).has_table("alembic_version"):
        return None
    version: str | None = work.connection.execute(_VERSION).scalar()
    return version
