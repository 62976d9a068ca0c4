"""A run from its settings to its best checkpoint. Knows tensors; no threads, tables or widgets."""

import time
from dataclasses import dataclass, replace

import torch

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.enough import reason_to_end
from dragon_app.core.errors import NotEnoughImagesError, TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    RunFolders,
    TrainingPhotos,
)
from dragon_app.features.store import FeatureStore
from dragon_app.vision import checkpoint
from dragon_app.vision.arithmetic import gradient_scaler
from dragon_app.vision.best import Best
from dragon_app.vision.course import Course
from dragon_app.vision.devices import choose_device
from dragon_app.vision.exact import compute_head
from dragon_app.vision.freezing import set_learning
from dragon_app.vision.learning import Lesson, Pace, Stepper, batches, check_loss, learn
from dragon_app.vision.measure import measure
from dragon_app.vision.memory import full_memory_told
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.prefix import look, settle_head
from dragon_app.vision.setting_out import make_optimizer, set_out

TOLD_PHOTOS = 512  # at most, whose loss and accuracy stand for all where steps see mixed ones


def finetune(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    folders: RunFolders,
    *,
    report: Report,
    should_stop: ShouldStop,
) -> FinetuneResult:
    """Train, keeping the best checkpoint in its folder; report from the calling thread.

    Repeats exactly on the CPU for the same settings, photos and number of threads. A run that
    cannot go on gives the best epoch until then and the reason; raise `TrainingError` when it
    ended before the first epoch did: there is nothing to keep.
    """
    if not photos.train or not photos.val:
        raise NotEnoughImagesError("Training needs photos to learn from and photos to measure on.")
    device = choose_device(config.device)
    observer = Observer(report, should_stop)
    gpus = [device] if device.type == "cuda" else []
    with FeatureStore(folders.cache) as store, torch.random.fork_rng(devices=gpus):
        torch.manual_seed(config.seed)  # dropout draws from torch's own generator
        try:
            with full_memory_told(device):
                course = set_out(config, photos, store, device=device, observer=observer)
            best = Best(course.network, changing=_changing(course), folder=folders.checkpoints)
        except StoppedError as error:
            raise _nothing_kept() from error
        run = _Run(course, photos, best, time.monotonic())
        was_stopped, reason = _end(run)
    try:
        best.keep()
    except TrainingError as error:  # an earlier epoch may be on the disk
        was_stopped, reason = False, str(error)
    if best.saved is None:
        raise TrainingError(reason) if reason else _nothing_kept()
    measured = best.saved.measured
    return FinetuneResult(
        epochs_done=best.epochs_done,
        best_epoch=best.saved.epoch,
        val_accuracy=measured.accuracy,
        val_loss=measured.loss,
        val_confusion=measured.confusion,
        val_probabilities=measured.probabilities,
        weights=course.start.words,
        config=course.config,
        was_stopped=was_stopped,
        reason=reason,
        enough=run.enough,
        checkpoint=best.saved.path,
        digest=checkpoint.digest(best.saved.path),
    )


def _nothing_kept() -> TrainingError:
    return TrainingError("Training was stopped before the first epoch ended: nothing was kept.")


def _changing(course: Course) -> set[str]:
    """Return the names, in the network's state, of everything that some epoch may change."""
    frozen, stage_of = course.plan.finally_frozen, course.start.parts.stage_of
    still = {name for name, stage in stage_of.items() if stage <= frozen}
    return {
        name
        for name in course.network.state_dict()
        if name.removeprefix("body.").rpartition(".")[0] not in still or name.startswith("head.")
    }


def _end(run: "_Run") -> tuple[bool, str]:
    """Run to the end; return whether it was stopped, and why it could not go on."""
    try:
        with full_memory_told(run.course.device):
            look(run.course)
            settle_head(run.course)
            run.epochs()
    except StoppedError:
        return True, ""
    except TrainingError as error:
        return False, str(error)
    return False, ""


@dataclass(slots=True)
class _Run:
    """The epochs of a run."""

    course: Course
    photos: TrainingPhotos
    best: Best
    began: float
    enough: str = ""  # why it ended before its last epoch

    def epochs(self) -> None:
        course, config = self.course, self.course.config
        stepper = None if config.optimizer is Optimizer.EXACT else _stepper(course)
        measuring_s = 0.0
        for epoch in range(1, config.epochs + 1):
            started = time.monotonic()
            pace = Pace(
                epoch=epoch,
                epochs=config.epochs,
                steps_per_epoch=_steps(course),
                measuring_s=measuring_s,
                is_like_the_rest=course.plan.frozen(epoch) == course.plan.frozen(config.epochs),
            )
            lesson = compute_head(course) if stepper is None else _learn(course, stepper, pace)
            learned_at = time.monotonic()
            measuring_s = self._measure(pace, lesson, started, learned_at)
            if self.enough:
                break

    def _measure(self, pace: Pace, lesson: Lesson, started: float, learned_at: float) -> float:
        """Measure after an epoch, keep the best, report; return the seconds that it took."""
        course, config = self.course, self.course.config
        course.network.eval()
        classes = len(self.photos.class_names)
        if course.objective.mixup:
            lesson = _unmixed(course, lesson, epoch=pace.epoch, classes=classes)
        measured = measure(
            course.task("val", pace.epoch),
            classes=classes,
            observer=course.observer,
            is_balanced=course.objective.is_balanced,
        )
        check_loss(measured.loss, epoch=pace.epoch, lr=config.head_lr)
        meta = checkpoint.Meta(
            backbone=config.backbone,
            class_names=self.photos.class_names,
            transform=course.start.transform,
            config=config,
            weights=course.start.words,
            snapshot_digest=self.photos.snapshot_digest,
            epoch=pace.epoch,
            val_accuracy=measured.accuracy,
            val_loss=measured.loss,
        )
        is_best = self.best.offer(measured, meta)
        self.enough = reason_to_end(
            config, epoch=pace.epoch, best_epoch=self.best.epoch, share=measured.share
        )
        ended = time.monotonic()
        pace = replace(pace, measuring_s=ended - learned_at)
        course.observer.epoch(
            EpochMetrics(
                epoch=pace.epoch,
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
                elapsed_s=ended - self.began,
            )
        )
        return pace.measuring_s


def _unmixed(course: Course, lesson: Lesson, *, epoch: int, classes: int) -> Lesson:
    """Tell loss and accuracy of training photos as they are: mixed ones have no right answer."""
    count = len(course.train)
    some = range(0, count, -(-count // TOLD_PHOTOS))
    task = course.task("train", epoch)
    found = measure(task, classes=classes, observer=course.observer, indices=some)
    return replace(lesson, loss=found.loss, accuracy=found.accuracy)


def _steps(course: Course) -> int:
    return len(batches(range(len(course.train)), course.config.batch_size))


def _stepper(course: Course) -> Stepper:
    optimizer = make_optimizer(course)
    return Stepper(
        objective=course.objective,
        optimizer=optimizer,
        scaler=gradient_scaler(course.arithmetic, course.device),
        schedule=course.config.schedule,
        base_lrs=tuple(float(group["lr"]) for group in optimizer.param_groups),
        learning_groups=len(optimizer.param_groups),
    )


def _learn(course: Course, stepper: Stepper, pace: Pace) -> Lesson:
    frozen = course.plan.frozen(pace.epoch)
    drawn = course.objective.draw(course.train.targets, course.generator)
    parts = batches(drawn, course.config.batch_size)
    set_learning(
        course.network,
        course.start.parts.stage_of,
        frozen=frozen,
        has_statistics=min(map(len, parts)) > 1,
    )
    return learn(
        course.task("train", pace.epoch),
        parts,
        stepper=replace(stepper, learning_groups=1 + course.plan.stages - frozen),
        pace=pace,
        observer=course.observer,
    )
