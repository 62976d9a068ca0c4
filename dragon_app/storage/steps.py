"""Undo and redo: batches that take back another batch. Both live in the journal.

A redo takes an undo back, and is what the next undo takes back. Nothing of a step is kept in
memory, so both go on after a restart.
"""

from collections.abc import Mapping

import sqlite_utils

from dragon_app.core.types import BatchResult, ClassEventKind, EventKind
from dragon_app.storage.database import Database
from dragon_app.storage.journal import (
    carriers,
    change_class,
    free_name,
    tell,
    told,
    undone_by,
    values,
    write_batch,
    write_changes,
)
from dragon_app.storage.labels import IMPORTER

_NEWEST_DONE = """select id from batches where (undoes is null or is_redo = 1) and is_undone = 0
    and who <> ? and id = coalesce(?, id) order by number desc limit 1"""
# No redo once a person did something new: what came since would be mixed up with it.
_NEWEST_UNDO = """select id from batches where undoes is not null and is_redo = 0 and is_undone = 0
    and number > coalesce((select number from batches b where undoes is null and who <> ? and (
        exists (select 1 from events where batch = b.id)
        or exists (select 1 from class_events where batch = b.id))
    order by number desc limit 1), 0) order by number desc limit 1"""


class StepStore:
    """Goes a step back, and forward again. Safe from several threads.

    A repeated `batch`, an id made by the client, gives the same answer and changes nothing. Photos
    changed since, or removed for good, are left as they are and named.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def undo(self, *, batch: str, who: str, of: str | None = None) -> BatchResult | None:
        """Take back a batch of a person not yet undone, `of` or the newest; None without one.

        A class whose name another one has now comes back with a number behind it.
        """
        return self._reverse(_NEWEST_DONE, [IMPORTER, of], batch=batch, who=who, is_redo=False)

    def redo(self, *, batch: str, who: str) -> BatchResult | None:
        """Put back the newest batch that was undone; None when there is none or something new."""
        return self._reverse(_NEWEST_UNDO, [IMPORTER], batch=batch, who=who, is_redo=True)

    def _reverse(
        self, newest: str, about: list[str | None], *, batch: str, who: str, is_redo: bool
    ) -> BatchResult | None:
        with self._database.writing() as db:
            known = told(db, batch)
            if known is not None:
                return known if undone_by(db, batch) else None
            row = db.execute(newest, about).fetchone()
            if row is None:
                write_batch(db, batch=batch, who=who, is_undone=True)
                return None
            write_batch(db, batch=batch, who=who)
            reverses = "update batches set undoes = ?, is_redo = ? where id = ?"
            db.execute(reverses, [row[0], is_redo, batch])
            _reverse_classes(db, batch, target=row[0])
            _reverse_photos(db, batch, target=row[0])
            db.execute("update batches set is_undone = 1 where id = ?", [row[0]])
            return tell(db, batch)


def _reverse_classes(db: sqlite_utils.Database, batch: str, *, target: str) -> None:
    events = db.execute(
        "select kind, class_id, before, after from class_events where batch = ? order by id desc",
        [target],
    ).fetchall()
    for kind, class_id, before, after in events:
        name = _name(db, class_id)
        if kind == ClassEventKind.NAME:
            wanted = free_name(db, before, class_id=class_id)
            change_class(db, batch, (ClassEventKind.NAME, class_id, name, wanted))
            continue
        # While the class is in no list, so that going forward again meets no other of its name.
        wanted = free_name(db, name, class_id=class_id) if before is None else name
        if wanted != name:
            change_class(db, batch, (ClassEventKind.NAME, class_id, name, wanted))
        change_class(db, batch, (ClassEventKind(kind), class_id, after, before))


def _name(db: sqlite_utils.Database, class_id: int) -> str:
    return str(db.execute("select name from classes where id = ?", [class_id]).fetchone()[0])


def _reverse_photos(db: sqlite_utils.Database, batch: str, *, target: str) -> None:
    events = db.execute(
        "select kind, image_id, before, after from events where batch = ? order by id desc",
        [target],
    ).fetchall()
    kind = EventKind(events[0][0]) if events else EventKind.CLASS
    current = values(db, kind, [event[1] for event in events])
    deleted = _deleted_classes(db) if kind is EventKind.CLASS else set()
    back = {
        image_id: before
        for _, image_id, before, after in events
        if image_id in current and current[image_id] == after and before not in deleted
    }
    write_changes(db, batch, kind, back, current)
    _move_latecomers(db, batch)


def _move_latecomers(db: sqlite_utils.Database, batch: str) -> None:
    """Take photos along that came with files since, where a class goes once more."""
    sql = """select class_id, kind, after from class_events
        where batch = ? and kind <> 'name' and after is not null"""
    for class_id, kind, after in db.execute(sql, [batch]).fetchall():
        to = after if kind == ClassEventKind.MERGED else None
        late: Mapping[int, str | None] = dict.fromkeys(carriers(db, class_id), to)
        write_changes(db, batch, EventKind.CLASS, late, dict.fromkeys(late, str(class_id)))


def _deleted_classes(db: sqlite_utils.Database) -> set[str]:
    """Return the classes that no photo may get back: earlier versions deleted them for good."""
    sql = "select id from classes where deleted_at is not null"
    return {str(row[0]) for row in db.execute(sql)}
