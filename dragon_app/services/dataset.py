"""Adding photos and looking at them. The file is on disk before the row, that before the answer."""

import hashlib
import shutil
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from dragon_app.core.disk import folder_size_bytes
from dragon_app.core.errors import NotFoundError, WorkspaceError
from dragon_app.core.names import clean_name, shown_name
from dragon_app.core.near import NearIndex
from dragon_app.core.split import missing_photos
from dragon_app.core.types import (
    AddResult,
    BoardRows,
    ClassCount,
    EventKind,
    ImageRecord,
    Refusal,
    Shown,
)
from dragon_app.imaging.decode import decode_bytes, inspect_bytes
from dragon_app.imaging.thumbnails import thumbnail
from dragon_app.services.examining import Examined, Examiner
from dragon_app.services.intake import IncomingFile
from dragon_app.storage.labels import IMPORTER, PERSON
from dragon_app.storage.workspace import Workspace

_CHUNK = 64  # photos per transaction: few commits, and little lost when a copy is cut off
_PREVIEW_PX = 1600
_SPARE_BYTES = 200_000_000  # left free for the database, thumbnails and checkpoints


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """How many photos there are, by class and state, and what training still lacks."""

    total: int
    unlabelled: int
    skipped: int
    binned: int
    classes: tuple[ClassCount, ...]
    missing: tuple[str, ...]


class Dataset:
    """The photos of a workspace. Safe from several threads.

    Shared between threads: the index of perceptual hashes, under `_adding`; `_summary`, one
    reference that is swapped whole.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._adding = threading.Lock()
        self._near: NearIndex | None = None
        self._summary: tuple[str, DatasetSummary] | None = None  # and the revision it is of
        self._examiner = Examiner(workspace.blobs)

    def add(
        self,
        files: Sequence[IncomingFile],
        *,
        class_name: str | None = None,
        expected_bytes: int = 0,
        report: Callable[[int, int], None] = lambda done, total: None,
    ) -> AddResult:
        """Add files, labelled by `class_name`, else by their own; `report(done, total)` on the way.

        A refused file is named with its reason and the rest goes on. A known photo is counted,
        taken out of the bin, and given the class if `class_name` says so or it has none yet.
        `expected_bytes` is the size of all that is known to come, these files included, where
        they come a few at a time: a disk too small for it is said before these are stored.
        """
        self._check_space(max(expected_bytes, sum(file.size_bytes for file in files)))
        if class_name:
            class_name = clean_name(class_name)
            files = [replace(file, class_name=class_name) for file in files]
        added = 0
        image_ids: list[int] = []
        refused: list[Refusal] = []
        done = 0
        with (
            self._workspace.blobs.storing(),
            closing(self._examiner.examine(files)) as examined,
        ):
            while chunk := list(islice(examined, _CHUNK)):
                refused += [
                    Refusal(name=shown_name(e.file.name), reason=e.reason)
                    for e in chunk
                    if not e.image
                ]
                accepted = [each for each in chunk if each.image]
                new, ids = self._store(accepted, is_class_given=bool(class_name))
                added += new
                image_ids += ids
                done += len(chunk)
                report(done, len(files))
        return AddResult(
            added=added,
            duplicates=len(image_ids) - added,
            refused=tuple(refused),
            image_ids=tuple(image_ids),
        )

    def board(self, *, newest: int = 0, batch: int = 0) -> BoardRows:
        """Return all photos as numbers, or what came or changed since."""
        return self._workspace.images.board(newest=newest, batch=batch)

    def described(self, ids: Sequence[int]) -> list[ImageRecord]:
        """Return those of the photos that are here."""
        return self._workspace.images.described(ids)

    def matching(self, text: str) -> list[int]:
        """Return the ids of the photos whose name holds a text, whatever its case."""
        return self._workspace.images.matching(text)

    def by_name(self) -> list[int]:
        """Return all ids in the order of the names, `photo 2` before `photo 10`."""
        return self._workspace.images.by_name()

    def alike(self) -> list[list[int]]:
        """Return the groups of photos that look alike, the best of each first."""
        return self._workspace.images.alike()

    def image(self, image_id: int) -> ImageRecord:
        """Return one photo; raise `NotFoundError` when there is none."""
        return self._workspace.images.get(image_id)

    def photo_file(self, image_id: int) -> Path:
        """Return where a photo's bytes lie, exactly as they were given."""
        path = self._workspace.blobs.path(self.image(image_id).digest)
        if not path.exists():
            raise _gone(image_id)
        return path

    def thumbnail_file(self, image_id: int) -> Path:
        """Return where a photo's thumbnail lies, making it again when it is gone."""
        digest = self.image(image_id).digest
        path = self._workspace.blobs.thumbnail_path(digest)
        if not path.exists():
            try:
                photo = inspect_bytes(self._workspace.blobs.path(digest).read_bytes())
            except FileNotFoundError as error:
                raise _gone(image_id) from error
            self._workspace.blobs.put_thumbnail(digest, thumbnail(photo.pixels))
        return path

    def summary(self) -> DatasetSummary:
        """Count photos by class and state, and say what training still lacks.

        Open tabs ask every two seconds: photos are counted again only after a change.
        """
        revision = self.revision()
        known = self._summary
        if known is None or known[0] != revision:
            known = (revision, self._count())
            self._summary = known
        return known[1]

    def _count(self) -> DatasetSummary:
        counts = self._workspace.images.counts()
        classes = self._workspace.classes.counts()
        return DatasetSummary(
            total=counts[Shown.ALL],
            unlabelled=counts[Shown.UNLABELLED],
            skipped=counts[Shown.SKIPPED],
            binned=counts[Shown.BINNED],
            classes=tuple(classes),
            missing=tuple(missing_photos(classes)),
        )

    def revision(self) -> str:
        """Return what changes with every change of photos, labels and classes; costs little."""
        state = (
            self._workspace.images.newest(),
            self._workspace.labels.newest_batch(),
            self._workspace.classes.all(),
        )
        return hashlib.sha256(repr(state).encode()).hexdigest()[:16]

    def preview(self, image_id: int) -> bytes:
        """Return a photo as a WebP for the screen: upright, without what the camera noted."""
        data = self.photo_file(image_id).read_bytes()
        return thumbnail(decode_bytes(data, shortest_px=_PREVIEW_PX), side_px=_PREVIEW_PX)

    def size_bytes(self) -> int:
        """Return how much of the disk the workspace takes."""
        return folder_size_bytes(self._workspace.folder)

    def _check_space(self, needed_bytes: int) -> None:
        free = shutil.disk_usage(self._workspace.folder).free
        if needed_bytes + _SPARE_BYTES > free:
            raise WorkspaceError(
                f"These photos need {needed_bytes / 1e9:,.1f} GB and {free / 1e9:,.1f} GB are free "
                f"on the disk of {self._workspace.folder}. Free some space, or choose another "
                "folder. None of these was added."
            )

    def _store(
        self, examined: Sequence[Examined], *, is_class_given: bool
    ) -> tuple[int, list[int]]:
        """Write rows and labels; return how many photos are new and the ids of all."""
        images = [each.image for each in examined if each.image]
        with self._adding:
            known = self._workspace.images.ids_by_digest([image.digest for image in images])
            try:
                ids = self._workspace.images.add(images, self._index())
            except BaseException:
                self._near = None
                raise
        before = {
            image.id: image for image in self._workspace.images.described(list(known.values()))
        }
        binned = {image_id: "0" for image_id, image in before.items() if image.is_binned}
        self._apply(EventKind.BINNED, binned, who=PERSON)
        had_class = {i for i, image in before.items() if image.class_id is not None}
        files: dict[int, IncomingFile] = {}
        for image_id, each in zip(ids, examined, strict=True):
            files.setdefault(image_id, each.file)  # the same photo twice: the first one counts
        self._label(files, had_class, is_class_given=is_class_given)
        skipped = {i: "1" for i, file in files.items() if file.is_skipped and i not in before}
        self._apply(EventKind.SKIPPED, skipped, who=IMPORTER)
        return len(set(ids)) - len(known), ids

    def _index(self) -> NearIndex:
        if self._near is None:
            self._near = NearIndex(self._workspace.images.perceptual_hashes())
        return self._near

    def _label(
        self, files: Mapping[int, IncomingFile], had_class: Set[int], *, is_class_given: bool
    ) -> None:
        """Label added photos; what a person labelled before stands unless a class is given.

        Giving a photo another class than it had is a gesture like any other, and can be undone.
        """
        names = {
            image_id: file.class_name
            for image_id, file in files.items()
            if file.class_name and (is_class_given or image_id not in had_class)
        }
        ids = {
            name: str(self._workspace.classes.named(name).id)
            for name in dict.fromkeys(names.values())  # classes come in the order of their photos
        }
        labels = {image_id: ids[name] for image_id, name in names.items()}
        first = {image_id: to for image_id, to in labels.items() if image_id not in had_class}
        other = {image_id: to for image_id, to in labels.items() if image_id in had_class}
        if first:
            self._workspace.labels.label_first(first, batch=uuid.uuid4().hex, who=IMPORTER)
        self._apply(EventKind.CLASS, other, who=PERSON)

    def _apply(self, kind: EventKind, changes: Mapping[int, str], *, who: str) -> None:
        if changes:
            self._workspace.labels.apply(kind, changes, batch=uuid.uuid4().hex, who=who)


def _gone(image_id: int) -> NotFoundError:
    return NotFoundError(f"The file of photo {image_id} is gone. Add the photo again, or bin it.")
