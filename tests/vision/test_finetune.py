"""The training loop, on small photos and a small network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Schedule
from dragon_app.core.errors import InvalidConfigError, NotEnoughImagesError
from dragon_app.core.ports import Pixels
from dragon_app.core.training import (
    EpochMetrics,
    Phase,
    StepMetrics,
    TrainingEvent,
    TrainingPhotos,
)
from dragon_app.imaging.decode import decode_file
from dragon_app.vision import checkpoint
from dragon_app.vision import photos as photos_module
from dragon_app.vision.predictor import load_predictor
from tests.vision.training import train, weights

MakePhotos = Callable[..., TrainingPhotos]


def _count_decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    decoded: list[Path] = []

    def counted(path: Path, *, shortest_px: int | None = None) -> Pixels:
        decoded.append(path)
        return decode_file(path, shortest_px=shortest_px)

    monkeypatch.setattr(photos_module, "decode_file", counted)
    return decoded


def test_the_loss_falls_and_colours_are_told_apart(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    config = replace(small, epochs=6, head_lr=2e-3, augment=Augment.LIGHT)
    result = train(config, make_photos(), tmp_path / "run", events=events)
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
    first = weights(train(config, photos, tmp_path / "a"))
    torch.rand(1)  # what others draw makes no difference
    again = weights(train(config, photos, tmp_path / "b"))
    other = weights(train(replace(config, seed=1), photos, tmp_path / "c"))
    assert all(tensor.equal(again[name]) for name, tensor in first.items())
    assert not all(tensor.equal(other[name]) for name, tensor in first.items())


def test_training_leaves_torchs_own_random_numbers_as_they_were(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    before = torch.get_rng_state()
    train(replace(small, epochs=1), make_photos(), tmp_path / "run")
    assert torch.get_rng_state().equal(before)


def test_a_frozen_backbone_is_looked_through_once_and_stays(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = _count_decoded(monkeypatch)
    config = replace(small, epochs=3, freeze=Freeze.BACKBONE)
    first = train(config, make_photos(), tmp_path / "a" / "run")
    assert len(decoded) == 12 + 6
    longer = train(replace(config, epochs=5), make_photos(), tmp_path / "b" / "run")
    bodies = [
        {name: tensor for name, tensor in weights(each).items() if name.startswith("body.")}
        for each in (first, longer)
    ]
    assert all(tensor.equal(bodies[1][name]) for name, tensor in bodies[0].items())


def test_cached_features_and_the_whole_network_measure_alike(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos()
    result = train(replace(small, freeze=Freeze.BACKBONE, epochs=3), photos, tmp_path / "run")
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
    train(config, make_photos(), tmp_path / "run", events=events)
    lrs = [event.lrs for event in events if isinstance(event, EpochMetrics)]
    assert lrs == [(0.01, 0.0, 0.0), (0.01, 0.005, 0.0025)]


def test_one_checkpoint_is_kept_that_of_the_best_epoch(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    result = train(replace(small, epochs=4), make_photos(), tmp_path / "run", events=events)
    assert list((tmp_path / "run").glob("best-*")) == [result.checkpoint]
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
    train(replace(small, freeze=Freeze.BACKBONE), make_photos(), tmp_path / "run", events=events)
    words = [event.words for event in events if isinstance(event, Phase)]
    assert list(dict.fromkeys(words)) == [
        "Starting from none (random)",
        "Looking at photos",
    ]
    epochs = [event for event in events if isinstance(event, EpochMetrics)]
    assert [epoch.epoch for epoch in epochs] == [1, 2]
    assert epochs[-1].seconds_left == 0
    first, second = epochs
    assert first.seconds < first.elapsed_s, "the look at the photos counts"
    assert first.elapsed_s + second.seconds <= second.elapsed_s


@pytest.mark.parametrize("batch_size", [1, 4, 13])
def test_a_last_photo_alone_does_no_harm(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, batch_size: int
) -> None:
    config = replace(small, epochs=1, batch_size=batch_size)
    result = train(config, make_photos((7, 6), (1, 1)), tmp_path / "run")
    assert result.epochs_done == 1


def test_classes_may_lack_photos_in_one_part(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos((4, 4, 0), (2, 0, 1))
    result = train(replace(small, epochs=1), photos, tmp_path / "run")
    assert [sum(row) for row in result.val_confusion] == [2, 0, 1]


def test_without_photos_to_measure_on_training_does_not_start(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    with pytest.raises(NotEnoughImagesError):
        train(small, make_photos((4, 4), (0, 0)), tmp_path / "run")


def test_more_frozen_stages_than_there_are_is_told_before_photos_are_read(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    with pytest.raises(InvalidConfigError, match="this backbone has 4"):
        train(replace(small, freeze=9), make_photos(), tmp_path / "run", events=events)
    assert not [event for event in events if isinstance(event, StepMetrics)]
    assert "Looking at photos" not in {e.words for e in events if isinstance(e, Phase)}


def test_the_starter_learns_two_colours_at_a_glance(
    make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = FinetuneConfig(epochs=5, image_size_px=64, device="cpu")
    result = train(config, make_photos(), tmp_path / "run")
    assert result.weights == "starter (regnet_y_400mf, 112 px)"
    assert result.val_accuracy == 1
