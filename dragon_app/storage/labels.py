"""The journal: every label, skip and bin as an event, and the current state derived from it.

An event and the state it leads to are written in one transaction. Knows no service and no page.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import sqlite_utils

from dragon_app.core.errors import NotFoundError
from dragon_app.core.split import choose_split
from dragon_app.core.types import BatchResult, EventKind, LabelEvent, Split
from dragon_app.storage.database import Database
from dragon_app.storage.images import in_chunks

_STATE_COLUMN = {
    EventKind.CLASS: "class_id",
    EventKind.SKIPPED: "is_skipped",
    EventKind.BINNED: "is_binned",
    EventKind.SPLIT: "split",
}
PERSON = "person"
IMPORTER = "import"  # signs labels that came with files; undo leaves those alone
_Change = tuple[EventKind, int, str | None]  # kind, image id, value after


class LabelStore:
    """Applies and takes back batches of changes. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(
        self, kind: EventKind, changes: Mapping[int, str | None], *, batch: str, who: str
    ) -> BatchResult:
        """Set one thing on many photos, each `image id -> new value`, as one undo step.

        `batch` is an id made by the client: a repeat gives the same answer and changes nothing.
        """
        with self._database.writing() as db:
            known = _told(db, batch)
            if known is not None:
                return known
            _check_class_values(db, kind, changes)
            current = _values(db, kind, list(changes))
            missing = changes.keys() - current.keys()
            if missing:
                raise NotFoundError(f"There is no photo {min(missing)}. It may have been removed.")
            wanted = [
                (kind, image_id, after)
                for image_id, after in changes.items()
                if current[image_id] != after
            ]
            _write_batch(db, batch=batch, who=who, undoes=None, is_undone=not wanted)
            _write_changes(db, batch, wanted, current)
            return BatchResult(
                changed=len(wanted), kind=kind, images=tuple(image_id for _, image_id, _ in wanted)
            )

    def undo(self, *, batch: str, who: str) -> BatchResult | None:
        """Take back the newest batch of a person not yet undone; None when there is none.

        Photos changed since then, or whose class before was deleted, are left as they are and
        named. A repeated `batch` gives the same answer and changes nothing.
        """
        newest = """select id from batches where undoes is null and is_undone = 0 and who <> ?
            order by number desc limit 1"""
        return self._reverse(newest, [IMPORTER], batch=batch, who=who)

    def redo(self, *, batch: str, who: str) -> BatchResult | None:
        """Put back the newest batch that was undone; None when there is none.

        There is none either once a person did something new: what came since would be mixed up.
        """
        newest = """select undo.id from batches undo join batches done on done.id = undo.undoes
            where done.undoes is null and undo.is_undone = 0 and undo.number > coalesce((
                select number from batches b where undoes is null and who <> ?
                and exists (select 1 from events where batch = b.id)
                order by number desc limit 1), 0)
            order by undo.number desc limit 1"""
        return self._reverse(newest, [IMPORTER], batch=batch, who=who)

    def _reverse(
        self, newest: str, values: Sequence[str], *, batch: str, who: str
    ) -> BatchResult | None:
        """Append the reverse of the batch that `newest` finds."""
        with self._database.writing() as db:
            known = _told(db, batch)
            if known is not None:
                return known if _undone_by(db, batch) else None
            row = db.execute(newest, values).fetchone()
            if row is None:
                _write_batch(db, batch=batch, who=who, undoes=None, is_undone=True)
                return None
            events = db.execute(
                "select kind, image_id, before, after from events where batch = ? order by id desc",
                [row[0]],
            ).fetchall()
            kind = EventKind(events[0][0]) if events else EventKind.CLASS
            current = _values(db, kind, [event[1] for event in events])
            gone = _deleted_classes(db) if kind is EventKind.CLASS else set()
            reverse: list[_Change] = [
                (kind, image_id, before)
                for _, image_id, before, after in events
                if current.get(image_id) == after and before not in gone
            ]
            _write_batch(db, batch=batch, who=who, undoes=row[0], is_undone=False)
            _write_changes(db, batch, reverse, current)
            db.execute("update batches set is_undone = 1 where id = ?", [row[0]])
            # What undid that batch is no longer in force: the batch itself is, once more.
            db.execute("update batches set is_undone = 0 where id = ?", [_undone_by(db, row[0])])
            return _told(db, batch)

    def newest_batch(self) -> int:
        """Return the number of the newest batch; it grows with every change of a photo."""
        with self._database.reading() as db:
            row = db.execute("select coalesce(max(number), 0) from batches").fetchone()
        return int(row[0])

    def history(self, image_id: int) -> list[LabelEvent]:
        """Return everything that was said about one photo, oldest first."""
        sql = """select e.id, e.batch, e.kind, e.image_id, e.before, e.after, b.who, b.at
            from events e join batches b on b.id = e.batch where e.image_id = ? order by e.id"""
        with self._database.reading() as db:
            rows = db.execute(sql, [image_id]).fetchall()
        return [
            LabelEvent(
                id=row[0],
                batch=row[1],
                kind=EventKind(row[2]),
                image_id=row[3],
                before=row[4],
                after=row[5],
                who=row[6],
                at=datetime.fromisoformat(row[7]),
            )
            for row in rows
        ]


def _told(db: sqlite_utils.Database, batch: str) -> BatchResult | None:
    """Return what a batch in the journal changed and left; None when it is not there."""
    if db.execute("select 1 from batches where id = ?", [batch]).fetchone() is None:
        return None
    events = "select kind, image_id from events where batch = ? order by id"
    changed = db.execute(events, [batch]).fetchall()
    images = tuple(image_id for _, image_id in changed)
    reversed_ = db.execute(events, [_undone_by(db, batch)]).fetchall()
    left = tuple(sorted({image_id for _, image_id in reversed_} - set(images)))
    kinds = [EventKind(kind) for kind, _ in (*changed, *reversed_)]
    return BatchResult(
        changed=len(images), left=left, images=images, kind=kinds[0] if kinds else None
    )


def _undone_by(db: sqlite_utils.Database, batch: str) -> str | None:
    """Return the batch that an undo or a redo took back; None for every other batch."""
    row = db.execute("select undoes from batches where id = ?", [batch]).fetchone()
    return None if row is None else row[0]


def _check_class_values(
    db: sqlite_utils.Database, kind: EventKind, changes: Mapping[int, str | None]
) -> None:
    if kind is not EventKind.CLASS:
        return
    for class_id in {value for value in changes.values() if value is not None}:
        sql = "select 1 from classes where id = ? and deleted_at is null"
        if db.execute(sql, [int(class_id)]).fetchone() is None:
            raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")


def _deleted_classes(db: sqlite_utils.Database) -> set[str]:
    return {
        str(row[0]) for row in db.execute("select id from classes where deleted_at is not null")
    }


def _values(
    db: sqlite_utils.Database, kind: EventKind, ids: Sequence[int]
) -> dict[int, str | None]:
    """Return the current value of each photo, as the journal writes it."""
    values: dict[int, str | None] = {}
    for marks, chunk in in_chunks(ids):
        sql = f"select id, {_STATE_COLUMN[kind]} from images where id in ({marks})"  # noqa: S608
        for image_id, value in db.execute(sql, list(chunk)):
            values[image_id] = None if value is None else str(value)
    return values


def _write_batch(
    db: sqlite_utils.Database, *, batch: str, who: str, undoes: str | None, is_undone: bool
) -> None:
    """Remember a batch, also one that changed nothing: its repeat has to be ignored too."""
    db.execute(
        "insert into batches (id, who, at, undoes, is_undone) values (?, ?, ?, ?, ?)",
        [batch, who, datetime.now(UTC).isoformat(), undoes, is_undone],
    )


def _write_changes(
    db: sqlite_utils.Database,
    batch: str,
    changes: Sequence[_Change],
    before: Mapping[int, str | None],
) -> None:
    db.conn.executemany(
        "insert into events (batch, kind, image_id, before, after) values (?, ?, ?, ?, ?)",
        [(batch, kind, image_id, before[image_id], after) for kind, image_id, after in changes],
    )
    for kind in EventKind:
        values = [(after, image_id) for each, image_id, after in changes if each is kind]
        fixed = ", is_split_fixed = 1" if kind is EventKind.SPLIT else ""
        sql = f"update images set {_STATE_COLUMN[kind]} = ?{fixed} where id = ?"  # noqa: S608
        db.conn.executemany(sql, values)
    labelled = [image_id for kind, image_id, after in changes if kind is EventKind.CLASS and after]
    _decide_splits(db, labelled)


def _decide_splits(db: sqlite_utils.Database, labelled: Sequence[int]) -> None:
    """Give newly labelled photos their part: the group's, else the one that nears 80/20.

    Groups are taken in the order of their first photo. A group counts with all its members, also
    those not labelled yet: they will follow it.
    """
    undecided: dict[int, tuple[int, int]] = {}  # group -> class, photos without a part
    for marks, chunk in in_chunks(labelled):
        sql = f"select group_id, class_id from images where id in ({marks}) and split is null"  # noqa: S608
        for group_id, class_id in db.execute(sql, list(chunk)):
            seen = undecided.get(group_id, (class_id, 0))
            undecided[group_id] = (seen[0], seen[1] + 1)
    counts = _class_counts(db) if undecided else {}
    for group_id in sorted(undecided):
        class_id, size = undecided[group_id]
        row = db.execute(
            "select split from images where group_id = ? and split is not null"
            " order by split <> 'train', id limit 1",
            [group_id],
        ).fetchone()
        train, val = counts.get(class_id, (0, 0))
        members = db.execute(
            "select count(*) from images where group_id = ? and is_binned = 0", [group_id]
        ).fetchone()[0]
        whole = max(size, members)
        split = Split(row[0]) if row else choose_split(train=train, val=val, size=whole)
        db.execute(
            "update images set split = ? where group_id = ? and split is null"
            " and class_id is not null",
            [split, group_id],
        )
        is_val = split is Split.VAL
        counts[class_id] = (train, val + size) if is_val else (train + size, val)


def _class_counts(db: sqlite_utils.Database) -> dict[int, tuple[int, int]]:
    sql = """select class_id, sum(split = 'train'), sum(split = 'val') from images
        where class_id is not null and split is not null and is_binned = 0 group by class_id"""
    return {row[0]: (row[1], row[2]) for row in db.execute(sql)}
