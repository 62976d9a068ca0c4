"""Saying something about photos: a batch of changes, each an event of the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlite_utils

from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import BatchResult, EventKind, LabelEvent, Split
from dragon_app.storage.chunks import in_chunks
from dragon_app.storage.database import Database
from dragon_app.storage.journal import tell, told, values, write_batch, write_changes
from dragon_app.storage.splits import give_parts

PERSON = "person"
IMPORTER = "import"  # signs labels that came with files; undo leaves those alone


class LabelStore:
    """Applies batches of changes and tells what was said. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(
        self, kind: EventKind, changes: Mapping[int, str | None], *, batch: str, who: str
    ) -> BatchResult:
        """Set one thing on many photos, each `image id -> new value`, as one undo step.

        `batch` is an id made by the client: a repeat gives the same answer and changes nothing.
        Photos that were removed for good are left and named.
        """
        with self._database.writing() as db:
            current = values(db, kind, list(changes))
            gone = _gone(db, sorted(changes.keys() - current.keys()))
            known = told(db, batch)
            if known is not None:
                return replace(known, left=tuple(gone))
            if gone and not current:
                raise _no_photo(gone[0])
            wanted = {
                image_id: after
                for image_id, after in changes.items()
                if image_id in current and current[image_id] != after
            }
            _check_class_values(db, kind, wanted)
            write_batch(db, batch=batch, who=who, is_undone=not wanted)
            write_changes(db, batch, kind, wanted, current)
            return replace(tell(db, batch), left=tuple(gone))

    def label_first(self, labels: Mapping[int, str], *, batch: str, who: str) -> BatchResult:
        """Give photos their first class, each `image id -> class id`; those that have one keep it.

        For labels that come with files: what a person said in the meantime stands.
        """
        with self._database.writing() as db:
            known = told(db, batch)
            if known is not None:
                return known
            current = values(db, EventKind.CLASS, list(labels))
            wanted: dict[int, str | None] = {
                image_id: after
                for image_id, after in labels.items()
                if image_id in current and current[image_id] is None
            }
            _check_class_values(db, EventKind.CLASS, wanted)
            write_batch(db, batch=batch, who=who, is_undone=not wanted)
            write_changes(db, batch, EventKind.CLASS, wanted, current)
            return tell(db, batch)

    def give_parts(self, parts: Mapping[int, Split]) -> None:
        """Give photos the part that a table says, where neither they nor their group have one."""
        with self._database.writing() as db:
            give_parts(db, parts)

    def newest_batch(self) -> int:
        """Return the number of the newest batch; it grows with every change of a photo."""
        with self._database.reading() as db:
            row = db.execute("select coalesce(max(number), 0) from batches").fetchone()
        return int(row[0])

    def batch_at(self, at: datetime) -> int:
        """Return the number of the newest batch that was written by a moment."""
        sql = "select coalesce(max(number), 0) from batches where at <= ?"
        with self._database.reading() as db:
            return int(db.execute(sql, [at.isoformat()]).fetchone()[0])

    def history(self, image_id: int) -> list[LabelEvent]:
        """Return everything that was said about one photo, oldest first."""
        sql = """select e.id, e.batch, b.number, e.kind, e.image_id, e.before, e.after, b.who, b.at,
            b.is_undone, b.undoes, e.suggested_by from events e join batches b on b.id = e.batch
            where e.image_id = ? order by e.id"""
        with self._database.reading() as db:
            rows = db.execute(sql, [image_id]).fetchall()
        return [
            LabelEvent(
                id=row[0],
                batch=row[1],
                number=row[2],
                kind=EventKind(row[3]),
                image_id=row[4],
                before=row[5],
                after=row[6],
                who=row[7],
                at=datetime.fromisoformat(row[8]),
                is_undone=bool(row[9]),
                is_reversal=row[10] is not None,
                suggested_by=row[11],
            )
            for row in rows
        ]


def _gone(db: sqlite_utils.Database, missing: Sequence[int]) -> list[int]:
    """Return the photos that were removed for good; raise when one of them never was."""
    gone: list[int] = []
    for marks, chunk in in_chunks(missing):
        sql = f"select image_id from gone_photos where image_id in ({marks})"  # noqa: S608
        gone += [row[0] for row in db.execute(sql, list(chunk))]
    unknown = set(missing) - set(gone)
    if unknown:
        raise _no_photo(min(unknown))
    return gone


def _no_photo(image_id: int) -> NotFoundError:
    return NotFoundError(f"There is no photo {image_id}. It may have been removed.")


def _check_class_values(
    db: sqlite_utils.Database, kind: EventKind, changes: Mapping[int, str | None]
) -> None:
    if kind is not EventKind.CLASS:
        return
    for class_id in {value for value in changes.values() if value is not None}:
        sql = "select 1 from classes where id = ? and deleted_at is null"
        if db.execute(sql, [int(class_id)]).fetchone() is None:
            raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")
