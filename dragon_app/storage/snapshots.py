"""What a run trained on, kept for ever: class names and (digest, target, split) of every photo."""

import hashlib
import json
from datetime import UTC, datetime

import sqlite_utils

from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import Sample, Snapshot, SnapshotPhoto, Split
from dragon_app.storage.database import Database

_TRAINABLE = """from images i join classes c on c.id = i.class_id
    where i.is_binned = 0 and c.is_disabled = 0 and c.deleted_at is null
    and i.split in ('train', 'val')"""


class SnapshotStore:
    """Takes and reads snapshots. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self) -> Snapshot:
        """Store the labelled photos as they are now; the same dataset gives the same snapshot.

        Left out: binned photos, disabled classes, photos kept for testing.
        """
        with self._database.writing() as db:
            class_names, samples = _current(db)
            digest = _digest(class_names, samples)
            known = db.execute("select id from snapshots where digest = ?", [digest]).fetchone()
            snapshot_id = known[0] if known else _insert(db, digest, class_names, samples)
        return Snapshot(id=snapshot_id, class_names=class_names, samples=samples, digest=digest)

    def photos(self, snapshot_id: int) -> list[SnapshotPhoto]:
        """Return a snapshot's photos beside what became of them since, in its order."""
        sql = """select s.target, s.split, i.id, i.class_id, i.is_binned
            from snapshot_samples s left join images i on i.digest = s.digest
            where s.snapshot_id = ? order by s.position"""
        with self._database.reading() as db:
            rows = db.execute(sql, [snapshot_id]).fetchall()
        return [
            SnapshotPhoto(
                target=row[0],
                split=Split(row[1]),
                image_id=row[2],
                class_id=row[3],
                is_binned=bool(row[4]),
            )
            for row in rows
        ]

    def learned_from(self, snapshot_id: int) -> tuple[int, ...]:
        """Return how many photos of each class there were to learn from, by class."""
        sql = """select count(s.digest) from snapshots p, json_each(p.class_names) c
            left join snapshot_samples s
            on s.snapshot_id = p.id and s.target = c.key and s.split = ?
            where p.id = ? group by c.key order by c.key"""
        with self._database.reading() as db:
            rows = db.execute(sql, [Split.TRAIN, snapshot_id]).fetchall()
        return tuple(row[0] for row in rows)

    def news(self, snapshot_id: int) -> int:
        """Return how many photos a snapshot taken now would hold that this one does not."""
        sql = f"""select count(*) {_TRAINABLE} and i.digest not in
            (select digest from snapshot_samples where snapshot_id = ?)"""  # noqa: S608
        with self._database.reading() as db:
            return int(db.execute(sql, [snapshot_id]).fetchone()[0])

    def get(self, snapshot_id: int) -> Snapshot:
        """Return a snapshot; raise `NotFoundError` when there is none."""
        with self._database.reading() as db:
            row = db.execute(
                "select digest, class_names from snapshots where id = ?", [snapshot_id]
            ).fetchone()
            if row is None:
                raise NotFoundError(f"There is no snapshot {snapshot_id}.")
            samples = db.execute(
                "select digest, target, split from snapshot_samples where snapshot_id = ?"
                " order by position",
                [snapshot_id],
            ).fetchall()
        return Snapshot(
            id=snapshot_id,
            digest=row[0],
            class_names=tuple(json.loads(row[1])),
            samples=tuple(Sample(digest=d, target=t, split=Split(s)) for d, t, s in samples),
        )


def _current(db: sqlite_utils.Database) -> tuple[tuple[str, ...], tuple[Sample, ...]]:
    columns = "select c.id, c.name, i.digest, i.split"
    rows = db.execute(f"{columns} {_TRAINABLE} order by c.id, i.digest").fetchall()
    names = dict.fromkeys((row[0], row[1]) for row in rows)
    targets = {class_id: target for target, (class_id, _) in enumerate(names)}
    samples = tuple(
        Sample(digest=digest, target=targets[class_id], split=Split(split))
        for class_id, _, digest, split in rows
    )
    return tuple(name for _, name in names), samples


def _digest(class_names: tuple[str, ...], samples: tuple[Sample, ...]) -> str:
    digest = hashlib.sha256(json.dumps(class_names).encode())
    for sample in samples:
        digest.update(f"{sample.digest} {sample.target} {sample.split}\n".encode())
    return digest.hexdigest()


def _insert(
    db: sqlite_utils.Database,
    digest: str,
    class_names: tuple[str, ...],
    samples: tuple[Sample, ...],
) -> int:
    cursor = db.execute(
        "insert into snapshots (digest, class_names, created_at) values (?, ?, ?)",
        [digest, json.dumps(class_names), datetime.now(UTC).isoformat()],
    )
    snapshot_id = int(cursor.lastrowid or 0)
    db.conn.executemany(
        "insert into snapshot_samples values (?, ?, ?, ?, ?)",
        [(snapshot_id, i, s.digest, s.target, s.split) for i, s in enumerate(samples)],
    )
    return snapshot_id
