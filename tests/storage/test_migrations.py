from pathlib import Path

import pytest

from dragon_app.core.errors import WorkspaceError
from dragon_app.core.types import BatchResult
from dragon_app.storage.classes import ClassStore
from dragon_app.storage.database import Database
from dragon_app.storage.labels import LabelStore
from dragon_app.storage.migrations import MIGRATIONS, check_schema, migrate
from dragon_app.storage.steps import StepStore

TABLES = {
    "classes",
    "images",
    "batches",
    "events",
    "class_events",
    "gone_photos",
    "snapshots",
    "snapshot_samples",
    "comparisons",
    "runs",
    "checkpoints",
    "epoch_metrics",
    "step_metrics",
    "settings",
    "provenances",
    "promotions",
    "suggestions",
    "standings",
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


def test_the_journal_and_the_classes_of_an_older_version_are_kept(database: Database) -> None:
    with database.writing() as db:
        MIGRATIONS.apply(db, stop_before="003_classes_in_the_journal")
        for name in ("rose", "tulip"):
            db.execute(
                "insert into classes (name, name_key, colour) values (?, ?, '#000000')", [name] * 2
            )
        db.execute(
            "insert into images (digest, format, width_px, height_px, size_bytes, name, group_id,"
            " class_id, added_at) values ('ab', 'PNG', 1, 1, 1, 'a.png', 1, 2, '2026-01-01')"
        )
        db.execute("insert into batches (id, who, at) values ('b', 'person', '2026-01-01')")
        db.execute("insert into events (batch, kind, image_id, after) values ('b', 'class', 1, 2)")
    migrate(database)
    kept = [(each.name, each.key_place) for each in ClassStore(database).all()]
    assert kept == [("rose", 1), ("tulip", 2)]
    assert StepStore(database).undo(batch="u", who="person") == BatchResult(changed=1)
    told = [(event.before, event.after) for event in LabelStore(database).history(1)]
    assert told == [(None, "2"), ("2", None)]


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
