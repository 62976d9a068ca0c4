"""Saving where a run stands, so that `resuming` can set it going again. Knows no file's format.

Between two steps, and while an epoch is measured, everything that the next step depends on is in
the network, the optimizer, the generators and the place: that is what is kept.
"""

import logging
import os
import time
from pathlib import Path

import torch
from torch import Tensor

from dragon_app.core.errors import DragonError
from dragon_app.core.training import FinetuneResult, SavedStanding
from dragon_app.vision import checkpoint
from dragon_app.vision import standing as files
from dragon_app.vision.best import Best
from dragon_app.vision.course import Course
from dragon_app.vision.learning import Place, Stepper
from dragon_app.vision.standing import BestThen, Standing, States

EVERY_S = 20.0  # the most that a crash costs, unless saving is slow
MOST_S = 50.0  # whatever it takes
SHARE = 20  # saving takes at most one part in so many of the time

_LOG = logging.getLogger(__name__)

ORDER, TORCH = "order", "torch"  # whose random numbers; an accelerator's are under its name


class Keeper:
    """Keeps a run's best epoch and where it stands, now and then and when asked.

    `place` moves with the run. What was saved is told; what was told is never deleted.
    """

    def __init__(
        self, course: Course, stepper: Stepper, best: Best, *, folder: Path, place: Place
    ) -> None:
        self.place = place
        self._course = course
        self._stepper = stepper
        self._best = best
        self._folder = folder
        self._due_at = time.monotonic() + EVERY_S
        self._kept_at = _at(place)
        self._told = None if best.saved is None else best.saved.path  # in an earlier sitting
        self._is_in_trouble = False

    def keep_if_due(self) -> None:
        """Keep everything when that was long ago.

        A disk that refuses ends nothing: it is said, and tried again.
        """
        if time.monotonic() < self._due_at:
            return
        try:
            self.keep()
        except DragonError as error:  # the files' or the rows' disk
            _LOG.warning("a run could not be saved and goes on: %s", error)
            self._due_at = time.monotonic() + EVERY_S
            self._is_in_trouble = True
            self._course.observer.trouble(f"{error} {_GOES_ON}")
        else:
            if self._is_in_trouble:
                self._is_in_trouble = False
                self._course.observer.trouble("")

    def keep(self) -> None:
        """Save the best epoch, then the standing, unless nothing was done since the last one.

        Raise `TrainingError` when the disk refuses, `WorkspaceError` when it cannot be told.
        """
        started = time.monotonic()
        self.keep_best()
        place = self.place
        if _at(place) == self._kept_at:
            return
        # A name that no other has: whoever knows the digest of a file finds that file or none.
        own = f"standing-{place.epoch:04d}-{place.tally.steps:06d}-{os.urandom(4).hex()}"
        file = self._folder / f"{own}.safetensors"
        digest = files.save(self._standing(), file)
        saved = self._best.saved
        told = SavedStanding(
            file=file,
            digest=digest,
            epoch=place.epoch,
            steps=place.tally.steps,
            best=None if saved is None else saved.path,
        )
        try:
            self._course.observer.kept(told)
        except DragonError:
            file.unlink(missing_ok=True)  # nobody knows of it, and each try would leave one
            raise
        self._kept_at = _at(place)
        ended = time.monotonic()
        self._due_at = ended + min(MOST_S, max(EVERY_S, SHARE * (ended - started)))

    def keep_best(self) -> None:
        """Save the best epoch alone, unless it is on the disk, and tell it, unless it was told."""
        self._best.keep()
        saved = self._best.saved
        if saved is not None and saved.path != self._told:
            result = told_best(self._course, self._best)
            if result is not None:
                self._course.observer.kept(result)
                self._told = saved.path

    def _standing(self) -> Standing:
        course, saved = self._course, self._best.saved
        return Standing(
            place=self.place,
            best=None
            if saved is None
            else BestThen(
                folder=saved.path.name,
                epoch=saved.epoch,
                loss=saved.measured.loss,
                confusion=saved.measured.confusion,
                is_balanced=saved.measured.is_balanced,
            ),
            network=course.network.state_dict(),
            optimizer=_tensors(self._stepper.optimizer),
            scaler=self._stepper.scaler.state_dict(),
            random=_random_states(course.generator, course.device),
            transform=course.start.transform,
            weights=course.start.words,
            weights_digest=course.start.weights_digest,
            arithmetic=course.arithmetic,
            halvings=course.portions.halvings,
        )


_GOES_ON = "The training goes on and tries again; closed now, it would lose what it learned since."


def _at(place: Place) -> tuple[int, int]:
    return place.epoch, place.tally.steps


def told_best(course: Course, best: Best) -> FinetuneResult | None:
    """Return how the run would end with what is on the disk; None where nothing is."""
    saved = best.saved
    if saved is None:
        return None
    return FinetuneResult(
        epochs_done=best.epochs_done,
        best_epoch=saved.epoch,
        val_accuracy=saved.measured.accuracy,
        val_loss=saved.measured.loss,
        val_confusion=saved.measured.confusion,
        val_probabilities=saved.measured.probabilities,
        weights=course.start.words,
        config=course.config,
        was_stopped=False,
        checkpoint=saved.path,
        digest=checkpoint.digest(saved.path),
    )


def _random_states(order: torch.Generator, device: torch.device) -> dict[str, Tensor]:
    states = {ORDER: order.get_state(), TORCH: torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def _tensors(optimizer: torch.optim.Optimizer) -> States:
    """Return the optimizer's own tensors; its rates and the like follow from the settings."""
    states: dict[int, dict[str, Tensor | None]] = optimizer.state_dict()["state"]
    return {
        number: {name: tensor for name, tensor in state.items() if tensor is not None}
        for number, state in states.items()
    }
