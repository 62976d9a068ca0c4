"""Where runs stand: the saved states that they can go on from, and the files that nobody needs.

A state counts when its file is whole by the digest in its row, and the best checkpoint of its time
is there.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dragon_app.core.training import SavedStanding
from dragon_app.storage.database import Database

KEPT = 2  # of a run, so that a damaged one has another before it
_OURS = ("standing-*", "best-*", ".standing-*", ".best-*")  # the last two are left by a kill
_SELECT = "select file, digest, epoch, steps, best from standings where run_id = ? order by id desc"


class StandingStore:
    """Remembers standings and tidies the folders of runs. Safe from several threads."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database = database
        self._root = root  # of the workspace; files are told relative to it

    def add(self, run_id: int, standing: SavedStanding) -> None:
        """Remember where a run stands now."""
        best = None if standing.best is None else self._relative(standing.best)
        row = [
            run_id,
            self._relative(standing.file),
            standing.digest,
            standing.epoch,
            standing.steps,
            best,
            datetime.now(UTC).isoformat(),
        ]
        sql = """insert into standings (run_id, file, digest, epoch, steps, best, saved_at)
            values (?, ?, ?, ?, ?, ?, ?)"""
        with self._database.writing() as db:
            db.execute(sql, row)

    def of_run(self, run_id: int) -> list[SavedStanding]:
        """Return the standings of a run, newest first, whole or not."""
        with self._database.reading() as db:
            rows = db.execute(_SELECT, [run_id]).fetchall()
        return [self._standing(row) for row in rows]

    def drop(self, standing: SavedStanding) -> None:
        """Forget a standing that is of no use; its file goes with the next tidying."""
        with self._database.writing() as db:
            db.execute("delete from standings where file = ?", [self._relative(standing.file)])

    def tidy(self, run_id: int, folder: Path, *, keep: int = KEPT) -> None:
        """Remove all but the newest standings of a run, and files that belong to none.

        The checkpoint that answers stays, and those of the standings that stay. Nothing may be
        saved in the folder meanwhile.
        """
        drop = """delete from standings where run_id = ? and id not in (
            select id from standings where run_id = ? order by id desc limit ?)"""
        answering = """select c.folder from runs r join checkpoints c on c.id = r.checkpoint_id
            where r.id = ?"""
        with self._database.writing() as db:
            db.execute(drop, [run_id, run_id, keep])
            kept = [self._standing(row) for row in db.execute(_SELECT, [run_id])]
            needed = {self._root / row[0] for row in db.execute(answering, [run_id])}
        needed |= {path for each in kept for path in (each.file, each.best) if path is not None}
        for path in (path for pattern in _OURS for path in folder.glob(pattern)):
            if path not in needed:
                _remove(path)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _standing(self, row: Sequence[Any]) -> SavedStanding:
        return SavedStanding(
            file=self._root / row[0],
            digest=row[1],
            epoch=row[2],
            steps=row[3],
            best=None if row[4] is None else self._root / row[4],
        )


def is_whole(standing: SavedStanding) -> bool:
    """Whether a standing is as it was saved."""
    if standing.best is not None and not standing.best.is_dir():
        return False
    try:
        with standing.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == standing.digest
    except OSError:
        return False


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):  # somebody reads it: the next tidying comes
            path.unlink(missing_ok=True)
