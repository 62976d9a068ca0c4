"""Drafts of classes for photos without one, in a table of their own: never labels before a person
accepts them. Also what they are made from, packed: photos with their digests, labels, who waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sqlite_utils

from dragon_app.core.types import BatchResult, EventKind
from dragon_app.storage.chunks import in_chunks
from dragon_app.storage.database import Database
from dragon_app.storage.journal import tell, told, values, write_batch, write_changes

_EARLIER = "an earlier suggestion"  # the person accepted what was replaced in the meantime
_IS_OPEN = "i.class_id is null and i.is_skipped = 0 and i.is_binned = 0"
_IS_USED = "c.deleted_at is null and c.is_disabled = 0"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a photo may show; `confidence` is a probability."""

    image_id: int
    class_id: int
    confidence: float


class SuggestionStore:
    """Reads and writes drafts. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def setting(self, key: str) -> str | None:
        """Return what was chosen on the page, None when nothing was."""
        with self._database.reading() as db:
            row = db.execute("select value from settings where key = ?", [key]).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, key: str, value: str) -> None:
        """Remember what was chosen on the page."""
        with self._database.writing() as db:
            db.execute("insert or replace into settings values (?, ?)", [key, value])

    def photos(self) -> bytes:
        """Return the photos outside the bin by id: a 32-bit id and a 32-byte digest each."""
        return self._packed("printf('%08x%s', id, digest) as row from images where is_binned = 0")

    def labelled(self) -> bytes:
        """Return the photos to learn from by id, two 32-bit numbers each: id and class.

        Those kept apart, and those of classes that were left out, are not among them.
        """
        return self._packed(
            f"""printf('%08x%08x', i.id, i.class_id) as row from images i
            join classes c on c.id = i.class_id
            where i.is_binned = 0 and i.split is not 'test' and {_IS_USED}"""
        )

    def waiting(self) -> bytes:
        """Return the photos that wait for a class by id, 32 bits each."""
        return self._packed(f"printf('%08x', i.id) as row from images i where {_IS_OPEN}")

    def drafts(self) -> bytes:
        """Return the drafts by photo, three 32-bit numbers each: id, class, confidence of 1000.

        Also those of photos that have got a class or went to the bin just now: an undo may open
        them again before the drafts are made anew, and then none of them is new.
        """
        return self._packed(
            f"""printf('%08x%08x%08x', s.image_id, s.class_id,
                cast(round(1000 * s.confidence) as integer))
            as row from suggestions s join images i on i.id = s.image_id
            join classes c on c.id = s.class_id where {_IS_USED}"""
        )

    def put(self, drafts: Sequence[Draft], *, who: str) -> None:
        """Write some drafts, replacing those of the same photos.

        Those of photos or classes that have gone in the meantime are left out.
        """
        sql = """insert or replace into suggestions select ?1, ?2, ?3, ?4
            where exists (select 1 from images where id = ?1)
            and exists (select 1 from classes where id = ?2)"""
        with self._database.writing() as db:
            rows = [(each.image_id, each.class_id, each.confidence, who) for each in drafts]
            db.conn.executemany(sql, rows)

    def remove(self, image_ids: Sequence[int]) -> None:
        """Take the drafts of some photos away."""
        with self._database.writing() as db:
            for marks, ids in in_chunks(image_ids):
                delete = f"delete from suggestions where image_id in ({marks})"  # noqa: S608
                db.execute(delete, list(ids))

    def clear(self) -> None:
        """Take all drafts away."""
        with self._database.writing() as db:
            db.execute("delete from suggestions")

    def accept(self, classes: Mapping[int, int], *, batch: str, who: str) -> BatchResult:
        """Give photos the classes that a person saw suggested and agreed to, as one undo step.

        Photos that have got a class in the meantime keep it and are named, as are those that are
        gone or whose class is. The journal keeps who suggested each. A repeated `batch` gives the
        same answer.
        """
        with self._database.writing() as db:
            known = told(db, batch)
            if known is not None:
                return known
            current = values(db, EventKind.CLASS, list(classes))
            alive = {
                row[0] for row in db.execute("select id from classes where deleted_at is null")
            }
            wanted: dict[int, str | None] = {
                image_id: str(class_id)
                for image_id, class_id in classes.items()
                if image_id in current and current[image_id] is None and class_id in alive
            }
            by = _suggested_by(db, {i: classes[i] for i in wanted})
            write_batch(db, batch=batch, who=who, is_undone=not wanted)
            write_changes(db, batch, EventKind.CLASS, wanted, current)
            db.conn.executemany(
                "update events set suggested_by = ? where batch = ? and image_id = ?",
                [(by.get(image_id, _EARLIER), batch, image_id) for image_id in wanted],
            )
            return replace(tell(db, batch), left=tuple(sorted(classes.keys() - wanted.keys())))

    def _packed(self, rows: str) -> bytes:
        """Return the bytes that a statement's rows spell, in the order of their first number."""
        sql = f"select coalesce(group_concat(row, ''), '') from (select {rows} order by 1)"  # noqa: S608
        with self._database.reading() as db:
            return bytes.fromhex(db.execute(sql).fetchone()[0])


def _suggested_by(db: sqlite_utils.Database, classes: Mapping[int, int]) -> dict[int, str]:
    """Return who suggested just these classes."""
    found: dict[int, str] = {}
    for marks, chunk in in_chunks(list(classes)):
        sql = f"select image_id, class_id, who from suggestions where image_id in ({marks})"  # noqa: S608
        for image_id, class_id, who in db.execute(sql, list(chunk)):
            if class_id == classes[image_id]:
                found[image_id] = who
    return found
