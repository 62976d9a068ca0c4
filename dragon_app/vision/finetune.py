"""A run from its settings to its best checkpoint. Knows tensors; no threads, tables or widgets."""

import time
from dataclasses import replace

import torch

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.errors import NotEnoughImagesError, NothingKeptError, TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import FinetuneResult, RunFolders, TrainingPhotos
from dragon_app.features.store import FeatureStore
from dragon_app.vision.best import Best
from dragon_app.vision.course import Course
from dragon_app.vision.devices import choose_device
from dragon_app.vision.epochs import Epochs, make_stepper
from dragon_app.vision.keeping import Keeper, told_best
from dragon_app.vision.learning import Place
from dragon_app.vision.memory import full_memory_told
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.prefix import look, settle_head
from dragon_app.vision.resuming import best_again, set_going
from dragon_app.vision.setting_out import set_out
from dragon_app.vision.standing import Standing, load


def finetune(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    folders: RunFolders,
    *,
    report: Report,
    should_stop: ShouldStop,
) -> FinetuneResult:
    """Train, keeping the best checkpoint in its folder; report from the calling thread.

    Repeats exactly on the CPU for the same settings, photos and number of threads, also where it
    goes on from a standing, which a run that takes steps saves now and then, when it is stopped,
    and at its end. With more epochs than its standing was planned for, it is as if it had been
    planned for so many all along, from there on.

    A run that cannot go on gives the best epoch until then and the reason; raise `TrainingError`
    when it ended before the first epoch did: there is nothing to answer with. `NothingKeptError`
    tells that it only did as it was asked to.
    """
    if not photos.train or not photos.val:
        raise NotEnoughImagesError("Training needs photos to learn from and photos to measure on.")
    standing = None if folders.standing is None else load(folders.standing)
    device = choose_device(config.device)
    observer = Observer(report, should_stop)
    gpus = [device] if device.type == "cuda" else []
    with FeatureStore(folders.cache) as store, torch.random.fork_rng(devices=gpus):
        torch.manual_seed(config.seed)  # dropout draws from torch's own generator
        try:
            with full_memory_told(device):
                course = set_out(config, photos, store, observer=observer, standing=standing)
            best = Best(
                course.network,
                changing=_changing(course),
                folder=folders.checkpoints,
                saved=None if standing is None else best_again(standing, folders.checkpoints),
            )
        except StoppedError as error:
            raise _nothing_kept() from error
        best.epochs_done = course.plan.begins - 1
        began = time.monotonic() - (0.0 if standing is None else standing.place.elapsed_s)
        epochs = Epochs(course, photos, best, began)
        was_stopped, reason = _end(epochs, standing, folders)
    try:
        best.keep()
    except TrainingError as error:  # an earlier epoch may be on the disk
        was_stopped, reason = False, str(error)
    result = told_best(course, best)
    if result is None:
        raise TrainingError(reason) if reason else _nothing_kept()
    return replace(result, was_stopped=was_stopped, reason=reason, enough=epochs.enough)


def _nothing_kept() -> NothingKeptError:
    return NothingKeptError("Training was stopped before the first epoch ended: nothing was kept.")


def _changing(course: Course) -> set[str]:
    """Return the names, in the network's state, of everything that some epoch may change."""
    frozen, stage_of = course.plan.finally_frozen, course.start.parts.stage_of
    still = {name for name, stage in stage_of.items() if stage <= frozen}
    return {
        name
        for name in course.network.state_dict()
        if name.removeprefix("body.").rpartition(".")[0] not in still or name.startswith("head.")
    }


def _end(epochs: Epochs, standing: Standing | None, folders: RunFolders) -> tuple[bool, str]:
    """Run to the end; return whether it was stopped, and why it could not go on."""
    try:
        with full_memory_told(epochs.course.device):
            _run(epochs, standing, folders)
    except StoppedError:
        return True, ""
    except TrainingError as error:
        return False, str(error)
    return False, ""


def _run(epochs: Epochs, standing: Standing | None, folders: RunFolders) -> None:
    course = epochs.course
    look(course)
    if standing is None:
        settle_head(course)
    if course.config.optimizer is Optimizer.EXACT:
        epochs.compute()
        return
    stepper = make_stepper(course)
    place = Place() if standing is None else standing.place
    if standing is not None:
        set_going(standing, course, stepper)
    keeper = Keeper(course, stepper, epochs.best, folder=folders.checkpoints, place=place)
    epochs.learn(stepper, keeper)
