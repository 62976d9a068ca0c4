"""The classes of a workspace and how many photos each has. Knows rows; knows no journal."""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlite_utils

from dragon_app.core.errors import ClassNameError, NotFoundError
from dragon_app.core.names import clean_name, name_key, next_colour
from dragon_app.core.types import ClassCount, ImageClass
from dragon_app.storage.database import Database

_COLUMNS = "id, name, colour, hotkey, is_disabled"


class ClassStore:
    """Reads and changes classes. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ImageClass]:
        """Return the classes in the order in which they were made."""
        with self._database.reading() as db:
            return _all(db)

    def get(self, class_id: int) -> ImageClass:
        """Return one class; raise `NotFoundError` when it is gone."""
        for image_class in self.all():
            if image_class.id == class_id:
                return image_class
        raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")

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

    def rename(self, class_id: int, name: str) -> None:
        """Give a class another name; its photos keep it."""
        self._set(class_id, {"name": clean_name(name), "name_key": name_key(name)})

    def recolour(self, class_id: int, colour: str) -> None:
        """Give a class another colour, `#rrggbb`."""
        self._set(class_id, {"colour": colour})

    def delete(self, class_id: int) -> None:
        """Take a class out of the lists; the journal keeps its labels. No photo may carry it."""
        with self._database.writing() as db:
            count = "select count(*), total(is_binned) from images where class_id = ?"
            n, binned = db.execute(count, [class_id]).fetchone()
            if n:
                where = f", {binned:.0f} of them in the bin" if binned else ""
                raise ClassNameError(
                    f"{n} {'photo carries' if n == 1 else 'photos carry'} this class{where}. "
                    "Give them another class first."
                )
            changed = db.execute(
                "update classes set deleted_at = ? where id = ? and deleted_at is null",
                [datetime.now(UTC).isoformat(), class_id],
            ).rowcount
            if not changed:
                raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")

    def counts(self) -> list[ClassCount]:
        """Return for every class how many photos it has in each part, binned ones left out."""
        sql = """select class_id, sum(split = 'train'), sum(split = 'val'), sum(split = 'test')
            from images where class_id is not null and is_binned = 0 group by class_id"""
        with self._database.reading() as db:
            parts = {row[0]: row[1:] for row in db.execute(sql)}
            classes = _all(db)
        return [
            ClassCount(image_class=each, train=train, val=val, test=test)
            for each in classes
            for train, val, test in [parts.get(each.id, (0, 0, 0))]
        ]

    def _set(self, class_id: int, values: dict[str, str]) -> None:
        assignments = ", ".join(f"{column} = ?" for column in values)
        sql = f"update classes set {assignments} where id = ? and deleted_at is null"  # noqa: S608
        with self._database.writing() as db:
            try:
                changed = db.execute(sql, [*values.values(), class_id]).rowcount
            except sqlite3.IntegrityError as error:
                raise _taken(values["name"]) from error
        if not changed:
            raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")


def _all(db: sqlite_utils.Database) -> list[ImageClass]:
    sql = f"select {_COLUMNS} from classes where deleted_at is null order by id"  # noqa: S608
    return [_class(row) for row in db.execute(sql)]


def _create(db: sqlite_utils.Database, name: str) -> ImageClass:
    colour = next_colour([each.colour for each in _all(db)])
    values = [name, name_key(name), colour]
    sql = "insert into classes (name, name_key, colour) values (?, ?, ?)"
    try:
        new_id = db.execute(sql, values).lastrowid
    except sqlite3.IntegrityError as error:
        raise _taken(name) from error
    return ImageClass(id=int(new_id or 0), name=name, colour=colour)


def _taken(name: str) -> ClassNameError:
    return ClassNameError(f"There is a class {name!r} already. Choose another name.")


def _class(row: Sequence[Any]) -> ImageClass:
    return ImageClass(
        id=row[0], name=row[1], colour=row[2], hotkey=row[3], is_disabled=bool(row[4])
    )
