"""One run on its way: its photos, its network, and what the frozen part made of the photos."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from dragon_app.core.config import Augment, FinetuneConfig, Optimizer
from dragon_app.vision.augmentation import train_views
from dragon_app.vision.backbone import Network
from dragon_app.vision.features import body_features
from dragon_app.vision.freezing import frozen_at
from dragon_app.vision.measure import Task
from dragon_app.vision.observer import Observer
from dragon_app.vision.photos import CompactPhotos
from dragon_app.vision.start import Start
from dragon_app.vision.transforms import eval_view, normalised

SETTLING_PHOTOS = 512  # enough for the centre and scale of features


@dataclass(slots=True, kw_only=True)
class Course:
    """One run on its way."""

    config: FinetuneConfig
    start: Start
    train: CompactPhotos
    val: CompactPhotos
    device: torch.device
    generator: torch.Generator  # order and variation of the training photos
    observer: Observer
    finally_frozen: int
    optimizer: torch.optim.Optimizer
    base_lrs: tuple[float, ...]
    features: dict[str, Tensor] = field(default_factory=dict)  # train, val: of the frozen body

    @property
    def network(self) -> Network:
        """The network that learns."""
        return self.start.network

    @property
    def stages(self) -> int:
        """How many stages the backbone has."""
        return len(self.start.parts.stages)

    def frozen(self, epoch: int) -> int:
        """Return how many stages, from the input, do not learn in an epoch."""
        return frozen_at(
            epoch,
            finally_frozen=self.finally_frozen,
            unfreeze_after=self.config.unfreeze_after,
            stages=self.stages,
        )


def look_once(course: Course) -> None:
    """Compute the features of the frozen body, and let the head settle on them."""
    network, device, observer = course.network.eval(), course.device, course.observer
    config = course.config
    keeps = config.augment is Augment.OFF or config.optimizer is Optimizer.EXACT
    indices = range(len(course.train))[: None if keeps else SETTLING_PHOTOS]
    train = body_features(network, course.train, device=device, observer=observer, indices=indices)
    network.head.settle(train)
    if keeps:
        course.features["train"] = train
    course.features["val"] = body_features(network, course.val, device=device, observer=observer)


def train_task(course: Course, epoch: int) -> Task:
    """Return the training photos as an epoch learns from them: varied, or their features."""
    targets = course.train.targets
    features = course.features.get("train")
    if features is not None and course.frozen(epoch) == course.stages:
        return Task(score=lambda indices: course.network.head(features[indices]), targets=targets)
    transform = course.start.transform

    def score(indices: list[int]) -> Tensor:
        views = train_views(
            course.train.batch(indices),
            transform,
            course.config.augment,
            generator=course.generator,
            device=course.device,
        )
        scores: Tensor = course.network(views)
        return scores

    return Task(score=score, targets=targets)


def val_task(course: Course, epoch: int) -> Task:
    """Return the validation photos as an epoch is measured on them."""
    targets = course.val.targets
    features = course.features.get("val")
    if features is not None and course.frozen(epoch) == course.stages:
        return Task(score=lambda indices: course.network.head(features[indices]), targets=targets)
    transform = course.start.transform

    def score(indices: list[int]) -> Tensor:
        views = [eval_view(photo, transform) for photo in course.val.batch(indices)]
        scores: Tensor = course.network(normalised(views, transform, course.device))
        return scores

    return Task(score=score, targets=targets)
