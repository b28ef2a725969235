"""Everything there was when the first merchant moved in."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_HEADS = ("feed_head", "ledger_head", "audit_head")


def upgrade() -> None:
    """Run the statements of the file beside this one."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";"):
        if statement.strip():
            op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        # One row that every transaction updates: room on its page keeps the updates in place.
        for head in _HEADS:
            op.execute(f"ALTER TABLE {head} SET (fillfactor = 10)")
