"""The schema, one numbered step per change; a released step is never edited."""

import sqlite3

import sqlite_utils
from sqlite_utils.migrations import Migrations

from dragon_app.core.errors import WorkspaceError
from dragon_app.storage.database import Database
from dragon_app.storage.first_schema import FIRST_SCHEMA

MIGRATIONS = Migrations("dragon")


@MIGRATIONS(name="001_first_schema")
def _first_schema(db: sqlite_utils.Database) -> None:
    for statement in FIRST_SCHEMA:
        db.execute(statement)


@MIGRATIONS(name="002_index_the_states_of_photos")
def _index_states(db: sqlite_utils.Database) -> None:
    """Let counts by state and class read the index alone: 8 ms, not 117, at 100,000 photos."""
    db.execute("create index images_state on images (is_binned, class_id, is_skipped, split)")


_CLASSES_IN_THE_JOURNAL = (
    "alter table batches add column is_redo integer not null default 0",
    "alter table classes add column position integer not null default 0",
    "update classes set position = id",
    "create unique index classes_hotkey on classes (hotkey) where deleted_at is null",
    """create table class_events (
        id integer primary key autoincrement,
        batch text not null references batches (id),
        kind text not null check (kind in ('name', 'deleted', 'merged')),
        class_id integer not null references classes (id),
        before text,
        after text
    ) strict""",
    "create index class_events_batch on class_events (batch)",
    """create table gone_photos (
        image_id integer primary key,
        digest text not null,
        name text not null,
        batch text not null references batches (id)
    ) strict""",
    # Without `references images`: the journal outlives photos that were removed for good.
    """create table events_kept (
        id integer primary key autoincrement,
        batch text not null references batches (id),
        kind text not null check (kind in ('class', 'skipped', 'binned', 'split')),
        image_id integer not null,
        before text,
        after text
    ) strict""",
    "insert into events_kept select id, batch, kind, image_id, before, after from events",
    "drop table events",
    "alter table events_kept rename to events",
    "create index events_batch on events (batch)",
    "create index events_image on events (image_id)",
)


@MIGRATIONS(name="003_classes_in_the_journal")
def _classes_in_the_journal(db: sqlite_utils.Database) -> None:
    for statement in _CLASSES_IN_THE_JOURNAL:
        db.execute(statement)


_COMPARISONS = (
    """create table comparisons (
        id integer primary key autoincrement,
        what text not null check (what in ('strategies', 'rates')),
        created_at text not null
    ) strict""",
    "alter table runs add column comparison_id integer references comparisons (id)",
    "alter table runs add column label text not null default ''",
    "create index runs_comparison on runs (comparison_id) where comparison_id is not null",
)


@MIGRATIONS(name="005_comparisons")
def _comparisons(db: sqlite_utils.Database) -> None:
    for statement in _COMPARISONS:
        db.execute(statement)


_WHAT_WENT_INTO_RUNS = (
    """create table provenances (
        id integer primary key autoincrement,
        run_id integer not null references runs (id),
        facts text not null
    ) strict""",
    "alter table runs add column repeats integer references runs (id)",
    "alter table checkpoints add column digest text not null default ''",
    """create table promotions (
        id integer primary key autoincrement,
        run_id integer not null references runs (id),
        before integer references runs (id),
        is_return integer not null default 0,
        at text not null
    ) strict""",
    """insert into promotions (run_id, at)
        select cast(value as integer), strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now')
        from settings where key = 'try_run'""",
    "delete from settings where key = 'try_run'",
)


@MIGRATIONS(name="009_what_went_into_runs")
def _what_went_into_runs(db: sqlite_utils.Database) -> None:
    for statement in _WHAT_WENT_INTO_RUNS:
        db.execute(statement)


_KEYS_THAT_STAY = (
    "alter table classes add column key_place integer not null default 0",
    # As the keys were: by the order, disabled classes behind. Deleted ones get theirs on return.
    """update classes set key_place = (select count(*) from classes as other
        where other.deleted_at is null and (other.is_disabled, other.position, other.id)
            <= (classes.is_disabled, classes.position, classes.id))
        where deleted_at is null""",
)


@MIGRATIONS(name="010_keys_that_stay")
def _keys_that_stay(db: sqlite_utils.Database) -> None:
    for statement in _KEYS_THAT_STAY:
        db.execute(statement)


_SUGGESTIONS = (
    """create table suggestions (
        image_id integer primary key references images (id) on delete cascade,
        class_id integer not null references classes (id),
        confidence real not null,
        who text not null
    ) strict""",
    "alter table events add column suggested_by text",
)


@MIGRATIONS(name="006_suggestions")
def _suggestions(db: sqlite_utils.Database) -> None:
    for statement in _SUGGESTIONS:
        db.execute(statement)


@MIGRATIONS(name="008_how_sharp_a_photo_is")
def _sharpness(db: sqlite_utils.Database) -> None:
    """Photos that came before have none: among them the larger file counts as the sharper one."""
    db.execute("alter table images add column sharpness real")


_WHERE_RUNS_STAND = (
    # `file` and `best`, a checkpoint's folder, are relative to the workspace.
    """create table standings (
        id integer primary key autoincrement,
        run_id integer not null references runs (id),
        file text not null,
        digest text not null,
        epoch integer not null,
        steps integer not null,
        best text,
        saved_at text not null
    ) strict""",
    "create index standings_run on standings (run_id)",
    "alter table runs add column earlier_s real not null default 0",
    "alter table runs add column extended_at text not null default '[]'",
)


@MIGRATIONS(name="004_where_runs_stand")
def _where_runs_stand(db: sqlite_utils.Database) -> None:
    """Let runs go on: saved states, the seconds of earlier sittings, epochs asked for later."""
    for statement in _WHERE_RUNS_STAND:
        db.execute(statement)


_DISMISSALS = (
    # The class a person left the photo with, "none" for no class; null where nobody was asked.
    "alter table images add column kept_as text",
    """create table events_kept (
        id integer primary key autoincrement,
        batch text not null references batches (id),
        kind text not null check (kind in ('class', 'skipped', 'binned', 'split', 'kept')),
        image_id integer not null,
        before text,
        after text,
        suggested_by text
    ) strict""",
    """insert into events_kept
        select id, batch, kind, image_id, before, after, suggested_by from events""",
    "drop table events",
    "alter table events_kept rename to events",
    "create index events_batch on events (batch)",
    "create index events_image on events (image_id)",
)


@MIGRATIONS(name="011_dismissals")
def _dismissals(db: sqlite_utils.Database) -> None:
    """Let the journal say that a photo was found right as it is."""
    for statement in _DISMISSALS:
        db.execute(statement)


def migrate(database: Database) -> None:
    """Bring the schema up to date; refuse a workspace that a newer version of the app made."""
    with database.writing() as db:
        applied = {step.name for step in MIGRATIONS.applied(db)}
        unknown = applied - {step.name for step in MIGRATIONS._migrations}
        if unknown:
            raise WorkspaceError(
                f"{database.path} was made by a newer version of Dragon "
                f"({', '.join(sorted(unknown))}). Update the app, or choose another workspace."
            )
        try:
            MIGRATIONS.apply(db)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                raise
            raise WorkspaceError(
                f"{database.path} holds something else ({error}). Choose another workspace."
            ) from error


def check_schema(database: Database) -> None:
    """Refuse to read a workspace whose schema is not exactly this version's."""
    with database.reading() as db:
        applied = {step.name for step in MIGRATIONS.applied(db)}
    if applied != {step.name for step in MIGRATIONS._migrations}:
        raise WorkspaceError(
            f"{database.path} was made by another version of Dragon. Start the app on it once "
            "to bring it up to date."
        )
