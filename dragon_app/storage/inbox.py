"""What the fix-it inbox reads of photos, and writes: that a person found one right as it is.

Such a judgement belongs to the class that the photo had: with another class it may be asked about
again. It is an event of the journal like any other, so undo takes it back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlite_utils

from dragon_app.core.types import BatchResult, EventKind
from dragon_app.storage.chunks import in_chunks
from dragon_app.storage.database import Database
from dragon_app.storage.journal import tell, told, values, write_batch, write_changes
from dragon_app.storage.labels import IMPORTER

NO_CLASS = "none"  # a photo without a class was found right as it is


class InboxStore:
    """Reads photos and writes judgements. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def photos(self) -> bytes:
        """Return the photos outside the bin by id, packed big-endian, 48 bytes each.

        Four 32-bit numbers: id, class or 0, group, flags; then the digest. The flags are those of
        the board, 1 skipped, 4 / 8 / 12 to learn from / held out / kept apart; 16: its class is in
        use.
        """
        sql = """select coalesce(group_concat(row, ''), '') from (
            select printf('%08x%08x%08x%08x%s', i.id, coalesce(i.class_id, 0), i.group_id,
                i.is_skipped
                + case i.split when 'train' then 4 when 'val' then 8 when 'test' then 12 else 0 end
                + 16 * (c.id is not null and c.deleted_at is null and c.is_disabled = 0), i.digest)
            as row from images i left join classes c on c.id = i.class_id
            where i.is_binned = 0 order by i.id)"""
        with self._database.reading() as db:
            return bytes.fromhex(db.execute(sql).fetchone()[0])

    def asked_about(self, image_ids: Sequence[int]) -> dict[int, int | None]:
        """Return the class of those photos that are here and were not found right with it."""
        return {
            image_id: class_id
            for image_id, class_id, kept_as in self._judged(image_ids)
            if kept_as != _told_class(class_id)
        }

    def classes_of(self, image_ids: Sequence[int]) -> dict[int, int | None]:
        """Return the class of those photos that are here and not in the bin."""
        return {image_id: class_id for image_id, class_id, _ in self._judged(image_ids)}

    def _judged(self, image_ids: Sequence[int]) -> list[tuple[int, int | None, str | None]]:
        """Return id, class and the class that a person found right of photos not in the bin."""
        found: list[tuple[int, int | None, str | None]] = []
        with self._database.reading() as db:
            for marks, chunk in in_chunks(image_ids):
                sql = f"""select id, class_id, kept_as from images
                    where id in ({marks}) and is_binned = 0"""  # noqa: S608
                found.extend(db.execute(sql, list(chunk)).fetchall())
        return found

    def keep(self, classes: Mapping[int, int | None], *, batch: str, who: str) -> BatchResult:
        """Note that a person found photos right with the class they saw, as one undo step.

        Photos whose class is another one by now, or that are gone, are left and named. A repeated
        `batch` gives the same answer.
        """
        with self._database.writing() as db:
            known = told(db, batch)
            left = _left(db, classes)
            if known is not None:
                return replace(known, left=left)
            before = values(db, EventKind.KEPT, [each for each in classes if each not in left])
            wanted: dict[int, str | None] = {
                image_id: _told_class(classes[image_id])
                for image_id, kept in before.items()
                if kept != _told_class(classes[image_id])
            }
            write_batch(db, batch=batch, who=who, is_undone=not wanted)
            write_changes(db, batch, EventKind.KEPT, wanted, before)
            return replace(tell(db, batch), left=left)

    def fixes(self, snapshot_id: int, *, after: int, until: int) -> dict[EventKind, int]:
        """Count the photos of a snapshot that batches after one, until another, put right.

        By kind: they got another class, went into the bin, or were found right. What was undone
        does not count, nor what was done to a whole class.
        """
        sql = """select e.kind, count(distinct e.image_id)
            from batches b join events e on e.batch = b.id join (
                select id, digest from images union all select image_id, digest from gone_photos
            ) i on i.id = e.image_id
            where b.number > ? and b.number <= ? and b.is_undone = 0 and b.who <> ?
            and (b.undoes is null or b.is_redo = 1)
            and not exists (select 1 from class_events where batch = b.id)
            and (e.kind = 'class' and e.before is not null or e.kind = 'binned' and e.after = '1'
                or e.kind = 'kept')
            and i.digest in (select digest from snapshot_samples where snapshot_id = ?)
            group by e.kind"""
        with self._database.reading() as db:
            rows = db.execute(sql, [after, until, IMPORTER, snapshot_id]).fetchall()
        return {EventKind(kind): count for kind, count in rows}


def _told_class(class_id: int | None) -> str:
    return NO_CLASS if class_id is None else str(class_id)


def _left(db: sqlite_utils.Database, classes: Mapping[int, int | None]) -> tuple[int, ...]:
    """Return the photos that are gone, or have another class than the person saw."""
    now = values(db, EventKind.CLASS, list(classes))
    return tuple(
        image_id
        for image_id, class_id in sorted(classes.items())
        if image_id not in now or now[image_id] != (None if class_id is None else str(class_id))
    )
