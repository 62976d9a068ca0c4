"""A run whose last layer is computed: what the frozen body makes of photos goes to the solver."""

import time

import torch
from torch import Tensor
from torch.nn import functional

from dragon_app.core.config import Augment
from dragon_app.core.errors import TrainingError
from dragon_app.vision.augmentation import train_views
from dragon_app.vision.course import Course
from dragon_app.vision.learning import Lesson
from dragon_app.vision.linear_head import Examples, fit

VIEWS = 3  # of each photo, beside the plain one, where photos are varied
BATCH = 32


def compute_head(course: Course) -> Lesson:
    """Set the head to the best last layer; loss and accuracy are of the plain training photos.

    Works on the processor, where the same photos give the same head.
    """
    started = time.monotonic()
    plain = course.features["train"].float().cpu()  # (N, D)
    varied = _varied_features(course)
    features = torch.cat([plain, *varied])
    if not features.isfinite().all():
        raise TrainingError(
            "What the backbone makes of the photos is not a number: its weights may be damaged. "
            "Choose other starting weights."
        )
    count = len(plain)
    targets = course.train.targets
    course.observer.phase("Finding the best last layer")
    examples = Examples(
        features=features,
        targets=targets.repeat(1 + len(varied)),
        classes=course.network.head.linear.out_features,
        groups=torch.arange(count).repeat(1 + len(varied)),
    )
    found = fit(
        examples,
        seed=course.config.seed,
        should_stop=course.observer.should_stop,
    )
    course.network.head.take(found.weight, found.bias, mean=found.mean, scale=found.scale)
    scores = found.scores(plain)
    return Lesson(
        loss=float(functional.cross_entropy(scores, targets)),
        accuracy=float((scores.argmax(1) == targets).double().mean()),
        images_per_s=len(features) / max(time.monotonic() - started, 1e-9),
        lrs=(),
    )


@torch.no_grad()
def _varied_features(course: Course) -> list[Tensor]:
    """Return features (N, D) for each further view of the training photos."""
    if course.config.augment is Augment.OFF:
        return []
    words, count = "Looking at varied photos", len(course.train)
    body = course.network.eval().body
    views = []
    for view in range(VIEWS):
        features = []
        for start in range(0, count, BATCH):
            course.observer.check()
            course.observer.phase(words, view * count + start, VIEWS * count)
            images = train_views(
                course.train.batch(range(start, min(start + BATCH, count))),
                course.start.transform,
                course.config.augment,
                generator=course.generator,
                device=course.device,
            )
            features.append(body(images).float().cpu())
        views.append(torch.cat(features))
    return views
