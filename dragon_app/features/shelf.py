"""One kind of row - of one network, depth and view - by photo digest. Never an error: a row that
cannot be kept is not kept, one that cannot be read is absent.
"""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from dragon_app.features import segment
from dragon_app.features.segment import Row, Segment, key_of

FORMAT = 1
FLUSH_BYTES = 64_000_000  # so much work at most is lost with the power
MOST_SEGMENTS = 16  # beyond them the small ones are joined


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfKey:
    """What the rows of a shelf have in common; a change in any of it is another shelf."""

    weights: str  # sha-256 of what is frozen; empty for photos before any network
    depth: int  # how many stages, from the input, made the rows
    transform: str  # how photos were read
    arithmetic: str
    view: str  # "eval", or the strength and number of a varied view
    dtype: str = "float16"

    @property
    def name(self) -> str:
        """A folder's name that no other key has."""
        facts = json.dumps([FORMAT, asdict(self)], sort_keys=True)
        return sha256(facts.encode()).hexdigest()[:32]


class Shelf:
    """The rows of one kind. One thread writes, several may read.

    Rows of one shelf usually share their shape; each knows its own. What was put can be read at
    once and outlives the process from the next `flush`.
    """

    def __init__(self, folder: Path, dtype: str, take_room: Callable[[int], bool]) -> None:
        self._folder = folder
        self._dtype = dtype
        self._take_room = take_room
        self._own: Segment | None = None
        self._unflushed_bytes = 0
        _join_small(folder, dtype)
        self._segments = _open_all(folder, dtype)
        with suppress(OSError):
            os.utime(folder)  # used now

    def __len__(self) -> int:
        return len({key for each in self._segments for key in each.keys})

    def __contains__(self, digest: str) -> bool:
        key = key_of(digest)
        return any(key in each for each in self._segments)

    @property
    def shapes(self) -> set[tuple[int, ...]]:
        """Which shapes its rows have."""
        return set().union(*(each.shapes for each in self._segments))

    def missing(self, digests: Sequence[str]) -> list[str]:
        """Return the photos without a row, in the order given."""
        return [digest for digest in digests if digest not in self]

    def read(self, digest: str) -> Row | None:
        """Return a photo's row; None when there is none or it is damaged."""
        key = key_of(digest)
        for each in self._segments:
            row = each.read(key)
            if row is not None:
                return row
        return None

    def put(self, digests: Sequence[str], rows: Sequence[Row]) -> bool:
        """Add rows; return False when there is no room and they were not kept."""
        size = sum(row.size for row in rows) * np.dtype(self._dtype).itemsize
        if not self._take_room(size):
            return False
        try:
            if self._own is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._own = Segment.create(self._folder, self._dtype)
                self._segments.insert(0, self._own)
            self._own.append([key_of(digest) for digest in digests], rows)
            self._unflushed_bytes += size
            if self._unflushed_bytes > FLUSH_BYTES:
                self.flush()
        except OSError:
            return False
        return True

    def flush(self) -> None:
        """Bring what was put to the disk, as far as the disk takes it."""
        if self._own is not None:
            self._unflushed_bytes = 0
            with suppress(OSError):
                self._own.flush()

    def close(self) -> None:
        """Flush and close; the shelf is not used any more."""
        self.flush()
        for each in self._segments:
            each.close()


def _open_all(folder: Path, dtype: str) -> list[Segment]:
    opened = []
    for stem in segment.stems(folder):
        try:
            opened.append(Segment.open(stem, dtype))
        except OSError:
            segment.delete(stem)
    return opened


def _join_small(folder: Path, dtype: str) -> None:
    """Bring all segments but the largest into one when there are too many to search."""
    if len(segment.stems(folder)) <= MOST_SEGMENTS:
        return
    opened = sorted(_open_all(folder, dtype), key=lambda each: each.size_bytes)
    try:
        joined = Segment.create(folder, dtype)
        for each in opened[:-1]:
            for key in each.keys:
                row = each.read(key)
                if row is not None and key not in joined:
                    joined.append([key], [row])
        joined.flush()
        joined.close()
        for each in opened[:-1]:
            segment.delete(each.stem)
    except OSError:
        return
    finally:
        for each in opened:
            each.close()
