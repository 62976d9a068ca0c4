"""Comparisons: which runs were started to be compared. Knows rows; starts nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime

from dragon_app.core.errors import NotFoundError
from dragon_app.core.strategies import Compared, Comparison, Variant
from dragon_app.core.training import RunStatus
from dragon_app.storage.database import Database


class ComparisonStore:
    """Reads and adds comparisons. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, what: Compared, variants: Sequence[Variant], snapshot_id: int) -> Comparison:
        """Store a comparison with its runs, which wait for their turn: all of them or nothing."""
        now = datetime.now(UTC).isoformat()
        with self._database.writing() as db:
            sql = "insert into comparisons (what, created_at) values (?, ?)"
            comparison_id = int(db.execute(sql, [what, now]).lastrowid or 0)
            db.conn.executemany(
                "insert into runs (status, config, snapshot_id, created_at, comparison_id, label)"
                " values (?, ?, ?, ?, ?, ?)",
                [
                    (
                        RunStatus.QUEUED,
                        each.config.to_json(),
                        snapshot_id,
                        now,
                        comparison_id,
                        each.label,
                    )
                    for each in variants
                ],
            )
        return self.get(comparison_id)

    def get(self, comparison_id: int) -> Comparison:
        """Return a comparison; raise `NotFoundError` when there is none with this number."""
        with self._database.reading() as db:
            sql = "select what, created_at from comparisons where id = ?"
            row = db.execute(sql, [comparison_id]).fetchone()
            runs = db.execute(
                "select id from runs where comparison_id = ? order by id", [comparison_id]
            ).fetchall()
        if row is None:
            raise NotFoundError(f"There is no comparison {comparison_id}.")
        return Comparison(
            id=comparison_id,
            what=Compared(row[0]),
            created_at=datetime.fromisoformat(row[1]),
            run_ids=tuple(run_id for (run_id,) in runs),
        )

    def newest(self) -> int | None:
        """Return the number of the newest comparison, None when there is none."""
        with self._database.reading() as db:
            newest = db.execute("select max(id) from comparisons").fetchone()[0]
        return None if newest is None else int(newest)
