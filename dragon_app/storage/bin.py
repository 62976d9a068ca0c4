"""Removing photos for good: the rows first, then the files, so that no row is without its file.

A kill in between leaves files without a row; the next start sweeps them up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlite_utils

from dragon_app.core.errors import DragonError
from dragon_app.core.training import CacheFolder, RunStatus
from dragon_app.features.store import FeatureStore
from dragon_app.storage.blobs import Blobs
from dragon_app.storage.chunks import in_chunks
from dragon_app.storage.database import Database
from dragon_app.storage.journal import write_batch
from dragon_app.storage.set_aside import SetAside


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """How many photos were removed for good, and how many stay while a run needs them."""

    removed: int
    kept: int


class BinStore:
    """Empties the bin. Safe from several threads."""

    def __init__(
        self, database: Database, blobs: Blobs, *, set_aside: SetAside, cache: Path
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._set_aside = set_aside
        self._cache = cache

    def empty(self, *, expected: int, batch: str, who: str) -> Emptied:
        """Remove the binned photos with their thumbnails and features; nothing brings them back.

        Photos of runs that are not over stay in the bin. Raise `DragonError` when the bin does not
        hold as many as the person agreed to. A repeated `batch` gives the same answer.
        """
        with self._blobs.removing():
            with self._database.writing() as db:
                known = _told(db, batch)
                if known is not None:
                    return known
                digests = _remove_rows(db, expected=expected, batch=batch, who=who)
            self._remove_files(digests)
        with self._database.reading() as db:
            return Emptied(removed=len(digests), kept=_count(db))

    def sweep(self) -> None:
        """Remove what a kill left of writing and of removing; set aside what never had a row."""
        self._blobs.remove_drafts()
        with self._database.reading() as db:
            known = {row[0] for row in db.execute("select digest from images")}
            sql = "select digest from gone_photos"
            gone = {row[0] for row in db.execute(sql)} - known
        self._set_aside.give_back(known)
        orphans = self._blobs.digests() - known
        self._remove_files(sorted(orphans & gone))
        self._set_aside.take(orphans - gone)

    def _remove_files(self, digests: Sequence[str]) -> None:
        if not digests:
            return
        for digest in digests:
            self._blobs.remove(digest)
        with FeatureStore(CacheFolder(path=self._cache)) as features:
            features.forget(digests)


def _told(db: sqlite_utils.Database, batch: str) -> Emptied | None:
    if db.execute("select 1 from batches where id = ?", [batch]).fetchone() is None:
        return None
    removed = db.execute("select count(*) from gone_photos where batch = ?", [batch]).fetchone()[0]
    return Emptied(removed=removed, kept=_count(db))


def _count(db: sqlite_utils.Database) -> int:
    return int(db.execute("select count(*) from images where is_binned = 1").fetchone()[0])


def _remove_rows(db: sqlite_utils.Database, *, expected: int, batch: str, who: str) -> list[str]:
    """Take the photos out of the lists and remember their names; return their digests."""
    count = _count(db)
    if count != expected:
        raise DragonError(
            f"The bin holds {count:,} {'photo' if count == 1 else 'photos'} now, not {expected:,}. "
            "Look at it again, then empty it."
        )
    photos = db.execute(
        """select id, digest, name from images where is_binned = 1 and digest not in (
            select s.digest from snapshot_samples s join runs r on r.snapshot_id = s.snapshot_id
            where r.status in (?, ?, ?))""",
        [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED],
    ).fetchall()
    write_batch(db, batch=batch, who=who, is_undone=True)
    db.conn.executemany(
        "insert into gone_photos (image_id, digest, name, batch) values (?, ?, ?, ?)",
        [(*photo, batch) for photo in photos],
    )
    for marks, chunk in in_chunks([photo[0] for photo in photos]):
        db.execute(f"delete from images where id in ({marks})", list(chunk))  # noqa: S608
    return [photo[1] for photo in photos]
