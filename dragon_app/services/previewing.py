"""Photos of the dataset as training will see them, to be looked at before it. Changes nothing."""

from dataclasses import dataclass

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import BadImageError, NotEnoughImagesError
from dragon_app.core.ports import Vision
from dragon_app.core.training import TrainingPhoto
from dragon_app.imaging.thumbnails import thumbnail
from dragon_app.storage.workspace import Workspace

PHOTOS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedPhoto:
    """A photo of the dataset and, as WebP, what training sees of it: plain, then varied."""

    image_id: int
    name: str
    plain: bytes
    varied: tuple[bytes, ...]


def preview(
    workspace: Workspace, vision: Vision, config: FinetuneConfig, *, turn: int = 0
) -> tuple[PreviewedPhoto, ...]:
    """Return a few photos as training sees them first; each turn shows others.

    Raise `NotEnoughImagesError` where there is none, `BadImageError` that names the photo when a
    file is gone or damaged.
    """
    images = workspace.images.examples(PHOTOS, turn=turn)
    if not images:
        raise NotEnoughImagesError("There is no photo to show yet. Add photos in Label.")
    photos = [
        TrainingPhoto(path=workspace.blobs.path(image.digest), digest=image.digest, target=0)
        for image in images
    ]
    try:
        seen = vision.see(config, photos)
    except BadImageError as error:
        raise BadImageError(
            f"A photo can no longer be read: it {error}. Show others, or remove it."
        ) from error
    return tuple(
        PreviewedPhoto(
            image_id=image.id,
            name=image.name,
            plain=thumbnail(each.plain),
            varied=tuple(map(thumbnail, each.varied)),
        )
        for image, each in zip(images, seen, strict=True)
    )
