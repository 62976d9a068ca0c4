"""The training loop. Knows tensors; knows no threads, tables or widgets."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.errors import NotEnoughImagesError, TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    RunFolders,
    TrainingPhotos,
)
from dragon_app.vision import checkpoint
from dragon_app.vision.course import Course, look_once, train_task, val_task
from dragon_app.vision.devices import choose_device
from dragon_app.vision.exact import compute_head
from dragon_app.vision.freezing import frozen_in_the_end, parameter_groups, set_learning
from dragon_app.vision.learning import Lesson, Pace, Stepper, batches, check_loss, learn
from dragon_app.vision.measure import Measurement, measure
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.photos import BUDGET_BYTES, CompactPhotos
from dragon_app.vision.start import find_weights, read_as, start_network


@dataclass(slots=True, kw_only=True)
class _Best:
    """The best epoch so far and its checkpoint; a worse one is deleted after a better is saved."""

    measured: Measurement | None = None
    epoch: int = 0
    path: Path | None = None
    epochs_done: int = 0

    def offer(self, course: Course, measured: Measurement, meta: checkpoint.Meta, to: Path) -> bool:
        self.epochs_done = meta.epoch
        if not measured.is_better_than(self.measured):
            return False
        before = self.path
        self.path = checkpoint.save(course.network, meta, to, f"best-{meta.epoch:04d}")
        self.measured, self.epoch = measured, meta.epoch
        if before is not None and before != self.path:
            checkpoint.delete(before)
        return True


def finetune(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    folders: RunFolders,
    *,
    report: Report,
    should_stop: ShouldStop,
) -> FinetuneResult:
    """Train, keeping the best checkpoint in its folder; report from the calling thread.

    Repeats exactly on the CPU for the same settings, photos and number of threads. Raise
    `TrainingError` when stopped before the first epoch ended: there is nothing to keep.
    """
    if not photos.train or not photos.val:
        raise NotEnoughImagesError("Training needs photos to learn from and photos to measure on.")
    device = choose_device(config.device)
    observer = Observer(report, should_stop)
    best = _Best()
    words = ""
    was_stopped = False
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(config.seed)  # dropout draws from torch's own generator
        try:
            course = set_out(config, photos, device, observer)
            words = course.start.words
            _run(course, photos, folders.checkpoints, best)
        except StoppedError:
            was_stopped = True
        except RuntimeError as error:
            if not _is_full_memory(error):
                raise
            raise TrainingError(
                f"The memory of the {device.type} device is full. Choose a batch size below "
                f"{config.batch_size} or a smaller image size."
            ) from error
    if best.measured is None or best.path is None:
        raise TrainingError("Training was stopped before the first epoch ended: nothing was kept.")
    return FinetuneResult(
        epochs_done=best.epochs_done,
        best_epoch=best.epoch,
        val_accuracy=best.measured.accuracy,
        val_loss=best.measured.loss,
        val_confusion=best.measured.confusion,
        weights=words,
        was_stopped=was_stopped,
        checkpoint=best.path,
    )


def _is_full_memory(error: RuntimeError) -> bool:
    """Tell by the text where torch has no class for it: the CPU and Apple's chips."""
    text = str(error)
    return (
        isinstance(error, torch.OutOfMemoryError)
        or "can't allocate memory" in text
        or "MPS backend out of memory" in text
    )


def set_out(
    config: FinetuneConfig, photos: TrainingPhotos, device: torch.device, observer: Observer
) -> Course:
    """Load weights and photos; what is wrong with the settings shows before photos are read."""
    generator = torch.Generator().manual_seed(config.seed)
    found = find_weights(config.weights, config.backbone, config.weights_file, observer)
    start = start_network(
        config.backbone,
        found,
        read_as(found, config.backbone, config.image_size_px),
        classes=len(photos.class_names),
        generator=generator,
    )
    finally_frozen = frozen_in_the_end(config.freeze, len(start.parts.stages))
    start.network.to(device)
    groups = parameter_groups(
        start.network,
        start.parts.stage_of,
        frozen=finally_frozen,
        head_lr=config.head_lr,
        layer_decay=config.layer_decay,
    )
    optimizer = _optimizer(config, groups)
    share = BUDGET_BYTES // (len(photos.train) + len(photos.val))
    train, val = (
        CompactPhotos(part, start.transform, budget_bytes=share * len(part))
        for part in (photos.train, photos.val)
    )
    course = Course(
        config=config,
        start=start,
        train=train,
        val=val,
        device=device,
        generator=generator,
        observer=observer,
        finally_frozen=finally_frozen,
        optimizer=optimizer,
        base_lrs=tuple(float(group["lr"]) for group in optimizer.param_groups),
    )
    train.load(observer)
    val.load(observer)
    return course


def _optimizer(config: FinetuneConfig, groups: list[dict[str, object]]) -> torch.optim.Optimizer:
    if config.optimizer is Optimizer.ADAMW:
        return torch.optim.AdamW(groups, weight_decay=config.weight_decay)
    return torch.optim.SGD(groups, momentum=config.momentum, weight_decay=config.weight_decay)


def _run(course: Course, photos: TrainingPhotos, folder: Path, best: _Best) -> None:
    config = course.config
    measuring_s = 0.0
    if course.frozen(1) == course.stages:
        look_once(course)
    for epoch in range(1, config.epochs + 1):
        started = time.monotonic()
        pace = Pace(
            epoch=epoch,
            epochs=config.epochs,
            steps_per_epoch=len(batches(len(course.train), config.batch_size, torch.Generator())),
            measuring_s=measuring_s,
            is_like_the_rest=course.frozen(epoch) == course.frozen(config.epochs),
        )
        is_exact = config.optimizer is Optimizer.EXACT
        lesson = compute_head(course) if is_exact else _learn(course, pace)
        learned_at = time.monotonic()
        course.network.eval()
        measured = measure(
            val_task(course, epoch),
            classes=len(photos.class_names),
            observer=course.observer,
        )
        check_loss(measured.loss, epoch=epoch, lr=config.head_lr)
        meta = checkpoint.Meta(
            backbone=config.backbone,
            class_names=photos.class_names,
            transform=course.start.transform,
            config=config,
            weights=course.start.words,
            snapshot_digest=photos.snapshot_digest,
            epoch=epoch,
            val_accuracy=measured.accuracy,
            val_loss=measured.loss,
        )
        is_best = best.offer(course, measured, meta, folder)
        ended = time.monotonic()
        measuring_s = ended - learned_at
        pace = replace(pace, measuring_s=measuring_s)
        course.observer.epoch(
            EpochMetrics(
                epoch=epoch,
                epochs=config.epochs,
                train_loss=lesson.loss,
                train_accuracy=lesson.accuracy,
                val_loss=measured.loss,
                val_accuracy=measured.accuracy,
                lrs=lesson.lrs,
                images_per_s=lesson.images_per_s,
                seconds=ended - started,
                seconds_left=pace.seconds_left(pace.steps_per_epoch, learned_at - started),
                is_best=is_best,
            )
        )


def _learn(course: Course, pace: Pace) -> Lesson:
    config = course.config
    frozen = course.frozen(pace.epoch)
    parts = batches(len(course.train), config.batch_size, course.generator)
    set_learning(
        course.network,
        course.start.parts.stage_of,
        frozen=frozen,
        has_statistics=min(map(len, parts)) > 1,
    )
    stepper = Stepper(
        optimizer=course.optimizer,
        schedule=config.schedule,
        base_lrs=course.base_lrs,
        learning_groups=1 + course.stages - frozen,
    )
    return learn(
        train_task(course, pace.epoch),
        parts,
        stepper=stepper,
        pace=pace,
        observer=course.observer,
    )
