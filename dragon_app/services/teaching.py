"""Photos that were tried and put right by a person: they become labelled photos like any other."""

from dataclasses import dataclass

from dragon_app.core.errors import BadImageError, NotFoundError
from dragon_app.core.types import BatchResult
from dragon_app.services.dataset import Dataset
from dragon_app.services.intake import IncomingFile
from dragon_app.services.labelling import Labelling
from dragon_app.storage.workspace import Workspace

TRIED = "try"  # signs these labels in the journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A photo that was taken in: its id, whether it was there before, what was labelled."""

    image_id: int
    was_there: bool
    labelled: BatchResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Untaught:
    """How many labelled photos the newest run has not seen; `run_id` None before the first."""

    photos: int
    run_id: int | None


class Teaching:
    """Takes in what a person says about an answer. Safe from several threads."""

    def __init__(self, workspace: Workspace, dataset: Dataset, labelling: Labelling) -> None:
        self._workspace = workspace
        self._dataset = dataset
        self._labelling = labelling

    def take(self, file: IncomingFile, class_id: int, *, batch: str) -> Lesson:
        """Add a photo and give it a class, as one undo step; a repeat changes nothing.

        Raise `NotFoundError` when the class is gone, `BadImageError` with the file's name when it
        cannot be read.
        """
        if all(each.id != class_id for each in self._labelling.classes()):
            raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")
        added = self._dataset.add([file])
        if added.refused:
            refusal = added.refused[0]
            raise BadImageError(f"{refusal.name} {refusal.reason}.")
        (image_id,) = added.image_ids
        labelled = self._labelling.assign([image_id], class_id, batch=batch, who=TRIED)
        return Lesson(image_id=image_id, was_there=not added.added, labelled=labelled)

    def untaught(self) -> Untaught:
        """Count the photos that a training now would use and the newest run did not."""
        runs = self._workspace.runs.all()
        if not runs:
            return Untaught(photos=0, run_id=None)
        photos = self._workspace.snapshots.news(runs[0].snapshot_id)
        return Untaught(photos=photos, run_id=runs[0].id)
