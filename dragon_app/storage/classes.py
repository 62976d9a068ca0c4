"""The classes of a workspace and how many photos each has.

Names, merges and deletions are events of the journal and can be undone; colours, keys and the
order are plain settings.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlite_utils

from dragon_app.core.errors import ClassNameError, NotFoundError
from dragon_app.core.names import clean_name, name_key, next_colour
from dragon_app.core.types import (
    BatchResult,
    ClassCount,
    ClassEventKind,
    EventKind,
    ImageClass,
    Split,
)
from dragon_app.storage.database import Database
from dragon_app.storage.journal import (
    carriers,
    change_class,
    free_key_place,
    tell,
    told,
    write_batch,
    write_changes,
)

_COLUMNS = "id, name, colour, hotkey, key_place, is_disabled"
NameChange = tuple[int, int, str, str]  # class id, number of the batch, name before, name after


class ClassStore:
    """Reads and changes classes. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ImageClass]:
        """Return the classes in their order."""
        with self._database.reading() as db:
            return _all(db)

    def get(self, class_id: int) -> ImageClass:
        """Return one class; raise `NotFoundError` when it is gone."""
        with self._database.reading() as db:
            return _get(db, class_id)

    def named(self, name: str) -> ImageClass:
        """Return the class of this name, making it when there is none."""
        with self._database.writing() as db:
            sql = f"select {_COLUMNS} from classes where name_key = ? and deleted_at is null"  # noqa: S608
            row = db.execute(sql, [name_key(name)]).fetchone()
            return _class(row) if row else _create(db, clean_name(name))

    def create(self, name: str) -> ImageClass:
        """Make a class; raise `ClassNameError` when the name is taken or not a name."""
        with self._database.writing() as db:
            return _create(db, clean_name(name))

    def rename(self, class_id: int, name: str, *, batch: str, who: str) -> BatchResult:
        """Give a class another name; its photos keep it."""
        after = clean_name(name)
        with self._database.writing() as db:
            known = told(db, batch)
            if known is not None:
                return known
            before = _get(db, class_id).name
            write_batch(db, batch=batch, who=who, is_undone=after == before)
            if after != before:
                change_class(db, batch, (ClassEventKind.NAME, class_id, before, after))
            return tell(db, batch)

    def merge(self, class_id: int, into: int, *, batch: str, who: str) -> BatchResult:
        """Give all photos of a class another one, and take it out of the lists."""
        with self._database.writing() as db:
            known = told(db, batch)
            if known is not None:
                return known
            if _get(db, class_id) == _get(db, into):
                raise ClassNameError("A class cannot be merged into itself. Choose another one.")
            write_batch(db, batch=batch, who=who)
            _move_photos(db, batch, class_id, to=str(into))
            change_class(db, batch, (ClassEventKind.MERGED, class_id, None, str(into)))
            return tell(db, batch)

    def delete(self, class_id: int, *, batch: str, who: str) -> BatchResult:
        """Take a class out of the lists; its photos become unlabelled, the journal keeps all."""
        with self._database.writing() as db:
            known = told(db, batch)
            if known is not None:
                return known
            _get(db, class_id)
            write_batch(db, batch=batch, who=who)
            _move_photos(db, batch, class_id, to=None)
            change_class(db, batch, (ClassEventKind.DELETED, class_id, None, "1"))
            return tell(db, batch)

    def recolour(self, class_id: int, colour: str) -> None:
        """Give a class another colour, `#rrggbb`."""
        self._set(class_id, "colour", colour)

    def set_hotkey(self, class_id: int, hotkey: str | None) -> None:
        """Give a class a key of its own, or none; raise `ClassNameError` when another has it."""
        try:
            self._set(class_id, "hotkey", hotkey)
        except sqlite3.IntegrityError as error:
            other = next(each.name for each in self.all() if each.hotkey == hotkey)
            raise ClassNameError(
                f"The key {str(hotkey).upper()} belongs to {other!r}. Choose another one."
            ) from error

    def set_disabled(self, class_id: int, *, is_disabled: bool) -> None:
        """Leave a class out of training and of the keys, or take it in again; labels stay."""
        self._set(class_id, "is_disabled", int(is_disabled))

    def set_order(self, class_ids: Sequence[int]) -> None:
        """Put classes in this order; those not named follow in the order they had.

        The digits are dealt anew, to the disabled ones last.
        """
        with self._database.writing() as db:
            known = dict.fromkeys(each.id for each in _all(db))
            order = {**dict.fromkeys(each for each in class_ids if each in known), **known}
            db.conn.executemany(
                "update classes set position = ? where id = ?",
                [(position, class_id) for position, class_id in enumerate(order, 1)],
            )
            disabled = [each.id for each in _all(db) if each.is_disabled]
            dealt = [*(each for each in order if each not in disabled), *disabled]
            db.conn.executemany(
                "update classes set key_place = ? where id = ?",
                [(place, class_id) for place, class_id in enumerate(dealt, 1)],
            )

    def counts(self) -> list[ClassCount]:
        """Return for every class how many photos it has in each part, binned ones left out."""
        # In the order of an index: half the time of a sum for each part.
        sql = """select class_id, split, count(*) from images
            where is_binned = 0 and class_id is not null group by class_id, is_skipped, split"""
        parts: Counter[tuple[int, str | None]] = Counter()
        with self._database.reading() as db:
            for class_id, split, n in db.execute(sql):
                parts[class_id, split] += n
            classes = _all(db)
        return [
            ClassCount(
                image_class=each,
                train=parts[each.id, Split.TRAIN],
                val=parts[each.id, Split.VAL],
                test=parts[each.id, Split.TEST],
            )
            for each in classes
        ]

    def all_names(self) -> dict[int, str]:
        """Return the last name of every class there ever was, deleted ones too."""
        with self._database.reading() as db:
            return dict(db.execute("select id, name from classes").fetchall())

    def name_changes(self) -> list[NameChange]:
        """Return every renaming, oldest first."""
        sql = """select e.class_id, b.number, e.before, e.after from class_events e
            join batches b on b.id = e.batch where e.kind = 'name' order by e.id"""
        with self._database.reading() as db:
            return db.execute(sql).fetchall()

    def _set(self, class_id: int, column: str, value: str | int | None) -> None:
        sql = f"update classes set {column} = ? where id = ? and deleted_at is null"  # noqa: S608
        with self._database.writing() as db:
            if not db.execute(sql, [value, class_id]).rowcount:
                raise _no_class(class_id)


def _all(db: sqlite_utils.Database) -> list[ImageClass]:
    sql = f"select {_COLUMNS} from classes where deleted_at is null order by position, id"  # noqa: S608
    return [_class(row) for row in db.execute(sql)]


def _get(db: sqlite_utils.Database, class_id: int) -> ImageClass:
    sql = f"select {_COLUMNS} from classes where id = ? and deleted_at is null"  # noqa: S608
    row = db.execute(sql, [class_id]).fetchone()
    if row is None:
        raise _no_class(class_id)
    return _class(row)


def _create(db: sqlite_utils.Database, name: str) -> ImageClass:
    colour = next_colour([each.colour for each in _all(db)])
    place = free_key_place(db)
    sql = """insert into classes (name, name_key, colour, key_place, position)
        values (?, ?, ?, ?, (select coalesce(max(position), 0) + 1 from classes))"""
    try:
        new_id = db.execute(sql, [name, name_key(name), colour, place]).lastrowid
    except sqlite3.IntegrityError as error:
        raise ClassNameError(f"There is a class {name!r} already. Choose another name.") from error
    return ImageClass(id=int(new_id or 0), name=name, colour=colour, key_place=place)


def _move_photos(db: sqlite_utils.Database, batch: str, class_id: int, *, to: str | None) -> None:
    moved: Mapping[int, str | None] = dict.fromkeys(carriers(db, class_id), to)
    write_changes(db, batch, EventKind.CLASS, moved, dict.fromkeys(moved, str(class_id)))


def _no_class(class_id: int) -> NotFoundError:
    return NotFoundError(f"There is no class {class_id}. It may have been deleted.")


def _class(row: Sequence[Any]) -> ImageClass:
    return ImageClass(
        id=row[0],
        name=row[1],
        colour=row[2],
        hotkey=row[3],
        key_place=row[4],
        is_disabled=bool(row[5]),
    )
