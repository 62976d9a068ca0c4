"""Zips and tables on their way in: a zip's files go where every upload goes, some at a time."""

import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dragon_app.core.errors import (
    ArchiveError,
    BadImageError,
    DragonError,
    NotFoundError,
    TableError,
)
from dragon_app.core.names import shown_name
from dragon_app.core.tables import CLASSES_TABLE, LabelRow, read_classes
from dragon_app.core.types import AddResult, Refusal
from dragon_app.imaging.decode import read_file
from dragon_app.services.archives import open_archive
from dragon_app.services.dataset import Dataset
from dragon_app.services.intake import IncomingFile
from dragon_app.services.tables import Labelled, is_table, label_photos, make_classes
from dragon_app.storage.workspace import Workspace

_NOTHING = AddResult(added=0, duplicates=0, refused=())
_BATCH = 256  # files between two looks at Stop
_BUG = "could not be added: something went wrong inside the app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Where the import of a zip stands; `problem` is why it ended early, without its name."""

    id: int
    done: int = 0
    total: int = 0
    is_over: bool = False
    problem: str = ""
    result: AddResult = _NOTHING


class Importing:
    """Brings zips and tables into a workspace. Safe from several threads.

    Shared with the thread of a zip that a page sent: `_now`, one reference swapped whole, and
    `_stop`.
    """

    def __init__(self, workspace: Workspace, dataset: Dataset) -> None:
        self._workspace = workspace
        self._dataset = dataset
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._now = Import(id=0, is_over=True)
        self._thread: threading.Thread | None = None

    def add(
        self,
        files: Sequence[IncomingFile],
        archives: Sequence[Path],
        *,
        class_name: str | None = None,
        report: Callable[[int, int], None] = lambda done, total: None,
    ) -> tuple[AddResult, int]:
        """Add photos and zips, then label by the tables among the files; return how many it did.

        A zip or a table that is refused is named like every other file, and the rest goes on.
        """
        photos = [file for file in files if not is_table(file.name)]
        files = sorted(files, key=lambda file: file.name != CLASSES_TABLE)
        if files and files[0].name == CLASSES_TABLE:  # their order, before photos make them
            with suppress(BadImageError, TableError):  # told below, as of every table
                make_classes(self._workspace.classes, read_classes(files[0].read()) or [])
        result = self._dataset.add(photos, class_name=class_name, report=report)
        labelled = 0
        for path in archives:
            try:
                added = self.add_archive(
                    path, class_name=class_name, report=lambda done, total, _: report(done, total)
                )
                result = _both(result, added)
            except ArchiveError as error:
                result = _refused(result, shown_name(path.name), error)
        for table in (file for file in files if is_table(file.name)):
            try:
                done = self.label_by_table(table.read(), table.name, batch=uuid.uuid4().hex)
            except (BadImageError, TableError) as error:
                result = _refused(result, table.name, error)
            else:
                labelled += done.labelled
                result = replace(result, refused=(*result.refused, *done.refused))
        return result, labelled

    def add_archive(
        self,
        path: Path,
        *,
        name: str = "",
        class_name: str | None = None,
        report: Callable[[int, int, AddResult], None] = lambda done, total, so_far: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> AddResult:
        """Add the photos of a zip as `Dataset.add` does; what was not taken is listed.

        `report(done, total, so_far)` on the way. Raise `ArchiveError` when all of it is refused.
        """
        with open_archive(path, name or shown_name(path.name)) as contents:
            total = len(contents.files)
            left = sum(file.size_bytes for file in contents.files)
            refused = [*contents.refused, *make_classes(self._workspace.classes, contents.classes)]
            result = AddResult(added=0, duplicates=0, refused=tuple(refused))
            report(0, total, result)
            for start in range(0, total, _BATCH):
                if should_stop():
                    break
                batch = contents.files[start : start + _BATCH]
                files = self._with_known(batch, contents.rows[start : start + _BATCH])
                added = self._dataset.add(files, class_name=class_name, expected_bytes=left)
                result = _both(result, added)
                left -= sum(file.size_bytes for file in batch)
                report(start + len(batch), total, result)
        return result

    def label_by_table(self, data: bytes, name: str, *, batch: str) -> Labelled:
        """Give photos that are here and have no class the one that a table says.

        Our own table of classes makes those that are missing.
        """
        classes = read_classes(data)
        if classes is not None:
            refused = make_classes(self._workspace.classes, classes)
            return Labelled(labelled=0, had_it=0, refused=tuple(refused))
        return label_photos(self._workspace, data, name, batch=batch)

    def start(self, path: Path, *, name: str, class_name: str | None = None) -> Import:
        """Begin to add a zip, which is removed when that is over; raise while another comes in."""
        with self._starting:
            if not self._now.is_over:
                raise DragonError("A zip is being added already. Wait for it, or press Stop.")
            self._stop.clear()
            self._now = Import(id=self._now.id + 1)
            self._thread = threading.Thread(
                target=self._work, args=(path, name, class_name), name="import"
            )
            self._thread.start()
            return self._now

    def progress(self, import_id: int) -> Import:
        """Return where an import stands; `NotFoundError` when a newer one came."""
        now = self._now
        if now.id != import_id:
            raise NotFoundError(f"There is no import {import_id} any more.")
        return now

    def stop(self, import_id: int) -> None:
        """Stop an import; what is in stays."""
        self.progress(import_id)
        self._stop.set()

    def close(self) -> None:
        """Stop, and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self, path: Path, name: str, class_name: str | None) -> None:
        def report(done: int, total: int, so_far: AddResult) -> None:
            self._now = replace(self._now, done=done, total=total, result=so_far)

        problem = _BUG
        result = None
        try:
            result = self.add_archive(
                path,
                name=name,
                class_name=class_name,
                report=report,
                should_stop=self._stop.is_set,
            )
            problem = ""
        except DragonError as error:
            is_its_own = isinstance(error, ArchiveError)
            problem = str(error) if is_its_own else f"could not be added: {error}"
        finally:
            with suppress(OSError):  # the next start empties the folder
                path.unlink()
            result = result or self._now.result
            self._now = replace(self._now, is_over=True, problem=problem, result=result)

    def _with_known(
        self, files: Sequence[IncomingFile], rows: Sequence[LabelRow | None]
    ) -> list[IncomingFile]:
        """Let files that were exported from photos which are here count as those photos.

        An export without what the camera noted has other bytes than its photo.
        """
        digests = [row.digest if row is not None else "" for row in rows]
        known = self._workspace.images.ids_by_digest([each for each in digests if each])
        return [
            replace(file, read=partial(read_file, self._workspace.blobs.path(digest)))
            if digest in known
            else file
            for file, digest in zip(files, digests, strict=True)
        ]


def _refused(result: AddResult, name: str, error: DragonError) -> AddResult:
    return replace(result, refused=(*result.refused, Refusal(name=name, reason=str(error))))


def _both(one: AddResult, other: AddResult) -> AddResult:
    return AddResult(
        added=one.added + other.added,
        duplicates=one.duplicates + other.duplicates,
        refused=(*one.refused, *other.refused),
        image_ids=(*one.image_ids, *other.image_ids),
    )
