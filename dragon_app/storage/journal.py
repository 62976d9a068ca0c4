"""The journal's rows: batches of events, and the state they lead to, written in one transaction.

An event is about a photo, a class event about a class. Works on a database that is open already.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import sqlite_utils

from dragon_app.core.errors import ClassNameError
from dragon_app.core.names import MAX_NAME_LENGTH, name_key
from dragon_app.core.types import BatchResult, ClassEventKind, EventKind
from dragon_app.storage.chunks import in_chunks
from dragon_app.storage.splits import decide_splits

ClassEvent = tuple[ClassEventKind, int, str | None, str | None]  # class id, before, after
_STATE_COLUMN = {
    EventKind.CLASS: "class_id",
    EventKind.SKIPPED: "is_skipped",
    EventKind.BINNED: "is_binned",
    EventKind.SPLIT: "split",
    EventKind.KEPT: "kept_as",
}


def told(db: sqlite_utils.Database, batch: str) -> BatchResult | None:
    """Return what a batch in the journal changed and left; None when it is not there."""
    is_known = db.execute("select 1 from batches where id = ?", [batch]).fetchone() is not None
    return tell(db, batch) if is_known else None


def tell(db: sqlite_utils.Database, batch: str) -> BatchResult:
    """Return what a batch that is in the journal changed and left."""
    events = "select image_id, kind, before, after from events where batch = ? order by id"
    changed = db.execute(events, [batch]).fetchall()
    images = tuple(event[0] for event in changed)
    undoes, is_redo = db.execute(
        "select undoes, is_redo from batches where id = ?", [batch]
    ).fetchone()
    reversed_ = db.execute(events, [undoes]).fetchall()
    left = tuple(sorted({event[0] for event in reversed_} - set(images)))
    # What it did itself, or what it would have done: the other way round.
    done = [*changed, *((image, kind, after, before) for image, kind, before, after in reversed_)]
    _, kind, before, after = done[0] if done else (0, None, None, None)
    about = db.execute(
        """select e.kind, c.name from class_events e join classes c on c.id = e.class_id
        where e.batch = ? order by e.id desc""",
        [batch],
    ).fetchone()
    return BatchResult(
        changed=len(images),
        left=left,
        images=images,
        kind=EventKind(kind) if kind else None,
        value=before if undoes and not is_redo else after,
        class_kind=ClassEventKind(about[0]) if about else None,
        class_name=about[1] if about else "",
    )


def undone_by(db: sqlite_utils.Database, batch: str) -> str | None:
    """Return the batch that an undo or a redo took back; None for every other batch."""
    row = db.execute("select undoes from batches where id = ?", [batch]).fetchone()
    return None if row is None else row[0]


def values(db: sqlite_utils.Database, kind: EventKind, ids: Sequence[int]) -> dict[int, str | None]:
    """Return the current value of each photo, as the journal writes it."""
    found: dict[int, str | None] = {}
    for marks, chunk in in_chunks(ids):
        sql = f"select id, {_STATE_COLUMN[kind]} from images where id in ({marks})"  # noqa: S608
        for image_id, value in db.execute(sql, list(chunk)):
            found[image_id] = None if value is None else str(value)
    return found


def write_batch(
    db: sqlite_utils.Database, *, batch: str, who: str, is_undone: bool = False
) -> None:
    """Remember a batch, also one that changed nothing: its repeat has to be ignored too."""
    db.execute(
        "insert into batches (id, who, at, is_undone) values (?, ?, ?, ?)",
        [batch, who, datetime.now(UTC).isoformat(), is_undone],
    )


def write_changes(
    db: sqlite_utils.Database,
    batch: str,
    kind: EventKind,
    changes: Mapping[int, str | None],
    before: Mapping[int, str | None],
) -> None:
    """Set one thing on photos and write down each change."""
    db.conn.executemany(
        "insert into events (batch, kind, image_id, before, after) values (?, ?, ?, ?, ?)",
        [(batch, kind, image_id, before[image_id], after) for image_id, after in changes.items()],
    )
    fixed = ", is_split_fixed = 1" if kind is EventKind.SPLIT else ""
    db.conn.executemany(
        f"update images set {_STATE_COLUMN[kind]} = ?{fixed} where id = ?",  # noqa: S608
        [(after, image_id) for image_id, after in changes.items()],
    )
    if kind is EventKind.CLASS:
        decide_splits(db, [image_id for image_id, after in changes.items() if after])


def change_class(db: sqlite_utils.Database, batch: str, event: ClassEvent) -> None:
    """Rename a class, take it out of the lists or bring it back, and write that down.

    Raise `ClassNameError` when another class has its name.
    """
    kind, class_id, _, after = event
    db.execute(
        "insert into class_events (batch, kind, class_id, before, after) values (?, ?, ?, ?, ?)",
        [batch, *event],
    )
    try:
        if kind is ClassEventKind.NAME:
            db.execute(
                "update classes set name = ?, name_key = ? where id = ?",
                [after, name_key(str(after)), class_id],
            )
        elif after is not None:
            now = datetime.now(UTC).isoformat()
            db.execute("update classes set deleted_at = ? where id = ?", [now, class_id])
        else:
            _bring_back(db, class_id)
    except sqlite3.IntegrityError as error:
        raise ClassNameError(f"There is a class {after!r} already. Choose another name.") from error


def free_name(db: sqlite_utils.Database, name: str, *, class_id: int) -> str:
    """Return a name, or the first of `name (2)`, `name (3)` ... that no other class has."""
    sql = "select name_key from classes where deleted_at is null and id <> ?"
    taken = {row[0] for row in db.execute(sql, [class_id])}
    found, number = name, 1
    while name_key(found) in taken:
        number += 1
        end = f" ({number})"
        found = name[: MAX_NAME_LENGTH - len(end)].rstrip() + end
    return found


def free_key_place(db: sqlite_utils.Database) -> int:
    """Return the first place, from 1, whose key no class has."""
    sql = """with taken (place) as (select key_place from classes where deleted_at is null)
        select min(place) from (select 1 as place union select place + 1 from taken)
        where place not in (select place from taken)"""
    return int(db.execute(sql).fetchone()[0])


def carriers(db: sqlite_utils.Database, class_id: int) -> list[int]:
    """Return the photos that carry a class, skipped and binned ones too."""
    rows = db.execute("select id from images where class_id = ? order by id", [class_id])
    return [row[0] for row in rows]


def _bring_back(db: sqlite_utils.Database, class_id: int) -> None:
    """Put a deleted class into the lists again, without its key if another class has that now."""
    db.execute(
        """update classes set hotkey = null where id = ? and hotkey in
        (select hotkey from classes where deleted_at is null)""",
        [class_id],
    )
    db.execute(
        """update classes set key_place = ? where id = ? and (key_place = 0 or key_place in
        (select key_place from classes where deleted_at is null))""",
        [free_key_place(db), class_id],
    )
    db.execute("update classes set deleted_at = null where id = ?", [class_id])
