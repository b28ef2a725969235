from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from payments.store import migrations
from payments.store.migrations import migrate
from payments.store.tables import METADATA


def _differences(work):
    context = MigrationContext.configure(work.connection, opts={"compare_type": True})
    return compare_metadata(context, METADATA)


def test_the_migrated_schema_is_what_the_tables_say(database):
    assert database.read_sync(_differences) == []


def test_migrating_twice_changes_nothing(database):
    database.run_sync(migrate)
    assert database.read_sync(_differences) == []


def test_the_newest_step_is_the_one_that_is_named():
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.NEWEST
