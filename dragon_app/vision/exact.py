"""A run whose last layer is computed: what the frozen body makes of photos goes to the solver."""

import time

import torch
from torch.nn import functional

from dragon_app.core.errors import TrainingError
from dragon_app.vision.course import Course
from dragon_app.vision.learning import Lesson
from dragon_app.vision.linear_head import Examples, fit
from dragon_app.vision.logistic import blocks


def compute_head(course: Course) -> Lesson:
    """Set the head to the best last layer; loss and accuracy are of the plain training photos.

    Works on the processor, where the same photos give the same head.
    """
    started = time.monotonic()
    views = course.plan.exact_views()
    seen = [course.vectors("train", view) for view in views]
    features = seen[0] if len(seen) == 1 else torch.cat(seen)  # (views * N, D)
    if not all(bool(features[part].isfinite().all()) for part in blocks(*features.shape)):
        raise TrainingError(
            "What the backbone makes of the photos is not a number: its weights may be damaged. "
            "Choose other starting weights."
        )
    targets = course.train.targets
    del seen
    count = len(targets)
    course.observer.phase("Finding the best last layer")
    examples = Examples(
        features=features,
        targets=targets.repeat(len(views)),
        classes=course.network.head.linear.out_features,
        weights=course.objective.weights[targets].repeat(len(views)),
        groups=torch.arange(count).repeat(len(views)),
    )
    found = fit(
        examples,
        seed=course.config.seed,
        should_stop=course.observer.should_stop,
    )
    course.network.head.take(found.weight, found.bias, mean=found.mean, scale=found.scale)
    scores = found.scores(features[:count])  # of the plain view, which comes first
    return Lesson(
        loss=float(functional.cross_entropy(scores, targets)),
        accuracy=float((scores.argmax(1) == targets).double().mean()),
        images_per_s=len(features) / max(time.monotonic() - started, 1e-9),
        lrs=(),
    )
