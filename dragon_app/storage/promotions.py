"""Which run answers in Try: the promotions, one after another. No run is lost by another's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlite_utils

from dragon_app.core.errors import NotFoundError
from dragon_app.core.training import RunStatus
from dragon_app.storage.database import Database

Row = tuple[int, int | None, int]  # the run, the one that answered before, whether it came back


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """When a run was made the one that answers in Try; `is_return` where it came back by a step."""

    run_id: int
    at: datetime
    is_return: bool


class PromotionStore:
    """Changes and tells which run answers. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def champion(self) -> int | None:
        """Return the run that was promoted last, else the newest finished one, else None.

        A run that was stopped, or is one of a comparison, answers only while there is no other.
        """
        with self._database.reading() as db:
            return _champion(db)

    def before(self) -> int | None:
        """Return the run that answers again after a step back; None when there was no other."""
        with self._database.reading() as db:
            return _before(db)

    def history(self) -> list[Promotion]:
        """Return every promotion and step back, newest first."""
        sql = "select run_id, is_return, at from promotions order by id desc"
        with self._database.reading() as db:
            return [
                Promotion(run_id=run_id, is_return=bool(back), at=datetime.fromisoformat(at))
                for run_id, back, at in db.execute(sql)
            ]

    def promote(self, run_id: int) -> None:
        """Let a run answer from now on; one that was promoted last stays as it is."""
        with self._database.writing() as db:
            newest = "select run_id from promotions order by id desc limit 1"
            if db.execute(newest).fetchone() != (run_id,):
                _insert(db, run_id, before=_champion(db), is_return=False)

    def step_back(self) -> int:
        """Let the run answer that did before; return it, raise `NotFoundError` when none did."""
        with self._database.writing() as db:
            before = _before(db)
            if before is None:
                raise NotFoundError("No other run answered before: there is none to go back to.")
            _insert(db, before, before=None, is_return=True)
        return before


def _champion(db: sqlite_utils.Database) -> int | None:
    promoted = "select run_id from promotions order by id desc limit 1"
    newest = """select id from runs where checkpoint_id is not null
        order by status = ? desc, comparison_id is null desc, id desc limit 1"""
    found = db.execute(promoted).fetchone() or db.execute(newest, [RunStatus.FINISHED]).fetchone()
    return None if found is None else int(found[0])


def _before(db: sqlite_utils.Database) -> int | None:
    rows = db.execute("select run_id, before, is_return from promotions order by id").fetchall()
    standing = _standing(rows)
    return standing[-2] if len(standing) > 1 else None


def _standing(rows: Iterable[Row]) -> list[int]:
    """Return the runs that would answer one after another, stepping back from the last."""
    runs: list[int] = []
    for run_id, before, is_return in rows:
        if is_return:
            runs.pop()
            continue
        if not runs and before not in {None, run_id}:
            runs.append(int(before or 0))
        runs.append(run_id)
    return runs


def _insert(db: sqlite_utils.Database, run_id: int, *, before: int | None, is_return: bool) -> None:
    db.execute(
        "insert into promotions (run_id, before, is_return, at) values (?, ?, ?, ?)",
        [run_id, before, int(is_return), datetime.now(UTC).isoformat()],
    )
