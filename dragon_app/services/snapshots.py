"""From what was labelled at a moment to the photos that training reads. Knows paths, no pixels."""

from dragon_app.core.errors import TrainingError
from dragon_app.core.training import TrainingPhoto, TrainingPhotos
from dragon_app.core.types import Sample, Snapshot, Split
from dragon_app.storage.workspace import Workspace


def training_photos(workspace: Workspace, snapshot: Snapshot) -> TrainingPhotos:
    """Return a snapshot's photos with their files; raise `TrainingError` when one is gone."""

    def photos(split: Split) -> tuple[TrainingPhoto, ...]:
        return tuple(_photo(workspace, s) for s in snapshot.samples if s.split is split)

    return TrainingPhotos(
        class_names=snapshot.class_names,
        train=photos(Split.TRAIN),
        val=photos(Split.VAL),
        snapshot_digest=snapshot.digest,
    )


def _photo(workspace: Workspace, sample: Sample) -> TrainingPhoto:
    path = workspace.blobs.path(sample.digest)
    if not path.exists():
        raise TrainingError(
            f"The photo {path} is gone from the workspace. Add it again, or bin it."
        )
    return TrainingPhoto(path=path, digest=sample.digest, target=sample.target)
