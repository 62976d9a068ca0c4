"""The range test: train a little at ever higher learning rates, and see at which the loss falls.

After Leslie Smith, "Cyclical Learning Rates for Training Neural Networks" (2017), section 3.3. The
network that learns here is thrown away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite

import torch

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.errors import InvalidConfigError, NotEnoughImagesError, TrainingError
from dragon_app.core.networks import LrCurve
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import CacheFolder, StepMetrics, TrainingPhoto, TrainingPhotos
from dragon_app.features.store import FeatureStore
from dragon_app.vision.course import Course
from dragon_app.vision.devices import choose_device
from dragon_app.vision.freezing import set_learning
from dragon_app.vision.learning import batches
from dragon_app.vision.memory import full_memory_told
from dragon_app.vision.objective import loss_sum
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.prefix import look, settle_head
from dragon_app.vision.setting_out import make_optimizer, set_out

LOWEST, HIGHEST = 1e-6, 10.0
STEPS = 71  # ten for each power of ten
MEMORY = 0.8  # of the smoothed loss, per step
DIVERGED = 4.0  # times the lowest smoothed loss
LEAST_FALL = 0.05  # of the first loss; less is noise

Point = tuple[float, float]  # learning rate of the head, smoothed loss


def find_lr(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    *,
    cache: CacheFolder,
    report: Report,
    should_stop: ShouldStop,
) -> LrCurve:
    """Train at the depth that a run ends with; the same for the same seed. Keeps nothing.

    Raise `TrainingError` when stopped or the memory is full, `InvalidConfigError` where there is
    no rate to find.
    """
    if config.optimizer is Optimizer.EXACT:
        raise InvalidConfigError(
            "The exact optimizer takes no steps, so there is no learning rate to find. Choose "
            "AdamW or SGD to look for one."
        )
    if not photos.train:
        raise NotEnoughImagesError("Looking for a learning rate needs photos to learn from.")
    device = choose_device(config.device)
    observer = Observer(report, should_stop)
    gpus = [device] if device.type == "cuda" else []
    with FeatureStore(cache) as store, torch.random.fork_rng(devices=gpus):
        torch.manual_seed(config.seed)  # dropout draws from torch's own generator
        some = replace(photos, train=_some(photos.train, STEPS * config.batch_size, config.seed))
        end = replace(config, epochs=1, unfreeze_after=0)
        try:
            with full_memory_told(device):
                course = set_out(end, some, store, observer=observer)
                points = tuple(_losses(course))
        except StoppedError as error:
            raise TrainingError("The search for a learning rate was stopped.") from error
    suggestion = suggest(points)
    return LrCurve(points=points, suggestion=suggestion, words=_why_none(points, suggestion))


def _losses(course: Course) -> Iterator[Point]:
    """Take a step at each rate, from low to high, until the loss diverges."""
    look(course)
    settle_head(course)
    parts = _endless(course)
    set_learning(
        course.network,
        course.start.parts.stage_of,
        frozen=course.plan.frozen(1),
        has_statistics=min(course.config.batch_size, len(course.train)) > 1,
    )
    task = course.task("train", 1)
    optimizer = make_optimizer(course)
    groups = optimizer.param_groups
    factors = [group["lr"] / groups[0]["lr"] for group in groups]
    mean, best = 0.0, float("inf")
    for step in range(1, STEPS + 1):
        course.observer.check()
        lr = LOWEST * (HIGHEST / LOWEST) ** ((step - 1) / (STEPS - 1))
        for group, factor in zip(groups, factors, strict=True):
            group["lr"] = lr * factor
        indices = next(parts)
        inputs = task.load(indices)
        mixed, shares = course.objective.mixed(inputs, task.targets[indices].to(inputs.device))
        scores = task.score(mixed).float()  # (n, C)
        loss = loss_sum(scores, course.objective.wanted(shares)) / len(shares)
        value = float(loss.detach())
        mean = MEMORY * mean + (1 - MEMORY) * value
        smoothed = mean / (1 - MEMORY**step)
        if not isfinite(smoothed) or smoothed > DIVERGED * best:
            return
        best = min(best, smoothed)
        yield lr, smoothed
        course.observer.step(
            StepMetrics(
                step=step,
                epoch=1,
                steps_per_epoch=STEPS,
                epochs=1,
                loss=smoothed,
                lrs=tuple(float(group["lr"]) for group in groups),
                images_per_s=0.0,
                seconds_left=None,
            )
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _some(photos: tuple[TrainingPhoto, ...], count: int, seed: int) -> tuple[TrainingPhoto, ...]:
    """Return as many photos as the steps can see, drawn at random where there are more."""
    if len(photos) <= count:
        return photos
    order = torch.randperm(len(photos), generator=torch.Generator().manual_seed(seed))
    return tuple(photos[index] for index in order[:count].tolist())


def _endless(course: Course) -> Iterator[list[int]]:
    while True:
        drawn = course.objective.draw(course.train.targets, course.generator)
        yield from batches(drawn, course.config.batch_size)


def suggest(points: Sequence[Point]) -> float | None:
    """Return a tenth of the rate with the lowest smoothed loss; None where the loss hardly fell.

    The rule is Sylvain Gugger's, "How Do You Find A Good Learning Rate" (2018). On the flowers, the
    head alone over ten epochs, it said 0.01 (AdamW) and 0.002 to 0.01 (SGD), where 0.003 was best:
    validation loss .84 and .79 against .78 and .77. Higher rates
    ended worse: SGD at 0.03 at 1.08, at 0.1 at 1.86; AdamW at 0.03 at 1.54, at 0.1 at 4.2.
    """
    if not points:
        return None
    low = min(range(len(points)), key=lambda place: points[place][1])
    if points[low][1] > (1 - LEAST_FALL) * points[0][1]:
        return None
    return float(f"{points[low][0] / 10:.1e}")


def _why_none(points: Sequence[Point], suggestion: float | None) -> str:
    if suggestion is not None:
        return ""
    if len(points) < STEPS // 4:
        return (
            "The loss was no number, or rose at once, even at the lowest rates. Choose other "
            "starting weights, or check the photos."
        )
    return (
        "The loss fell at no rate: what is allowed to learn cannot tell these classes apart. Let "
        "more stages learn, choose other starting weights, or check the labels."
    )
