"""Photos and what was said about them, written down for other programs and for coming back.

A zip is made while it is read: one photo is in memory at a time, however many there are. All of it
is as it was when the export began, and the bin is not in it.
"""

import logging
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from pathlib import Path
from shutil import disk_usage

from dragon_app.core.disk import write_chunks
from dragon_app.core.errors import BadImageError, DragonError, NotEnoughImagesError
from dragon_app.core.file_names import FileNames, safe_name
from dragon_app.core.names import name_key
from dragon_app.core.tables import CLASSES_TABLE, write_classes, write_table
from dragon_app.core.types import ImageClass, KeptPhoto, Split
from dragon_app.core.zip_stream import ZipPipe, entry
from dragon_app.imaging.decode import read_file
from dragon_app.imaging.stripping import without_notes
from dragon_app.services.intake import NO_CLASS
from dragon_app.storage.workspace import Workspace

_SUFFIXES = {
    "JPEG": (".jpg", ".jpeg"), "MPO": (".jpg", ".jpeg"), "PNG": (".png",), "WEBP": (".webp",),
    "AVIF": (".avif",), "HEIF": (".heic", ".heif"), "BMP": (".bmp",), "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
}  # fmt: skip
_PART_FOLDERS = {Split.TRAIN: "train", Split.VAL: "validation", Split.TEST: "test"}
_TABLE = "metadata.csv"  # what Hugging Face's imagefolder looks for
_HEADER = ("file_name", "label", "split", "skipped", "original_name", "sha256")
_CSV_HEADER = ("file", "class", "split", "skipped", "sha256")
_CSV_ROWS = 2000
_LOG = logging.getLogger(__name__)


class Layout(StrEnum):
    """How an export is laid out."""

    FOLDERS = "folders"
    IMAGEFOLDER = "imagefolder"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How many photos were written, and the names of those whose files could not be read."""

    photos: int
    lost: tuple[str, ...]


@dataclass(slots=True)
class _Tally:
    photos: int = 0
    lost: list[str] = field(default_factory=list)


class Exporting:
    """Writes down what a workspace holds. Safe from several threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def stream(self, layout: Layout, *, is_labelled: bool, keeps_notes: bool) -> Iterator[bytes]:
        """Return an export piece by piece, of the photos that are there now.

        `is_labelled` leaves out those without a class; `keeps_notes` leaves in what the camera
        noted. Raise `NotEnoughImagesError` at once when there is none.
        """
        photos = self._photos(is_labelled)
        return self._pieces(photos, layout, keeps_notes, _Tally())

    def write(
        self, path: Path, layout: Layout, *, is_labelled: bool, keeps_notes: bool
    ) -> Exported:
        """Write an export to a file, which appears when it is whole."""
        tally = _Tally()
        photos = self._photos(is_labelled)
        if layout is not Layout.CSV:
            self._check_room(path, photos)
        try:
            write_chunks(path, self._pieces(photos, layout, keeps_notes, tally))
        except OSError as error:
            raise DragonError(f"{path} could not be written: {error.strerror or error}.") from error
        return Exported(photos=tally.photos, lost=tuple(tally.lost))

    def file_name(self, layout: Layout) -> str:
        """Return what a person's export may be called."""
        suffix = "csv" if layout is Layout.CSV else "zip"
        return f"{safe_name(self._workspace.folder.name)}-{layout}.{suffix}"

    def _check_room(self, path: Path, photos: Sequence[KeptPhoto]) -> None:
        """Refuse what cannot fit before it is begun; a zip is as large as its photos."""
        needed = 0
        for photo in photos:
            with suppress(OSError):  # named as lost when its turn comes
                needed += self._workspace.blobs.path(photo.digest).stat().st_size
        free = disk_usage(path.parent)[2] if path.parent.is_dir() else needed
        if needed > free:
            raise DragonError(
                f"{path} needs {needed / 1e9:,.1f} GB and {free / 1e9:,.1f} GB are free there. "
                "Free some space, or name a folder on another disk. Nothing was written."
            )

    def _photos(self, is_labelled: bool) -> list[KeptPhoto]:
        photos = self._workspace.images.kept(is_labelled=is_labelled)
        if not photos:
            what = "photo with a class" if is_labelled else "photo"
            raise NotEnoughImagesError(f"There is no {what} to export yet.")
        return photos

    def _pieces(
        self, photos: Sequence[KeptPhoto], layout: Layout, keeps_notes: bool, tally: _Tally
    ) -> Iterator[bytes]:
        if layout is Layout.CSV:
            tally.photos = len(photos)
            return _csv(photos)
        classes = self._workspace.classes.all() if layout is Layout.FOLDERS else []
        return self._zip(photos, classes, _Places(layout), keeps_notes=keeps_notes, tally=tally)

    def _zip(
        self,
        photos: Sequence[KeptPhoto],
        classes: Sequence[ImageClass],
        places: "_Places",
        *,
        keeps_notes: bool,
        tally: _Tally,
    ) -> Iterator[bytes]:
        pipe = ZipPipe()
        tables: dict[str, list[Sequence[str]]] = {}
        with zipfile.ZipFile(pipe, "w") as archive:
            for photo in photos:
                try:
                    data = read_file(self._workspace.blobs.path(photo.digest))
                    data, kind = (data, photo.format) if keeps_notes else without_notes(data)
                except BadImageError as error:
                    _LOG.warning("%s is not in the export: it %s", photo.name, error)
                    tally.lost.append(photo.name)
                    continue
                folder, path = places.of(photo, kind)
                archive.writestr(entry(f"{folder}{path}"), data)
                tables.setdefault(folder, [_HEADER]).append(_row(photo, path))
                tally.photos += 1
                yield pipe.take()
            for folder, rows in tables.items():
                text = write_table(rows).encode()
                archive.writestr(entry(f"{folder}{_TABLE}"), text, zipfile.ZIP_DEFLATED)
            if classes:
                archive.writestr(entry(CLASSES_TABLE), write_classes(classes).encode("utf-8-sig"))
            if tally.lost:
                archive.writestr(entry("not-included.txt"), "\n".join(tally.lost))
        yield pipe.take()


class _Places:
    """Says where each photo lies in a zip: every file name stands once in all of it."""

    def __init__(self, layout: Layout) -> None:
        self._has_parts = layout is Layout.IMAGEFOLDER
        self._files = FileNames()
        self._folders = FileNames()
        self._of_class: dict[str, str] = {}
        for taken in (*_PART_FOLDERS.values(), NO_CLASS, _TABLE, CLASSES_TABLE):
            self._folders.take(taken)
            self._files.take(taken)

    def of(self, photo: KeptPhoto, kind: str) -> tuple[str, str]:
        """Return the folder whose table names a photo, "" or ending in a slash, and the rest."""
        name = self._files.take(photo.name, _SUFFIXES[kind])
        inside = ""
        if photo.class_name:
            key = name_key(photo.class_name)
            if key not in self._of_class:
                self._of_class[key] = self._folders.take(photo.class_name)
            inside = f"{self._of_class[key]}/"
        if not self._has_parts:
            return "", (inside or f"{NO_CLASS}/") + name
        is_placed = photo.split is not None and bool(photo.class_name)
        part = _PART_FOLDERS[photo.split] if photo.split and is_placed else NO_CLASS
        return f"{part}/", inside + name


def _row(photo: KeptPhoto, path: str) -> Sequence[str]:
    skipped = "1" if photo.is_skipped else ""
    return (path, photo.class_name, photo.split or "", skipped, photo.name, photo.digest)


def _csv(photos: Sequence[KeptPhoto]) -> Iterator[bytes]:
    yield write_table([_CSV_HEADER]).encode("utf-8-sig")  # its mark tells Excel what it reads
    rows = (
        (
            photo.name,
            photo.class_name,
            photo.split or "",
            "1" if photo.is_skipped else "",
            photo.digest,
        )
        for photo in photos
    )
    while some := list(islice(rows, _CSV_ROWS)):
        yield write_table(some).encode()
