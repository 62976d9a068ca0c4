"""How a run ends that cannot go on: stopped, no numbers, a full disk, a full memory."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from dragon_app.core.config import FinetuneConfig, Freeze, Optimizer, Schedule
from dragon_app.core.errors import TrainingError, WorkspaceError
from dragon_app.core.training import (
    CacheFolder,
    EpochMetrics,
    FinetuneResult,
    RunFolders,
    SavedStanding,
    TrainingEvent,
    TrainingPhotos,
    Trouble,
)
from dragon_app.imaging.decode import decode_file
from dragon_app.vision import checkpoint, keeping, learning, setting_out, standing
from dragon_app.vision.backbone import Head
from dragon_app.vision.finetune import finetune
from dragon_app.vision.measure import Measurement
from dragon_app.vision.predictor import load_predictor
from tests.vision.training import train, weights

MakePhotos = Callable[..., TrainingPhotos]


def _stop_after(calls: int) -> Callable[[], bool]:
    numbers: Iterator[int] = count()
    return lambda: next(numbers) >= calls


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_stopping_before_the_first_epoch_ended_keeps_nothing(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, calls: int
) -> None:
    with pytest.raises(TrainingError, match="before the first epoch ended"):
        train(small, make_photos(), tmp_path / "run", should_stop=_stop_after(calls))
    assert not list((tmp_path / "run").glob("best-*"))


def test_stopping_within_a_later_epoch_keeps_the_best_until_then(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []

    def has_an_epoch() -> bool:
        return any(isinstance(event, EpochMetrics) for event in events)

    result = train(
        replace(small, epochs=50),
        make_photos(),
        tmp_path / "run",
        events=events,
        should_stop=has_an_epoch,
    )
    assert result.was_stopped
    assert result.epochs_done == 1
    assert load_predictor(result.checkpoint, device="cpu").class_names == ("red", "blue")


def test_steps_too_large_end_the_run_and_say_what_to_change(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = replace(
        small,
        backbone="squeezenet1_1",
        image_size_px=32,
        epochs=30,
        head_lr=10,
        optimizer=Optimizer.SGD,
        schedule=Schedule.CONSTANT,
    )
    with pytest.raises(TrainingError, match="Lower the learning rate, for example to 1"):
        train(config, make_photos(), tmp_path / "run")


def test_a_loss_that_is_no_number_stops_within_the_step_and_keeps_the_best_epoch(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    take = learning.Stepper.step

    def step(stepper: learning.Stepper, number: int, pace: learning.Pace) -> tuple[float, ...]:
        steps.append(pace.epoch)
        if steps.count(2) == 1:  # too large a step
            next(iter(stepper.optimizer.param_groups[0]["params"])).data.fill_(math.nan)
        return take(stepper, number, pace)

    monkeypatch.setattr(learning.Stepper, "step", step)
    result = train(replace(small, epochs=5), make_photos(), tmp_path / "run")
    assert steps.count(2) == 1
    assert "The loss became nan in epoch 2" in result.reason
    assert "Lower the learning rate" in result.reason
    assert (result.epochs_done, result.best_epoch, result.was_stopped) == (1, 1, False)
    predictor = load_predictor(result.checkpoint, device="cpu")
    pixels = [decode_file(p.path) for p in make_photos().val]
    assert np.isfinite(predictor.probabilities(pixels)).all()


def test_a_disk_that_is_full_in_the_end_leaves_the_epoch_saved_before(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = checkpoint.save

    def once(state: dict[str, Tensor], meta: checkpoint.Meta, folder: Path, name: str) -> Path:
        if any(folder.glob("best-*")):
            raise TrainingError("The checkpoint could not be saved.")
        return save(state, meta, folder, name)

    monkeypatch.setattr(checkpoint, "save", once)
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr(keeping, "SHARE", 0)
    monkeypatch.setattr(Measurement, "is_better_than", lambda *_: True)
    result = train(small, make_photos(), tmp_path / "run")
    assert (result.best_epoch, result.was_stopped) == (1, False)
    assert result.reason == "The checkpoint could not be saved."
    assert load_predictor(result.checkpoint, device="cpu").class_names == ("red", "blue")


def _fill_memory(monkeypatch: pytest.MonkeyPatch, most: int) -> list[int]:
    """Let batches of more than so many photos find the memory full; return the sizes tried."""
    sizes: list[int] = []
    score = Head.forward

    def forward(head: Head, features: Tensor) -> Tensor:
        sizes.append(len(features))
        if len(features) > most:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")
        return score(head, features)

    monkeypatch.setattr(Head, "forward", forward)
    return sizes


def test_full_memory_halves_the_batch_and_the_run_ends_nearly_the_same(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(small, freeze=Freeze.BACKBONE, epochs=3, batch_size=5)
    whole = train(config, make_photos(), tmp_path / "a" / "run")
    sizes = _fill_memory(monkeypatch, most=2)
    halved = train(config, make_photos(), tmp_path / "b" / "run")
    assert set(sizes[-20:]) == {1, 2}  # unequal portions of a batch count by their photos
    before, after = weights(whole), weights(halved)
    for name in ("head.linear.weight", "head.linear.bias"):
        torch.testing.assert_close(after[name], before[name], rtol=1e-3, atol=1e-5)


def test_memory_that_is_full_before_training_says_what_to_change(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(*_: object) -> None:
        raise RuntimeError("MPS backend out of memory (MPS allocated: 18.1 GB)")

    monkeypatch.setattr(setting_out, "prepare", prepare)
    with pytest.raises(TrainingError, match="Choose a smaller batch size"):
        train(small, make_photos(), tmp_path / "run")


def test_memory_that_stays_full_says_what_to_change(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill_memory(monkeypatch, most=0)
    config = small
    with pytest.raises(TrainingError, match="Choose a smaller batch size"):
        train(config, make_photos(), tmp_path / "run")


def test_a_run_ends_when_it_gets_no_better_and_keeps_the_best(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Measurement, "is_better_than", lambda _, other: other is None)
    events: list[TrainingEvent] = []
    config = replace(small, epochs=30, patience=2, unfreeze_after=1)
    result = train(config, make_photos(), tmp_path / "run", events=events)
    assert (result.epochs_done, result.best_epoch, result.was_stopped) == (3, 1, False)
    assert result.enough == "Stopped after epoch 3: no better for 2 epochs; epoch 1 is kept."
    assert result.reason == ""
    assert [e.epoch for e in events if isinstance(e, EpochMetrics)] == [1, 2, 3]


def test_a_run_ends_when_it_is_good_enough(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = replace(small, epochs=30, good_enough=0.01)
    result = train(config, make_photos(), tmp_path / "run")
    assert result.epochs_done == 1
    assert "is good enough; epoch 1 is kept." in result.enough


def test_a_save_that_a_full_disk_refuses_is_said_and_tried_again(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once such a save, made now and then, ended the training."""
    save, refused = standing.save, iter([True, True])

    def full_at_first(what: standing.Standing, path: Path) -> str:
        if next(refused, False):
            raise TrainingError("The disk is full.")
        return save(what, path)

    events: list[TrainingEvent] = []
    monkeypatch.setattr(standing, "save", full_at_first)
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr(keeping, "SHARE", 0)
    result = train(replace(small, epochs=4), make_photos(), tmp_path / "run", events=events)
    assert (result.epochs_done, result.reason) == (4, "")
    troubles = [event.words for event in events if isinstance(event, Trouble)]
    assert len(troubles) == 3
    assert troubles[0].startswith("The disk is full. The training goes on and tries again")
    assert troubles[-1] == ""
    assert any(isinstance(event, SavedStanding) for event in events)


def test_what_cannot_be_told_leaves_no_file_and_is_told_later(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[FinetuneResult | SavedStanding] = []
    refusing = iter([True] * 3)

    def report(event: TrainingEvent) -> None:
        if isinstance(event, FinetuneResult | SavedStanding):
            if next(refusing, False):
                raise WorkspaceError("The disk is full.")
            told.append(event)

    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr(keeping, "SHARE", 0)
    folders = RunFolders(checkpoints=tmp_path / "run", cache=CacheFolder(path=tmp_path / "cache"))
    result = finetune(
        replace(small, epochs=4), make_photos(), folders, report=report, should_stop=lambda: False
    )
    files = {event.file for event in told if isinstance(event, SavedStanding)}
    best = [event.checkpoint for event in told if isinstance(event, FinetuneResult)]
    assert set((tmp_path / "run").glob("standing-*")) == files
    assert best[-1] == result.checkpoint
    assert result.reason == ""
