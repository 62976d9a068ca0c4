"""Photo files that belong to no photo: out of the way, and never deleted. Knows no database.

A kill during an upload leaves some, and a database that was put back from an older copy does not
know the newest photos. What has a row again moves back.
"""

import contextlib
from collections.abc import Iterable, Set
from pathlib import Path

from dragon_app.storage.blobs import Blobs


def set_aside_words(count: int, folder: Path) -> str:
    """Say what lies there and what can be done about it."""
    files = "1 file belongs" if count == 1 else f"{count:,} files belong"
    return (
        f"{files} to no photo and lie{'s' if count == 1 else ''} in {folder}. "
        "Add that folder to have them as photos, or delete it."
    )


class SetAside:
    """A folder of files named by their digests. Used while a workspace is opened, by one thread."""

    def __init__(self, folder: Path, blobs: Blobs) -> None:
        self.folder = folder
        self._blobs = blobs

    def count(self) -> int:
        """Return how many files lie there."""
        return len(self._digests())

    def take(self, digests: Iterable[str]) -> None:
        """Move photos here; their thumbnails go, they can be made again."""
        for digest in digests:
            photo = self._blobs.path(digest)
            with contextlib.suppress(OSError):  # where it is it does no harm
                if photo.exists():
                    self.folder.mkdir(exist_ok=True)
                    photo.replace(self.folder / digest)
                self._blobs.thumbnail_path(digest).unlink(missing_ok=True)

    def give_back(self, known: Set[str]) -> None:
        """Move those that belong to a photo to their place."""
        for digest in self._digests() & known:
            photo = self._blobs.path(digest)
            with contextlib.suppress(OSError):  # the next start tries again
                photo.parent.mkdir(parents=True, exist_ok=True)
                (self.folder / digest).replace(photo)

    def _digests(self) -> set[str]:
        try:
            return {entry.name for entry in self.folder.iterdir()}
        except FileNotFoundError:
            return set()
