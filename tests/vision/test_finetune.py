"""The training loop, on small photos and a small network."""

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
from dragon_app.vision import checkpoint, learning
from dragon_app.vision.finetune import finetune
from dragon_app.vision.photos import CompactPhotos
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
    reads: list[int] = []
    batch = CompactPhotos.batch

    def counted(photos: CompactPhotos, indices: list[int]) -> list[Tensor]:
        reads.extend(indices)
        return batch(photos, indices)

    monkeypatch.setattr(CompactPhotos, "batch", counted)
    config = replace(small, epochs=3, freeze=Freeze.BACKBONE)
    first = _train(config, make_photos(), tmp_path / "a")
    assert len(reads) == 12 + 6
    longer = _train(replace(config, epochs=5), make_photos(), tmp_path / "b")
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
    assert -np.log(chosen).mean() == pytest.approx(result.val_loss, abs=1e-4)


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
        "Reading photos",
        "Looking at photos",
    ]
    epochs = [event for event in events if isinstance(event, EpochMetrics)]
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert epochs[-1].seconds_left == 0


def _stop_after(calls: int) -> Callable[[], bool]:
    numbers: Iterator[int] = count()
    return lambda: next(numbers) >= calls


@pytest.mark.parametrize("calls", [0, 1, 2, 4])
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


def test_a_checkpoint_from_before_the_loss_was_lost_stays(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(loss: float, *, epoch: int, lr: float) -> None:
        if epoch == 2:
            raise TrainingError("nan")

    monkeypatch.setattr(learning, "check_loss", check)
    with pytest.raises(TrainingError, match="nan"):
        _train(small, make_photos(), tmp_path / "run")
    assert load_predictor(tmp_path / "run" / "best-0001", device="cpu").class_names


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: ...")],
)
def test_full_memory_says_what_to_change(
    small: FinetuneConfig,
    make_photos: MakePhotos,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: RuntimeError,
) -> None:
    def step(*_: object) -> None:
        raise error

    monkeypatch.setattr(learning.Stepper, "step", step)
    with pytest.raises(TrainingError, match="Choose a batch size below 4"):
        _train(small, make_photos(), tmp_path / "run")


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
    assert "Reading photos" not in {e.words for e in events if isinstance(e, Phase)}


def test_the_starter_learns_two_colours_at_a_glance(
    make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = FinetuneConfig(epochs=5, image_size_px=64, device="cpu")
    result = _train(config, make_photos(), tmp_path / "run")
    assert result.weights == "starter (regnet_y_400mf, 128 px)"
    assert result.val_accuracy == 1
