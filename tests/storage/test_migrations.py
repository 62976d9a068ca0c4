from pathlib import Path

import pytest

from dragon_app.core.errors import WorkspaceError
from dragon_app.storage.database import Database
from dragon_app.storage.migrations import check_schema, migrate

TABLES = {
    "classes",
    "images",
    "batches",
    "events",
    "snapshots",
    "snapshot_samples",
    "runs",
    "checkpoints",
    "epoch_metrics",
    "step_metrics",
    "settings",
}


@pytest.fixture
def database(folder: Path) -> Database:
    folder.mkdir()
    return Database(folder / "dragon.db")


def schema(database: Database) -> list[str]:
    with database.reading() as db:
        return [row[0] for row in db.execute("select sql from sqlite_master order by name")]


def test_an_empty_file_gets_every_table(database: Database) -> None:
    migrate(database)
    with database.reading() as db:
        assert set(db.table_names()) > TABLES


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    before = schema(database)
    migrate(database)
    assert schema(database) == before


def test_a_migrated_file_can_be_read(database: Database) -> None:
    migrate(database)
    check_schema(database)


def test_a_newer_schema_is_refused_in_words_and_left_as_it_is(database: Database) -> None:
    migrate(database)
    with database.writing() as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('dragon', '999_wings', '2030-01-01')"
        )
    before = database.path.read_bytes()
    with pytest.raises(WorkspaceError, match=r"newer version of Dragon \(999_wings\)\. Update"):
        migrate(database)
    with pytest.raises(WorkspaceError, match="another version"):
        check_schema(database)
    assert database.path.read_bytes() == before


def test_an_older_schema_is_not_read_but_asks_for_a_start(database: Database) -> None:
    with database.writing() as db:
        db.execute("create table something (id integer)")
    with pytest.raises(WorkspaceError, match="Start the app on it once"):
        check_schema(database)


def test_the_database_of_something_else_is_refused_and_left_as_it_is(database: Database) -> None:
    with database.writing() as db:
        db.execute("create table images (url text)")
    before = schema(database)
    with pytest.raises(WorkspaceError, match="holds something else"):
        migrate(database)
    assert schema(database) == before
