"""The epochs of a run, each a pass over the training photos and a measurement. Knows no file."""

import logging
import time
from contextlib import closing
from dataclasses import dataclass, replace

from dragon_app.core.enough import reason_to_end
from dragon_app.core.errors import TrainingError
from dragon_app.core.training import EpochMetrics, TrainingPhotos
from dragon_app.vision import checkpoint
from dragon_app.vision.arithmetic import gradient_scaler
from dragon_app.vision.best import Best
from dragon_app.vision.course import Course
from dragon_app.vision.exact import compute_head
from dragon_app.vision.freezing import set_learning
from dragon_app.vision.keeping import Keeper
from dragon_app.vision.learning import Lesson, Pace, Place, Stepper, batches, check_loss, learn
from dragon_app.vision.measure import measure
from dragon_app.vision.observer import StoppedError
from dragon_app.vision.setting_out import make_optimizer

TOLD_PHOTOS = 512  # at most, whose loss and accuracy stand for all where steps see mixed ones

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Epochs:
    """The epochs of a run, to their end or to a stop."""

    course: Course
    photos: TrainingPhotos
    best: Best
    began: float  # by time.monotonic(), as if there had been no pause
    enough: str = ""  # why it ended before its last epoch

    def compute(self) -> None:
        """Go through the one epoch of a run whose last layer is computed."""
        started = time.monotonic()
        lesson = compute_head(self.course)
        self._measure(self._pace(1, 0.0), lesson, started, time.monotonic())

    def learn(self, stepper: Stepper, keeper: Keeper) -> None:
        """Go through the epochs that are left; where it is stopped, save where it stands."""
        try:
            self._learn(stepper, keeper)
        except StoppedError:
            keeper.keep()
            raise
        keeper.keep_best()
        try:
            keeper.keep()
        except TrainingError as error:  # over and saved: it cannot be trained longer, that is all
            _LOG.warning("%s", error)

    def _learn(self, stepper: Stepper, keeper: Keeper) -> None:
        course, place = self.course, keeper.place
        measuring_s = 0.0
        for epoch in course.plan.epochs():
            started = time.monotonic() - place.tally.seconds
            pace = self._pace(epoch, measuring_s)
            lesson = self._take_steps(stepper, pace, keeper)
            measuring_s = self._measure(pace, lesson, started, time.monotonic())
            place = Place(epoch=epoch + 1, elapsed_s=time.monotonic() - self.began)
            keeper.place = place
            if self.enough:
                return  # before it is saved: cut off just now, it has to end here all the same
            keeper.keep_if_due()

    def _pace(self, epoch: int, measuring_s: float) -> Pace:
        course = self.course
        epochs = course.config.epochs
        return Pace(
            epoch=epoch,
            epochs=epochs,
            steps_per_epoch=_steps(course),
            measuring_s=measuring_s,
            is_like_the_rest=course.plan.frozen(epoch) == course.plan.frozen(epochs),
        )

    def _take_steps(self, stepper: Stepper, pace: Pace, keeper: Keeper) -> Lesson:
        course, place = self.course, keeper.place
        frozen = course.plan.frozen(pace.epoch)
        if not place.parts:
            drawn = course.objective.draw(course.train.targets, course.generator)
            place.parts = batches(drawn, course.config.batch_size)
        set_learning(
            course.network,
            course.start.parts.stage_of,
            frozen=frozen,
            has_statistics=min(map(len, place.parts)) > 1,
        )
        task = course.task("train", pace.epoch)
        stepper = replace(stepper, learning_groups=1 + course.plan.stages - frozen)
        steps = learn(task, place, stepper=stepper, pace=pace, observer=course.observer)
        with closing(steps):
            for _ in steps:
                place.elapsed_s = time.monotonic() - self.began
                keeper.keep_if_due()
        return place.tally.lesson()

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
            config,
            epoch=pace.epoch,
            best_epoch=self.best.epoch,
            share=measured.share,
            begins=course.plan.begins,
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


def make_stepper(course: Course) -> Stepper:
    """Return what takes the run's steps, before its first."""
    optimizer = make_optimizer(course)
    return Stepper(
        objective=course.objective,
        optimizer=optimizer,
        scaler=gradient_scaler(course.arithmetic, course.device),
        schedule=course.config.schedule,
        base_lrs=tuple(float(group["lr"]) for group in optimizer.param_groups),
        learning_groups=len(optimizer.param_groups),
    )


def _steps(course: Course) -> int:
    return len(batches(range(len(course.train)), course.config.batch_size))
