"""Photos as training will see them, to be looked at: the very views, turned back into pixels."""

from collections.abc import Sequence

import torch
from torch import Tensor

from dragon_app.core.config import Augment, FinetuneConfig, Optimizer
from dragon_app.core.ports import Pixels, SeenPhoto
from dragon_app.core.training import TrainingPhoto
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.augmentation import chances, train_views
from dragon_app.vision.backbone import anatomy
from dragon_app.vision.freezing import frozen_in_the_end
from dragon_app.vision.plan import EVAL, Plan
from dragon_app.vision.start import would_read_as
from dragon_app.vision.transforms import EvalTransform, compact

VARIANTS = 4


def see(config: FinetuneConfig, photos: Sequence[TrainingPhoto]) -> tuple[SeenPhoto, ...]:
    """Return photos as held-out ones are seen, and in the ways that the first epochs see them.

    Raise `BadImageError` when one cannot be read, `DragonError` when the settings do not suit.
    """
    transform = would_read_as(
        config.weights, config.backbone, config.weights_file, config.image_size_px
    )
    compacts = [
        compact(decode_file(photo.path, shortest_px=transform.resize_px), transform)
        for photo in photos
    ]
    digests = [photo.digest for photo in photos]

    def seen_in(view: str) -> list[Pixels]:
        batch = train_views(
            compacts,
            transform,
            Augment.OFF if view == EVAL else config.augment,
            chance=chances(digests, view, mirror=config.mirror),
            device=torch.device("cpu"),
        )
        return [_pixels(each, transform) for each in batch]

    plain = seen_in(EVAL)
    varied = [seen_in(view) for view in _views(config, transform)]
    return tuple(
        SeenPhoto(plain=plain[place], varied=tuple(view[place] for view in varied))
        for place in range(len(photos))
    )


def _views(config: FinetuneConfig, transform: EvalTransform) -> list[str]:
    """Return the first varied views of a run, each once."""
    stages = len(anatomy(config.backbone, transform.crop_px).stages)
    finally_frozen = frozen_in_the_end(config.freeze, stages)
    plan = Plan(config=config, stages=stages, finally_frozen=finally_frozen)
    if config.optimizer is Optimizer.EXACT:
        views = plan.exact_views()
    else:
        views = [plan.view(epoch) for epoch in range(1, VARIANTS + 1)]
    return [view for view in dict.fromkeys(views) if view != EVAL]


def _pixels(view: Tensor, transform: EvalTransform) -> Pixels:
    """Undo the normalisation of a view (3, S, S)."""
    mean, std = (torch.tensor(each)[:, None, None] for each in (transform.mean, transform.std))
    shown = ((view * std + mean).clamp(0, 1) * 255).round().to(torch.uint8)
    pixels: Pixels = shown.permute(1, 2, 0).contiguous().numpy()  # (S, S, 3)
    return pixels
