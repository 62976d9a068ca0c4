"""One pass over the training photos: batches, steps, a loss that must stay a number."""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Tensor

from dragon_app.core.config import Schedule
from dragon_app.core.errors import TrainingError
from dragon_app.core.training import StepMetrics
from dragon_app.vision.measure import Task
from dragon_app.vision.objective import Objective, loss_sum
from dragon_app.vision.observer import Observer
from dragon_app.vision.schedule import lr_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Where an epoch stands in its run, and how long the rest of it takes."""

    epoch: int
    epochs: int
    steps_per_epoch: int
    measuring_s: float = 0.0  # of each epoch, after its steps
    is_like_the_rest: bool = True  # later epochs take as long as this one

    def seconds_left(self, step: int, seconds: float) -> float | None:
        """Estimate from the steps of this epoch and the seconds they took."""
        if not step or not self.is_like_the_rest:
            return None
        epochs_left = self.epochs - self.epoch
        steps_left = self.steps_per_epoch * (epochs_left + 1) - step
        return steps_left * seconds / step + epochs_left * self.measuring_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one pass over the training photos gave; with mixup, of the mixed photos."""

    loss: float
    accuracy: float
    images_per_s: float
    lrs: tuple[float, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the steps of an epoch gave so far, also those before the run was cut off within it."""

    steps: int = 0
    photos: int = 0
    loss: float = 0.0  # summed over the photos
    hits: int = 0
    seconds: float = 0.0
    lrs: tuple[float, ...] = ()

    @property
    def images_per_s(self) -> float:
        """Photos per second."""
        return self.photos / max(self.seconds, 1e-9)

    def lesson(self) -> Lesson:
        """Return what the whole epoch gave."""
        return Lesson(
            loss=self.loss / self.photos,
            accuracy=self.hits / self.photos,
            images_per_s=self.images_per_s,
            lrs=self.lrs,
        )


@dataclass(slots=True, kw_only=True)
class Place:
    """In which epoch a run is, its batches once they are drawn, and what their steps gave so far.

    `epoch` counts from 1; it is one more than there are when all are done. `elapsed_s` is what the
    run took until here, without pauses and without what a crash cost.
    """

    epoch: int = 1
    elapsed_s: float = 0.0
    parts: list[list[int]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def batches(order: Sequence[int], batch_size: int) -> list[list[int]]:
    """Return photos in batches; a last batch of one joins the one before.

    BatchNorm cannot take the statistics of a single photo.
    """
    starts = range(0, len(order), batch_size)
    parts = [list(order[start : start + batch_size]) for start in starts]
    if batch_size > 1 and len(parts) > 1 and len(parts[-1]) == 1:
        alone = parts.pop()
        parts[-1] += alone
    return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepper:
    """Turns what is asked into gradients, and these into steps at the rates of the moment.

    Of the parameter groups only the first `learning_groups` learn in this epoch.
    """

    objective: Objective
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    schedule: Schedule
    base_lrs: tuple[float, ...]
    learning_groups: int

    def begin(self) -> None:
        """Forget the gradients so far."""
        self.optimizer.zero_grad()

    def add(self, loss: Tensor) -> None:
        """Add the gradients of a loss."""
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]

    def step(self, step: int, pace: Pace) -> tuple[float, ...]:
        """Take step `step` (from 1) of an epoch; return the groups' learning rates."""
        steps_before = (pace.epoch - 1) * pace.steps_per_epoch + step - 1
        factor = lr_factor(self.schedule, steps_before, pace.epochs * pace.steps_per_epoch)
        groups = self.optimizer.param_groups
        for place, (group, lr) in enumerate(zip(groups, self.base_lrs, strict=True)):
            group["lr"] = lr * factor if place < self.learning_groups else 0.0
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return tuple(float(group["lr"]) for group in groups)


def learn(
    task: Task, place: Place, *, stepper: Stepper, pace: Pace, observer: Observer
) -> Generator[None, None, None]:
    """Take one optimizer step per batch that is left; yield after each, when `place` is true.

    Raise `TrainingError` when the loss is not a number.
    """
    tally = place.tally
    started = time.monotonic() - tally.seconds
    with task.batches(place.parts[tally.steps :]) as batches_of_inputs:
        for indices, inputs in batches_of_inputs:
            observer.check()
            targets = task.targets[indices].to(inputs.device)
            mixed, shares = stepper.objective.mixed(inputs, targets)
            loss, right = task.portions.fit(
                lambda mixed=mixed, shares=shares: _gradients(  # type: ignore[misc]
                    task.score, task.portions.of(mixed, fewest=task.fewest), shares, stepper
                )
            )
            check_loss(loss, epoch=pace.epoch, lr=stepper.base_lrs[0])
            tally.lrs = stepper.step(tally.steps + 1, pace)
            tally.steps += 1
            tally.photos += len(indices)
            tally.loss += loss * len(indices)
            tally.hits += right
            tally.seconds = time.monotonic() - started
            if observer.is_due():
                observer.step(_told(pace, tally, loss))
            yield


def _told(pace: Pace, tally: Tally, loss: float) -> StepMetrics:
    return StepMetrics(
        step=tally.steps,
        epoch=pace.epoch,
        steps_per_epoch=pace.steps_per_epoch,
        epochs=pace.epochs,
        loss=loss,
        lrs=tally.lrs,
        images_per_s=tally.images_per_s,
        seconds_left=pace.seconds_left(tally.steps, tally.seconds),
    )


def _gradients(
    score: Callable[[Tensor], Tensor],
    portions: tuple[Tensor, ...],
    shares: Tensor,
    stepper: Stepper,
) -> tuple[float, int]:
    """Add up the gradients of a batch; return its plain loss and how many were right.

    The loss that is told is that of the photos as they are labelled, each counting alike: it
    compares with the one of the held-out photos.
    """
    stepper.begin()
    wanted = stepper.objective.wanted(shares)
    total, right, start = 0.0, 0, 0
    for portion in portions:
        part = slice(start, start + len(portion))
        start += len(portion)
        scores = score(portion).float()  # (n, C)
        stepper.add(loss_sum(scores, wanted[part]) / len(shares))
        told = scores.detach()
        total += float(loss_sum(told, shares[part])) / len(shares)
        right += int((told.argmax(1) == shares[part].argmax(1)).sum())
    return total, right


def check_loss(loss: float, *, epoch: int, lr: float) -> None:
    """Raise `TrainingError` that says what to change unless the loss is a number."""
    if not isfinite(loss):
        raise TrainingError(
            f"The loss became {loss} in epoch {epoch}: the steps are too large. Lower the "
            f"learning rate, for example to {lr / 10:.2g}."
        )
