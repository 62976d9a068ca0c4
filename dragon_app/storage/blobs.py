"""Image bytes by digest, and thumbnails beside them. Knows paths; knows no database."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from dragon_app.core.disk import sync_folder, write_file
from dragon_app.core.errors import WorkspaceError


class Blobs:
    """A folder of content-addressed files. Safe from several threads: a file appears whole.

    Shared between threads: `_storing` and `_is_removing`, under `_gate`.
    """

    def __init__(self, root: Path) -> None:
        self._gate = threading.Condition()
        self._storing = 0
        self._is_removing = False
        self._photos = root / "photos"
        self._thumbnails = root / "thumbnails"

    def path(self, digest: str) -> Path:
        """Return where the photo with this SHA-256 digest lies."""
        return self._photos / digest[:2] / digest

    def thumbnail_path(self, digest: str) -> Path:
        """Return where the thumbnail of a photo lies, whether or not it was made yet."""
        return self._thumbnails / digest[:2] / f"{digest}.webp"

    @contextlib.contextmanager
    def storing(self) -> Iterator[None]:
        """Let no file be removed while new ones still wait for their rows."""
        with self._gate:
            self._gate.wait_for(lambda: not self._is_removing)
            self._storing += 1
        try:
            yield
        finally:
            with self._gate:
                self._storing -= 1
                self._gate.notify_all()

    @contextlib.contextmanager
    def removing(self) -> Iterator[None]:
        """Let no file be stored while rows and their files are removed."""
        with self._gate:
            self._gate.wait_for(lambda: not self._is_removing)
            self._is_removing = True
            self._gate.wait_for(lambda: not self._storing)
        try:
            yield
        finally:
            with self._gate:
                self._is_removing = False
                self._gate.notify_all()

    def remove(self, digest: str) -> None:
        """Remove a photo's bytes and its thumbnail; what is gone already is no fault."""
        for path in (self.path(digest), self.thumbnail_path(digest)):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise WorkspaceError(
                    f"{path} could not be removed ({error.strerror}). Close what else uses it: the "
                    "next start of the app removes it."
                ) from error

    def digests(self) -> set[str]:
        """Return what there is a photo or a thumbnail of."""
        return {entry.name.removesuffix(".webp") for entry in self._files() if not _is_draft(entry)}

    def remove_drafts(self) -> None:
        """Remove what a kill left of files that were being written; nobody may be writing now."""
        for entry in self._files():
            if _is_draft(entry):
                with contextlib.suppress(OSError):  # it does no harm: the next start tries again
                    Path(entry).unlink()

    def _files(self) -> Iterator[os.DirEntry[str]]:
        for root in (self._photos, self._thumbnails):
            for folder in root.glob("*/"):
                with os.scandir(folder) as entries:  # pathlib takes ten times as long
                    yield from entries

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


def _is_draft(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(".")


def _unwritable(path: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{path} could not be written ({error.strerror}). Free some disk space, or choose another "
        "workspace."
    )
