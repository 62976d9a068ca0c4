"""What was: the story of one photo, and the photos of a run as they were when it began."""

from dataclasses import dataclass
from datetime import datetime

from dragon_app.core.types import EventKind, SnapshotPhoto
from dragon_app.storage.inbox import NO_CLASS
from dragon_app.storage.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """What somebody changed about a photo; classes by the names they had then and have now."""

    at: datetime
    who: str
    kind: EventKind
    before: str | None
    after: str | None
    after_now: str | None
    is_undone: bool
    is_reversal: bool
    suggested_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPhotos:
    """The photos of a run, and which of those still here carry another class or lie in the bin."""

    class_names: tuple[str, ...]
    photos: tuple[SnapshotPhoto, ...]
    changed: tuple[int, ...]

    @property
    def gone(self) -> int:
        """How many were removed for good."""
        return sum(photo.image_id is None for photo in self.photos)


class History:
    """Reads the journal and the snapshots. Safe from several threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of_photo(self, image_id: int) -> list[JournalLine]:
        """Return everything that was said about a photo, oldest first."""
        self._workspace.images.get(image_id)
        names = _Names(self._workspace)
        return [
            JournalLine(
                at=event.at,
                who=event.who,
                kind=event.kind,
                before=names.told(event.kind, event.before, at=event.number),
                after=names.told(event.kind, event.after, at=event.number),
                after_now=names.told(event.kind, event.after, at=None),
                is_undone=event.is_undone,
                is_reversal=event.is_reversal,
                suggested_by=event.suggested_by,
            )
            for event in self._workspace.labels.history(image_id)
        ]

    def of_run(self, run_id: int) -> RunPhotos:
        """Return the photos and labels that a run learned from; raise `NotFoundError` if none."""
        run = self._workspace.runs.get(run_id)
        began = self._workspace.labels.batch_at(run.created_at)
        names = _Names(self._workspace)
        photos = self._workspace.snapshots.photos(run.snapshot_id)
        return RunPhotos(
            class_names=run.class_names,
            photos=tuple(photos),
            changed=tuple(
                photo.image_id
                for photo in photos
                if photo.image_id is not None
                and (
                    photo.is_binned
                    or names.of(photo.class_id, at=began) != run.class_names[photo.target]
                )
            ),
        )

    def classes_of_run(self, run_id: int) -> tuple[int | None, ...]:
        """Return which class of today each of a run's classes is; None for one that is gone."""
        run = self._workspace.runs.get(run_id)
        began = self._workspace.labels.batch_at(run.created_at)
        names = _Names(self._workspace)
        here = {each.id for each in self._workspace.classes.all()}
        # Two had one name where it was given anew after a renaming: the older one is meant.
        known = sorted(self._workspace.classes.all_names(), reverse=True)
        ids = {names.of(class_id, at=began): class_id for class_id in known}
        found = [ids.get(name) for name in run.class_names]
        return tuple(class_id if class_id in here else None for class_id in found)


class _Names:
    """What each class was called at each batch of the journal."""

    def __init__(self, workspace: Workspace) -> None:
        self._now = workspace.classes.all_names()
        self._changes: dict[int, list[tuple[int, str]]] = {}  # class -> batch, name before
        for class_id, number, before, _ in workspace.classes.name_changes():
            self._changes.setdefault(class_id, []).append((number, before))

    def of(self, class_id: int | None, *, at: int | None) -> str | None:
        """Return what a class was called right after a batch, or is called now."""
        if class_id is None:
            return None
        if at is not None:
            for number, before in self._changes.get(class_id, []):
                if number > at:
                    return before
        return self._now[class_id]

    def told(self, kind: EventKind, value: str | None, *, at: int | None) -> str | None:
        """Return a value of the journal as people read it: a class by its name."""
        is_class = kind in {EventKind.CLASS, EventKind.KEPT} and value != NO_CLASS
        if not is_class or value is None:
            return value
        return self.of(int(value), at=at)
