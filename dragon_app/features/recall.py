"""Which shelf holds the vectors of photos, noted beside the shelves: reading needs no network.

Like all of the cache it may be deleted at any moment, and what cannot be read counts as absent.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from dragon_app.core.disk import write_file
from dragon_app.core.training import CacheFolder
from dragon_app.features.segment import Row
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import FeatureStore

_NOTE = "vectors.json"
_DTYPE = "float16"  # of all vectors


def note_vectors(cache: CacheFolder, key: ShelfKey, weights: Path) -> None:
    """Note that the vectors which the weights in a file make lie on this shelf."""
    note = {"key": asdict(key), "weights": str(weights), "sha256": _digest(weights)}
    with suppress(OSError):
        write_file(cache.path / _NOTE, json.dumps(note).encode(), is_durable=False)


def noted_vectors(cache: CacheFolder) -> ShelfKey | None:
    """Return the shelf of the vectors; None without a note, or with other weights in that file."""
    try:
        note = json.loads((cache.path / _NOTE).read_bytes())
        is_same = _digest(Path(note["weights"])) == note["sha256"]
        key = ShelfKey(**note["key"])
        return key if is_same and key.dtype == _DTYPE else None
    except (OSError, ValueError, TypeError, LookupError):
        return None


class Recall:
    """The vectors on one shelf. Adds none. One thread at a time.

    `was_set_aside` tells that they were no vectors of one width: the shelf was renamed, or deleted
    where that fails, and they are absent from now on.
    """

    def __init__(self, cache: CacheFolder, key: ShelfKey) -> None:
        self._store = FeatureStore(cache)
        shapes = self._store.shelf(key).shapes
        self.was_set_aside = len(shapes) > 1 or any(len(shape) != 1 for shape in shapes)
        if self.was_set_aside:
            self._store.set_aside(key)
        self._shelf = self._store.shelf(key)

    def __enter__(self) -> "Recall":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def rows(self, digests: Sequence[str]) -> list[Row | None]:
        """Return the row of each photo; None where there is none."""
        return [self._shelf.read(digest) for digest in digests]


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
