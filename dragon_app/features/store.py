"""The shelves in one folder: opened by key, bounded in size, forgotten photo by photo.

Everything here can be computed again, so nothing here raises: the folder may be deleted at any
moment, by hand too, and costs time alone.
"""

import logging
import shutil
from collections.abc import Collection
from pathlib import Path

from dragon_app.core.disk import folder_size_bytes
from dragon_app.core.training import CacheFolder
from dragon_app.features import segment
from dragon_app.features.shelf import Shelf, ShelfKey

SHELVES = "shelves"  # beside what others keep in a cache folder
ASIDE = "-aside"  # after the name of a shelf that is not used any more
SPARE_BYTES = 10**9  # left free on the disk for labels and checkpoints
_LOG = logging.getLogger(__name__)


class FeatureStore:
    """Shelves for one run, or one question; `close` it at the end.

    Several may be open on one folder. Shelves opened here are never evicted from here.
    """

    def __init__(self, cache: CacheFolder) -> None:
        self.cache = cache
        self._folder = cache.path / SHELVES
        self._open: dict[str, Shelf] = {}
        self._size_bytes = self.size_bytes()
        self._make_room(0)

    def __enter__(self) -> "FeatureStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def shelf(self, key: ShelfKey) -> Shelf:
        """Open a shelf, empty when there is none; the same one when it is open already."""
        if key.name not in self._open:
            self._open[key.name] = Shelf(self._folder / key.name, key.dtype, self._make_room)
        return self._open[key.name]

    def even_shelf(self, key: ShelfKey, *, shape: tuple[int, ...] | None = None) -> Shelf:
        """Open a shelf whose rows share a shape: `shape`, or any. One where they do not is set
        aside, and an empty one opened in its place.
        """
        shelf = self.shelf(key)
        shapes = shelf.shapes
        if len(shapes) <= 1 and (shape is None or shapes <= {shape}):
            return shelf
        self.set_aside(key)
        return self.shelf(key)

    def set_aside(self, key: ShelfKey) -> None:
        """Let a shelf be empty from now on; its rows are forgotten and evicted as all others."""
        _LOG.warning("rows that do not fit together are set aside: %s", self._folder / key.name)
        self.shelf(key).close()
        del self._open[key.name]
        aside = self._folder / f"{key.name}{ASIDE}"
        shutil.rmtree(aside, ignore_errors=True)
        try:
            (self._folder / key.name).rename(aside)
        except OSError:  # open elsewhere, where the system minds
            shutil.rmtree(self._folder / key.name, ignore_errors=True)

    def size_bytes(self) -> int:
        """Return how much the shelves take on the disk."""
        return folder_size_bytes(self._folder)

    def forget(self, digests: Collection[str]) -> None:
        """Overwrite every row of some photos, and drop rows that nobody can tell the owner of."""
        keys = {segment.key_of(digest) for digest in digests}
        for folder in self._folders():
            stems = {path.with_suffix("") for path in folder.glob("*.*")}
            for stem in stems:  # rows without an index too: a kill left them
                segment.forget(stem, keys)

    def close(self) -> None:
        """Bring everything to the disk and let go of the files."""
        for shelf in self._open.values():
            shelf.close()
        self._open.clear()

    def _make_room(self, wanted_bytes: int) -> bool:
        """Count bytes about to be written, deleting what was used longest ago; False: no room."""
        if self._size_bytes + wanted_bytes > self.cache.limit_bytes:
            self._evict(self.cache.limit_bytes - wanted_bytes)
        if self._size_bytes + wanted_bytes > self.cache.limit_bytes:
            return False
        if wanted_bytes and _free_bytes(self._folder) < wanted_bytes + SPARE_BYTES:
            return False
        self._size_bytes += wanted_bytes
        return True

    def _evict(self, down_to_bytes: int) -> None:
        self._size_bytes = self.size_bytes()
        for folder in sorted(self._folders(), key=_used_at):
            if self._size_bytes <= down_to_bytes:
                return
            if folder.name not in self._open:
                shutil.rmtree(folder, ignore_errors=True)
                self._size_bytes = self.size_bytes()

    def _folders(self) -> list[Path]:
        return [path for path in self._folder.glob("*") if path.is_dir()]


def _used_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _free_bytes(folder: Path) -> int:
    """Return the free space where a folder lies or will lie."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free
