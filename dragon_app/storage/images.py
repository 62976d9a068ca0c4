"""The photos of a workspace and the groups of near-duplicates. Knows rows; opens no image file."""

import re
import unicodedata
from collections.abc import Sequence, Set
from datetime import UTC, datetime
from typing import Any

import sqlite_utils

from dragon_app.core.errors import NotFoundError
from dragon_app.core.near import NearIndex
from dragon_app.core.types import (
    BoardRows,
    ImageRecord,
    KeptPhoto,
    NewImage,
    Shown,
    Split,
)
from dragon_app.storage.chunks import in_chunks
from dragon_app.storage.database import Database
from dragon_app.storage.groups import alike, join_groups

_COLUMNS = (
    "id, digest, perceptual_hash, width_px, height_px, size_bytes, name, group_id, split, "
    "class_id, is_skipped, is_binned, added_at"
)
_DIGITS = re.compile("[0-9]+")
# SQLite puts the numbers together: 0.3 s for 100,000 photos on a busy core, and not under Python's
# interpreter lock. As rows it is 0.5 s, all of it under the lock.
_PACKED = """coalesce(group_concat(printf('%08x%s%08x%08x%08x%08x', id, substr(digest, 1, 8),
    cast(strftime('%s', added_at) as integer), min(size_bytes, 4294967295), coalesce(class_id, 0),
    is_skipped + 2 * is_binned
    + case split when 'train' then 4 when 'val' then 8 when 'test' then 12 else 0 end), ''), '')"""
# With all of its group, whose parts a new member may have changed. Two searches along indexes: one
# with `or` walks through all photos.
_CHANGED = """group_id in (select group_id from images where id > ? union
    select group_id from images where id in (select image_id from events
    where batch in (select id from batches where number > ?)))"""


class ImageStore:
    """Reads and adds photos. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, images: Sequence[NewImage], index: NearIndex) -> list[int]:
        """Add photos in one transaction and return their ids; a known digest gives its id.

        New photos join the groups of those in `index` that they resemble, and enter it. When this
        raises, the index may hold photos that are not stored: make a new one.
        """
        added_at = datetime.now(UTC).isoformat()
        with self._database.writing() as db:
            return [_add_one(db, image, index, added_at) for image in images]

    def ids_by_digest(self, digests: Sequence[str]) -> dict[str, int]:
        """Return the ids of those digests that are in the dataset, binned ones too."""
        known: dict[str, int] = {}
        with self._database.reading() as db:
            for marks, chunk in in_chunks(digests):
                sql = f"select digest, id from images where digest in ({marks})"  # noqa: S608
                known.update(db.execute(sql, list(chunk)).fetchall())
        return known

    def ids_by_name(self, names: Set[str]) -> dict[str, list[int]]:
        """Return the photos outside the bin that are called so, by their names in NFC."""
        found: dict[str, list[int]] = {}
        with self._database.reading() as db:
            for image_id, name in db.execute("select id, name from images where is_binned = 0"):
                wanted = unicodedata.normalize("NFC", name)
                if wanted in names:
                    found.setdefault(wanted, []).append(image_id)
        return found

    def kept(self, *, is_labelled: bool) -> list[KeptPhoto]:
        """Return all photos outside the bin at one moment, oldest first, or those with a class."""
        needed = " and i.class_id is not null" if is_labelled else ""
        sql = f"""select digest, format, i.name, coalesce(c.name, ''), split, is_skipped
            from images i left join classes c on c.id = i.class_id
            where is_binned = 0{needed} order by i.id"""  # noqa: S608
        with self._database.reading() as db:
            return [
                KeptPhoto(
                    digest=row[0],
                    format=row[1],
                    name=row[2],
                    class_name=row[3],
                    split=None if row[4] is None else Split(row[4]),
                    is_skipped=bool(row[5]),
                )
                for row in db.execute(sql)
            ]

    def alike(self) -> list[list[int]]:
        """Return the groups of several photos outside the bin, the best of each first."""
        with self._database.reading() as db:
            return alike(db)

    def perceptual_hashes(self) -> list[tuple[int, str]]:
        """Return (image id, perceptual hash) of every photo that has one."""
        sql = "select id, perceptual_hash from images where perceptual_hash is not null order by id"
        with self._database.reading() as db:
            return db.execute(sql).fetchall()

    def get(self, image_id: int) -> ImageRecord:
        """Return one photo; raise `NotFoundError` when there is none with this id."""
        with self._database.reading() as db:
            sql = f"select {_COLUMNS} from images where id = ?"  # noqa: S608
            row = db.execute(sql, [image_id]).fetchone()
        if row is None:
            raise NotFoundError(f"There is no photo {image_id}. It may have been removed.")
        return _record(row)

    def names(self, image_ids: Sequence[int]) -> dict[int, str]:
        """Return what photos are called, also those that were removed for good."""
        names: dict[int, str] = {}
        with self._database.reading() as db:
            for marks, chunk in in_chunks(image_ids):
                sql = f"""select id, name from images where id in ({marks}) union all
                    select image_id, name from gone_photos where image_id in ({marks})"""  # noqa: S608
                names.update(db.execute(sql, [*chunk, *chunk]).fetchall())
        return names

    def board(self, *, newest: int = 0, batch: int = 0) -> BoardRows:
        """Return photos after `newest`, those that batches after `batch` changed, their groups."""
        rows, values = "select * from images order by id", []
        if newest or batch:
            rows = f"select * from images where {_CHANGED} order by id"  # noqa: S608
            values = [newest, batch]
        with self._database.reading() as db:
            packed = db.execute(f"select {_PACKED} from ({rows})", values).fetchone()[0]  # noqa: S608
            total = db.execute("select count(*) from images").fetchone()[0]
            last = db.execute("select coalesce(max(number), 0) from batches").fetchone()[0]
        return BoardRows(newest_batch=last, total=total, packed=bytes.fromhex(packed))

    def described(self, ids: Sequence[int]) -> list[ImageRecord]:
        """Return those of the photos that are here."""
        found: list[ImageRecord] = []
        with self._database.reading() as db:
            for marks, chunk in in_chunks(ids):
                sql = f"select {_COLUMNS} from images where id in ({marks})"  # noqa: S608
                found += map(_record, db.execute(sql, list(chunk)))
        return found

    def examples(self, count: int, *, turn: int = 0) -> list[ImageRecord]:
        """Return photos that training may learn from, classes taking turns, unlabelled ones last.

        Each turn goes on where the one before ended, and after the last photo with the first.
        """
        sql = """select id from (
            select i.id, i.class_id,
            row_number() over (partition by i.class_id order by i.id) as place
            from images i left join classes c on c.id = i.class_id
            where i.is_binned = 0 and coalesce(i.split, 'train') = 'train'
            and coalesce(c.is_disabled, 0) = 0
            ) order by class_id is null, place, class_id"""
        with self._database.reading() as db:
            ids = [row[0] for row in db.execute(sql)]
        taken = range(turn * count, turn * count + min(count, len(ids)))
        wanted = [ids[place % len(ids)] for place in taken]
        found = {image.id: image for image in self.described(wanted)}
        return [found[image_id] for image_id in wanted if image_id in found]

    def matching(self, text: str) -> list[int]:
        """Return the ids of the photos whose name holds a text, whatever its case."""
        wanted = _folded(text)
        return [image_id for image_id, name in self._names() if wanted in _folded(name)]

    def by_name(self) -> list[int]:
        """Return all ids in the order of the names, `photo 2` before `photo 10`."""
        return [image_id for image_id, _ in sorted(self._names(), key=_natural)]

    def newest(self) -> int:
        """Return the id of the newest photo, 0 when there is none."""
        with self._database.reading() as db:
            row = db.execute("select coalesce(max(id), 0) from images").fetchone()
        return int(row[0])

    def _names(self) -> list[tuple[int, str]]:
        with self._database.reading() as db:
            return db.execute("select id, name from images order by id desc").fetchall()

    def counts(self) -> dict[Shown, int]:
        """Return how many photos there are in each state, in one walk along an index."""
        sql = """select is_binned, class_id, is_skipped, count(*) from images
            group by is_binned, class_id, is_skipped"""
        found = dict.fromkeys(Shown, 0)
        with self._database.reading() as db:
            for is_binned, class_id, is_skipped, n in db.execute(sql):
                if is_binned:
                    found[Shown.BINNED] += n
                    continue
                found[Shown.ALL] += n
                if class_id is not None:
                    found[Shown.LABELLED] += n
                else:
                    found[Shown.SKIPPED if is_skipped else Shown.UNLABELLED] += n
        return found


def _add_one(db: sqlite_utils.Database, image: NewImage, index: NearIndex, added_at: str) -> int:
    known = db.execute("select id from images where digest = ?", [image.digest]).fetchone()
    if known is not None:
        if image.split is not None:  # a folder's own level, for a photo that had no part yet
            db.execute(
                "update images set split = ?, is_split_fixed = 1 where id = ? and split is null",
                [image.split, known[0]],
            )
        return int(known[0])
    values = {
        "digest": image.digest,
        "perceptual_hash": image.perceptual_hash,
        "format": image.format,
        "width_px": image.width_px,
        "height_px": image.height_px,
        "size_bytes": image.size_bytes,
        "name": image.name,
        "group_id": 0,
        "split": image.split,
        "is_split_fixed": int(image.split is not None),
        "sharpness": image.sharpness,
        "added_at": added_at,
    }
    names, marks = ",".join(values), ",".join("?" * len(values))
    sql = f"insert into images ({names}) values ({marks})"  # noqa: S608
    image_id = int(db.execute(sql, list(values.values())).lastrowid or 0)
    if image.perceptual_hash is None:
        join_groups(db, image_id, near=())
    else:
        join_groups(db, image_id, near=index.near(image.perceptual_hash))
        index.add(image_id, image.perceptual_hash)
    return image_id


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _natural(photo: tuple[int, str]) -> str:
    """Return what a photo is sorted by: its name, with how long a number is before the number."""
    return _DIGITS.sub(_with_length, _folded(photo[1]))


def _with_length(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"{len(digits):03}{digits}"


def _record(row: Sequence[Any]) -> ImageRecord:
    return ImageRecord(
        id=row[0],
        digest=row[1],
        perceptual_hash=row[2],
        width_px=row[3],
        height_px=row[4],
        size_bytes=row[5],
        name=row[6],
        group_id=row[7],
        split=None if row[8] is None else Split(row[8]),
        class_id=row[9],
        is_skipped=bool(row[10]),
        is_binned=bool(row[11]),
        added_at=datetime.fromisoformat(row[12]),
    )
