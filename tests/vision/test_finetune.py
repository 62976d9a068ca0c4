"""The training loop, on small photos and a small network."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer, Schedule
from dragon_app.core.errors import InvalidConfigError, NotEnoughImagesError, TrainingError
from dragon_app.core.ports import Pixels
from dragon_app.core.training import (
    CacheFolder,
    EpochMetrics,
    FinetuneResult,
    Phase,
    RunFolders,
    StepMetrics,
    TrainingEvent,
    TrainingPhotos,
)
from dragon_app.imaging.decode import decode_file
from dragon_app.vision import checkpoint, learning, setting_out
from dragon_app.vision import photos as photos_module
from dragon_app.vision.backbone import Head
from dragon_app.vision.finetune import finetune
from dragon_app.vision.predictor import load_predictor

MakePhotos = Callable[..., TrainingPhotos]


def _train(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    folder: Path,
    *,
    events: list[TrainingEvent] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> FinetuneResult:
    told = events if events is not None else []
    return finetune(
        config,
        photos,
        RunFolders(checkpoints=folder, cache=CacheFolder(path=folder.parent / "cache")),
        report=told.append,
        should_stop=should_stop,
    )


def _count_decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    decoded: list[Path] = []

    def counted(path: Path, *, shortest_px: int | None = None) -> Pixels:
        decoded.append(path)
        return decode_file(path, shortest_px=shortest_px)

    monkeypatch.setattr(photos_module, "decode_file", counted)
    return decoded


def _weights(result: FinetuneResult) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = load_file(result.checkpoint / "model.safetensors")
    return tensors


def test_the_loss_falls_and_colours_are_told_apart(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    config = replace(small, epochs=6, augment=Augment.LIGHT)
    result = _train(config, make_photos(), tmp_path / "run", events=events)
    losses = [event.train_loss for event in events if isinstance(event, EpochMetrics)]
    assert losses[-1] < losses[0]
    assert result.epochs_done == 6
    assert sum(map(sum, result.val_confusion)) == 6


@pytest.mark.parametrize("augment", [Augment.OFF, Augment.STRONG])
def test_the_same_seed_gives_the_same_weights(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, augment: Augment
) -> None:
    photos = make_photos()
    config = replace(small, epochs=1, augment=augment)
    first = _weights(_train(config, photos, tmp_path / "a"))
    torch.rand(1)  # what others draw makes no difference
    again = _weights(_train(config, photos, tmp_path / "b"))
    other = _weights(_train(replace(config, seed=1), photos, tmp_path / "c"))
    assert all(tensor.equal(again[name]) for name, tensor in first.items())
    assert not all(tensor.equal(other[name]) for name, tensor in first.items())


def test_training_leaves_torchs_own_random_numbers_as_they_were(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    before = torch.get_rng_state()
    _train(replace(small, epochs=1), make_photos(), tmp_path / "run")
    assert torch.get_rng_state().equal(before)


def test_a_frozen_backbone_is_looked_through_once_and_stays(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = _count_decoded(monkeypatch)
    config = replace(small, epochs=3, freeze=Freeze.BACKBONE)
    first = _train(config, make_photos(), tmp_path / "a" / "run")
    assert len(decoded) == 12 + 6
    longer = _train(replace(config, epochs=5), make_photos(), tmp_path / "b" / "run")
    bodies = [
        {name: tensor for name, tensor in _weights(each).items() if name.startswith("body.")}
        for each in (first, longer)
    ]
    assert all(tensor.equal(bodies[1][name]) for name, tensor in bodies[0].items())


def test_cached_features_and_the_whole_network_measure_alike(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos()
    result = _train(replace(small, freeze=Freeze.BACKBONE, epochs=3), photos, tmp_path / "run")
    predictor = load_predictor(result.checkpoint, device="cpu")
    pixels = [decode_file(p.path, shortest_px=predictor.decode_px) for p in photos.val]
    rows = predictor.probabilities(pixels)
    chosen = rows[np.arange(len(photos.val)), [photo.target for photo in photos.val]]
    assert -np.log(chosen).mean() == pytest.approx(result.val_loss, abs=1e-2)


def test_the_stages_learn_after_the_head_has_learned_alone(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    config = replace(small, freeze=2, unfreeze_after=1, layer_decay=0.5, schedule=Schedule.CONSTANT)
    _train(config, make_photos(), tmp_path / "run", events=events)
    lrs = [event.lrs for event in events if isinstance(event, EpochMetrics)]
    assert lrs == [(0.01, 0.0, 0.0), (0.01, 0.005, 0.0025)]


def test_one_checkpoint_is_kept_that_of_the_best_epoch(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    result = _train(replace(small, epochs=4), make_photos(), tmp_path / "run", events=events)
    assert list((tmp_path / "run").iterdir()) == [result.checkpoint]
    assert result.checkpoint.name == f"best-{result.best_epoch:04d}"
    epochs = [event for event in events if isinstance(event, EpochMetrics)]
    best = max(epochs, key=lambda each: (each.val_accuracy, -each.val_loss))
    assert (result.best_epoch, result.val_loss) == (best.epoch, best.val_loss)
    assert epochs[0].is_best
    _, meta = checkpoint.load(result.checkpoint)
    assert (meta.epoch, meta.snapshot_digest, meta.weights) == (best.epoch, "abc", result.weights)


def test_what_is_being_done_is_told_in_order(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    _train(replace(small, freeze=Freeze.BACKBONE), make_photos(), tmp_path / "run", events=events)
    words = [event.words for event in events if isinstance(event, Phase)]
    assert list(dict.fromkeys(words)) == [
        "Starting from none (random)",
        "Looking at photos",
    ]
    epochs = [event for event in events if isinstance(event, EpochMetrics)]
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert epochs[-1].seconds_left == 0


def _stop_after(calls: int) -> Callable[[], bool]:
    numbers: Iterator[int] = count()
    return lambda: next(numbers) >= calls


@pytest.mark.parametrize("calls", [0, 1, 2, 3])
def test_stopping_before_the_first_epoch_ended_keeps_nothing(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, calls: int
) -> None:
    with pytest.raises(TrainingError, match="before the first epoch ended"):
        _train(small, make_photos(), tmp_path / "run", should_stop=_stop_after(calls))
    assert not (tmp_path / "run").exists()


def test_stopping_within_a_later_epoch_keeps_the_best_until_then(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []

    def has_an_epoch() -> bool:
        return any(isinstance(event, EpochMetrics) for event in events)

    result = _train(
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
        _train(config, make_photos(), tmp_path / "run")


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
    result = _train(replace(small, epochs=5), make_photos(), tmp_path / "run")
    assert steps.count(2) == 1
    assert "The loss became nan in epoch 2" in result.reason
    assert "Lower the learning rate" in result.reason
    assert (result.epochs_done, result.best_epoch, result.was_stopped) == (1, 1, False)
    predictor = load_predictor(result.checkpoint, device="cpu")
    pixels = [decode_file(p.path) for p in make_photos().val]
    assert np.isfinite(predictor.probabilities(pixels)).all()


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
    config = replace(small, freeze=Freeze.BACKBONE, epochs=3)
    whole = _train(config, make_photos(), tmp_path / "a" / "run")
    sizes = _fill_memory(monkeypatch, most=1)
    halved = _train(config, make_photos(), tmp_path / "b" / "run")
    assert set(sizes[-20:]) == {1}
    before, after = _weights(whole), _weights(halved)
    for name in ("head.linear.weight", "head.linear.bias"):
        torch.testing.assert_close(after[name], before[name], rtol=1e-3, atol=1e-5)


def test_memory_that_is_full_before_training_says_what_to_change(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(*_: object) -> None:
        raise RuntimeError("MPS backend out of memory (MPS allocated: 18.1 GB)")

    monkeypatch.setattr(setting_out, "prepare", prepare)
    with pytest.raises(TrainingError, match="Choose a smaller batch size"):
        _train(small, make_photos(), tmp_path / "run")


def test_memory_that_stays_full_says_what_to_change(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill_memory(monkeypatch, most=0)
    config = small
    with pytest.raises(TrainingError, match="Choose a smaller batch size"):
        _train(config, make_photos(), tmp_path / "run")


@pytest.mark.parametrize("batch_size", [1, 4, 13])
def test_a_last_photo_alone_does_no_harm(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, batch_size: int
) -> None:
    config = replace(small, epochs=1, batch_size=batch_size)
    result = _train(config, make_photos((7, 6), (1, 1)), tmp_path / "run")
    assert result.epochs_done == 1


def test_classes_may_lack_photos_in_one_part(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos((4, 4, 0), (2, 0, 1))
    result = _train(replace(small, epochs=1), photos, tmp_path / "run")
    assert [sum(row) for row in result.val_confusion] == [2, 0, 1]


def test_without_photos_to_measure_on_training_does_not_start(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    with pytest.raises(NotEnoughImagesError):
        _train(small, make_photos((4, 4), (0, 0)), tmp_path / "run")


def test_more_frozen_stages_than_there_are_is_told_before_photos_are_read(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    with pytest.raises(InvalidConfigError, match="this backbone has 4"):
        _train(replace(small, freeze=9), make_photos(), tmp_path / "run", events=events)
    assert not [event for event in events if isinstance(event, StepMetrics)]
    assert "Looking at photos" not in {e.words for e in events if isinstance(e, Phase)}


def test_the_starter_learns_two_colours_at_a_glance(
    make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = FinetuneConfig(epochs=5, image_size_px=64, device="cpu")
    result = _train(config, make_photos(), tmp_path / "run")
    assert result.weights == "starter (regnet_y_400mf, 128 px)"
    assert result.val_accuracy == 1
