"""Runs, their metrics and their checkpoints. Knows rows; starts nothing."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dragon_app.core.errors import NotFoundError
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    Progress,
    Run,
    RunStatus,
    StepMetrics,
)
from dragon_app.storage.database import Database

_SELECT = """select r.id, r.status, r.config, r.snapshot_id, r.created_at, r.started_at,
    r.finished_at, r.reason, r.weights, r.progress, c.epoch, c.val_accuracy, c.val_confusion,
    s.class_names, (select max(epoch) from epoch_metrics e where e.run_id = r.id),
    r.comparison_id, r.label, r.repeats, c.digest, s.digest,
    (select n.epoch from standings n where n.run_id = r.id order by n.id desc limit 1),
    r.extended_at, r.earlier_s
    from runs r join snapshots s on s.id = r.snapshot_id
    left join checkpoints c on c.id = r.checkpoint_id"""


class RunStore:
    """Reads and changes runs. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, config_json: str, snapshot_id: int, *, repeats: int | None = None) -> Run:
        """Store a run that waits for its turn; `repeats` is the run that it is to repeat."""
        sql = """insert into runs (status, config, snapshot_id, created_at, repeats)
            values (?, ?, ?, ?, ?)"""
        with self._database.writing() as db:
            values = [RunStatus.QUEUED, config_json, snapshot_id, _now(), repeats]
            run_id = int(db.execute(sql, values).lastrowid or 0)
        return self.get(run_id)

    def get(self, run_id: int) -> Run:
        """Return one run; raise `NotFoundError` when there is none with this number."""
        with self._database.reading() as db:
            row = db.execute(f"{_SELECT} where r.id = ?", [run_id]).fetchone()
        if row is None:
            raise NotFoundError(f"There is no run {run_id}.")
        return _run(row)

    def all(self) -> list[Run]:
        """Return every run, newest first."""
        with self._database.reading() as db:
            return [_run(row) for row in db.execute(f"{_SELECT} order by r.id desc")]

    def newest(self) -> int:
        """Return the number of the newest run that waits or ever began, 0 when there is none."""
        sql = "select coalesce(max(id), 0) from runs where started_at is not null or status = ?"
        with self._database.reading() as db:
            return int(db.execute(sql, [RunStatus.QUEUED]).fetchone()[0])

    def with_status(self, status: RunStatus) -> list[Run]:
        """Return the runs in this state, oldest first."""
        return [run for run in reversed(self.all()) if run.status is status]

    def unfinished(self) -> list[Run]:
        """Return the runs that are at work, first, or wait for their turn, in their order."""
        sql = f"{_SELECT} where r.status in (?, ?) order by r.status = ?, r.id"
        states = [RunStatus.RUNNING, RunStatus.QUEUED, RunStatus.QUEUED]
        with self._database.reading() as db:
            return [_run(row) for row in db.execute(sql, states)]

    def begin(self, run_id: int) -> bool:
        """Mark a waiting run as running; whether it was still waiting."""
        sql = "update runs set status = ?, started_at = ? where id = ? and status = ?"
        with self._database.writing() as db:
            values = [RunStatus.RUNNING, _now(), run_id, RunStatus.QUEUED]
            return bool(db.execute(sql, values).rowcount)

    def end_waiting(self, run_id: int, reason: str) -> bool:
        """Mark a run as stopped if it still waits; whether it did."""
        return self.change(run_id, RunStatus.QUEUED, RunStatus.STOPPED, reason)

    def change(self, run_id: int, before: RunStatus, after: RunStatus, reason: str = "") -> bool:
        """Move a run that is not at work from one state to another; whether it was in the first."""
        sql = "update runs set status = ?, reason = ?, finished_at = ? where id = ? and status = ?"
        with self._database.writing() as db:
            at = db.execute("select finished_at from runs where id = ?", [run_id]).fetchone()
            ended = _now() if at is None or at[0] is None else at[0]
            return bool(db.execute(sql, [after, reason, ended, run_id, before]).rowcount)

    def end(self, run_id: int, status: RunStatus, reason: str = "") -> None:
        """Mark a run as over, or as paused, with what happened in words for people."""
        sql = "update runs set status = ?, reason = ?, finished_at = ? where id = ?"
        with self._database.writing() as db:
            db.execute(sql, [status, reason, _now(), run_id])

    def cut_off(self, run_id: int, reason: str) -> None:
        """Mark a run as interrupted by a crash, at the last moment that is known of it."""
        sql = """update runs set status = ?, reason = ?, finished_at = max(started_at, coalesce(
            (select max(saved_at) from standings where run_id = runs.id), started_at))
            where id = ?"""
        with self._database.writing() as db:
            db.execute(sql, [RunStatus.INTERRUPTED, reason, run_id])

    def take_up(self, run: Run, config_json: str, *, extended_at: Sequence[int]) -> bool:
        """Let a run that is paused or over wait for its turn again, with these settings.

        Whether it was still as it is told here: of two that ask at once, one finds it so.
        """
        sql = """update runs set status = ?, config = ?, extended_at = ?, earlier_s = ?,
            started_at = null, finished_at = null, reason = '' where id = ? and status = ?"""
        with self._database.writing() as db:
            extended = json.dumps(list(extended_at))
            values = [RunStatus.QUEUED, config_json, extended, run.seconds, run.id, run.status]
            return bool(db.execute(sql, values).rowcount)

    def rewind(self, run_id: int, *, epoch: int, steps: int, note: str) -> None:
        """Forget what was measured after a moment, and note why it is not the newest."""
        with self._database.writing() as db:
            db.execute("update runs set reason = ? where id = ?", [note, run_id])
            db.execute("delete from epoch_metrics where run_id = ? and epoch >= ?", [run_id, epoch])
            db.execute(
                "delete from step_metrics where run_id = ? and epoch >= ?",
                [run_id, epoch + 1 if steps else epoch],
            )

    def record(
        self,
        run_id: int,
        *,
        progress: Progress,
        steps: Sequence[StepMetrics] = (),
        epochs: Sequence[EpochMetrics] = (),
        note: str | None = None,
    ) -> None:
        """Store progress and metrics in one transaction; what is not a number becomes null.

        A note is what is to be said of the run while it goes on; None leaves what is said.
        """
        with self._database.writing() as db:
            if note is not None:
                db.execute("update runs set reason = ? where id = ?", [note, run_id])
            db.execute("update runs set progress = ? where id = ?", [_json(progress), run_id])
            db.conn.executemany(
                "insert or replace into step_metrics values (?, ?, ?, ?)",
                [(run_id, s.step, s.epoch, _finite(s.loss)) for s in steps],
            )
            db.conn.executemany(
                "insert or replace into epoch_metrics values (?, ?, ?)",
                [(run_id, each.epoch, _json(each)) for each in epochs],
            )

    def add_checkpoint(self, run_id: int, result: FinetuneResult, *, folder: str) -> None:
        """Store what a run kept and the settings it used, in place of what it kept before.

        `folder` is relative to the workspace.
        """
        values = [
            run_id,
            folder,
            result.best_epoch,
            result.val_accuracy,
            _finite(result.val_loss),
            json.dumps(result.val_confusion),
            _now(),
            result.digest,
        ]
        sql = """insert into checkpoints
            (run_id, folder, epoch, val_accuracy, val_loss, val_confusion, created_at, digest)
            values (?, ?, ?, ?, ?, ?, ?, ?)"""
        with self._database.writing() as db:
            checkpoint_id = db.execute(sql, values).lastrowid
            db.execute(
                "update runs set checkpoint_id = ?, weights = ?, config = ? where id = ?",
                [checkpoint_id, result.weights, result.config.to_json(), run_id],
            )
            db.execute(
                "delete from checkpoints where run_id = ? and id <> ?", [run_id, checkpoint_id]
            )

    def checkpoint_folder(self, run_id: int) -> str:
        """Return the folder of a run's kept checkpoint, relative to the workspace."""
        sql = """select c.folder from runs r left join checkpoints c on c.id = r.checkpoint_id
            where r.id = ?"""
        with self._database.reading() as db:
            row = db.execute(sql, [run_id]).fetchone()
        if row is None:
            raise NotFoundError(f"There is no run {run_id}.")
        if row[0] is None:
            raise NotFoundError(f"Run {run_id} has no trained model: it did not get that far.")
        return str(row[0])

    def epochs(self, run_id: int) -> list[EpochMetrics]:
        """Return the measurements after each pass, in order; NaN where one was no number."""
        sql = "select metrics from epoch_metrics where run_id = ? order by epoch"
        with self._database.reading() as db:
            rows = db.execute(sql, [run_id]).fetchall()
        return [_epoch(json.loads(row[0])) for row in rows]

    def step_losses(self, run_id: int) -> list[tuple[int, float | None]]:
        """Return (step, loss) in order; the loss is None where it was not a number."""
        sql = "select step, loss from step_metrics where run_id = ? order by step"
        with self._database.reading() as db:
            return db.execute(sql, [run_id]).fetchall()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _json(values: Progress | EpochMetrics) -> str:
    """Return strict JSON: numbers that it cannot write become null."""
    plain = asdict(values)
    return json.dumps(
        {k: _finite(v) if isinstance(v, float) else v for k, v in plain.items()}, allow_nan=False
    )


def _epoch(values: dict[str, Any]) -> EpochMetrics:
    known: dict[str, Any] = {
        name: math.nan if value is None and name != "seconds_left" else value
        for name, value in values.items()
    }
    return EpochMetrics(**{**known, "lrs": tuple(values["lrs"])})


def _progress(values: dict[str, Any]) -> Progress:
    return Progress(**{**values, "images_per_s": values.get("images_per_s") or 0.0})


def _run(row: Sequence[Any]) -> Run:
    return Run(
        id=row[0],
        status=RunStatus(row[1]),
        config_json=row[2],
        snapshot_id=row[3],
        created_at=datetime.fromisoformat(row[4]),
        started_at=_time(row[5]),
        finished_at=_time(row[6]),
        reason=row[7],
        weights=row[8],
        progress=_progress(json.loads(row[9])),
        best_epoch=row[10],
        val_accuracy=row[11],
        val_confusion=tuple(map(tuple, json.loads(row[12] or "[]"))),
        class_names=tuple(json.loads(row[13])),
        epochs_done=row[14] or 0,
        comparison_id=row[15],
        label=row[16],
        repeats=row[17],
        digest=row[18] or "",
        snapshot_digest=row[19],
        standing_epoch=row[20],
        extended_at=tuple(json.loads(row[21])),
        earlier_s=row[22],
    )
