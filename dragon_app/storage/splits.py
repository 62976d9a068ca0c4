"""Giving labelled photos their part: learned from or measured on. Decided once, then stored."""

from collections.abc import Mapping, Sequence

import sqlite_utils

from dragon_app.core.split import choose_split
from dragon_app.core.types import Split
from dragon_app.storage.chunks import in_chunks


def decide_splits(db: sqlite_utils.Database, labelled: Sequence[int]) -> None:
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
    counts = _class_counts(db, {class_id for class_id, _ in undecided.values()})
    for group_id in sorted(undecided):
        class_id, size = undecided[group_id]
        row = db.execute(
            "select split from images where group_id = ? and split is not null"
            " order by split <> 'train', id limit 1",
            [group_id],
        ).fetchone()
        train, val = counts[class_id]
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


def give_parts(db: sqlite_utils.Database, parts: Mapping[int, Split]) -> None:
    """Give photos the part that a table says, where neither they nor their group have one yet."""
    db.conn.executemany(
        """update images set split = ?, is_split_fixed = 1 where id = ? and not exists
        (select 1 from images other where other.group_id = images.group_id
        and other.split is not null and other.split <> ?) and split is null""",
        [(part, image_id, part) for image_id, part in parts.items()],
    )


def _class_counts(db: sqlite_utils.Database, class_ids: set[int]) -> dict[int, tuple[int, int]]:
    """Return how many photos of these classes, and of no others, are in TRAIN and in VAL."""
    sql = """select sum(split = 'train'), sum(split = 'val') from images
        where is_binned = 0 and class_id = ? and split is not null"""
    found = {class_id: db.execute(sql, [class_id]).fetchone() for class_id in class_ids}
    return {class_id: (train or 0, val or 0) for class_id, (train, val) in found.items()}
