"""Image bytes by digest, and thumbnails beside them. Knows paths; knows no database."""

from pathlib import Path

from dragon_app.core.disk import sync_folder, write_file
from dragon_app.core.errors import WorkspaceError


class Blobs:
    """A folder of content-addressed files. Safe from several threads: a file appears whole."""

    def __init__(self, root: Path) -> None:
        self._photos = root / "photos"
        self._thumbnails = root / "thumbnails"

    def path(self, digest: str) -> Path:
        """Return where the photo with this SHA-256 digest lies."""
        return self._photos / digest[:2] / digest

    def thumbnail_path(self, digest: str) -> Path:
        """Return where the thumbnail of a photo lies, whether or not it was made yet."""
        return self._thumbnails / digest[:2] / f"{digest}.webp"

    def put(self, data: bytes, digest: str) -> None:
        """Store a photo's bytes, durable before the call returns; known bytes stay as they are."""
        target = self.path(digest)
        try:
            if target.exists() and target.stat().st_size == len(data):
                sync_folder(target.parent)  # a crash may have come between its rename and its sync
            else:
                write_file(target, data)
        except OSError as error:
            raise _unwritable(target, error) from error

    def put_thumbnail(self, digest: str, data: bytes) -> None:
        """Store a thumbnail. It can be made again, so it need not survive a power cut."""
        target = self.thumbnail_path(digest)
        try:
            write_file(target, data, is_durable=False)
        except OSError as error:
            raise _unwritable(target, error) from error


def _unwritable(path: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{path} could not be written ({error.strerror}). Free some disk space, or choose another "
        "workspace."
    )
