"""The groups of photos that look alike. Works on a database that is open already."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import sqlite_utils

from dragon_app.core.types import Split
from dragon_app.storage.chunks import in_chunks


def alike(db: sqlite_utils.Database) -> list[list[int]]:
    """Return the groups of several photos outside the bin, newest group first.

    In each the best comes first: the largest, then the sharpest, then the one of most bytes.
    """
    sql = """select group_id, id from images where is_binned = 0 and group_id in (
            select group_id from images where is_binned = 0 group by group_id
            having count(*) > 1)
        order by group_id desc, width_px * height_px desc, coalesce(sharpness, -1) desc,
            size_bytes desc, id"""
    rows = db.execute(sql).fetchall()
    return [[row[1] for row in group] for _, group in groupby(rows, key=itemgetter(0))]


def join_groups(db: sqlite_utils.Database, image_id: int, *, near: Sequence[int]) -> None:
    """Put a new photo into the groups of those it resembles, merging them into the oldest.

    Where two groups that both had a part meet, or a folder's own level meets another part, their
    photos are learned from: nothing that was learned from may be measured on. A folder's own
    levels are kept.
    """
    groups: set[int] = set()
    for marks, chunk in in_chunks(near):
        sql = f"select distinct group_id from images where id in ({marks})"  # noqa: S608
        groups.update(row[0] for row in db.execute(sql, list(chunk)))
    target = min(groups, default=image_id)
    members = sorted(groups)
    had_parts = 0
    for marks, chunk in in_chunks(members):
        decided = f"group_id in ({marks}) and split is not null"
        sql = f"select count(distinct group_id) from images where {decided}"  # noqa: S608
        had_parts += db.execute(sql, list(chunk)).fetchone()[0]
    for marks, chunk in in_chunks(members):
        moved = f"update images set group_id = ? where group_id in ({marks})"  # noqa: S608
        db.execute(moved, [target, *chunk])
    db.execute("update images set group_id = ? where id = ?", [target, image_id])
    parts = "select count(distinct split) from images where group_id = ? and split is not null"
    if had_parts > 1 or db.execute(parts, [target]).fetchone()[0] > 1:
        db.execute(
            "update images set split = ? where group_id = ? and is_split_fixed = 0"
            " and split is not null",
            [Split.TRAIN, target],
        )
