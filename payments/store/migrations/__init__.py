"""The schema's history: numbered steps that run on both databases and are never edited later."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from payments.store.work import Work


def migrate(work: Work) -> None:
    """Bring the database to the newest schema, in the work's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = work.connection
    command.upgrade(config, "head")
