"""Runs whose last layer is computed, on small photos and a small network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer
from dragon_app.core.errors import TrainingError
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import (
    EpochMetrics,
    Phase,
    TrainingEvent,
    TrainingPhotos,
)
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.backbone import Network, random_network
from dragon_app.vision.predictor import load_predictor
from tests.vision.training import train

MakePhotos = Callable[..., TrainingPhotos]


@pytest.fixture
def exact(small: FinetuneConfig) -> FinetuneConfig:
    return replace(small, optimizer=Optimizer.EXACT, freeze=Freeze.BACKBONE, epochs=1)


def test_one_epoch_is_measured_and_what_is_done_is_told(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    result = train(exact, make_photos(), tmp_path / "run", events=events)
    words = [event.words for event in events if isinstance(event, Phase)]
    assert words.index("Looking at photos") < words.index("Finding the best last layer")
    (epoch,) = (event for event in events if isinstance(event, EpochMetrics))
    assert (epoch.epoch, epoch.epochs, epoch.lrs, epoch.seconds_left) == (1, 1, (), 0)
    assert (result.epochs_done, result.best_epoch) == (1, 1)


def test_a_quick_look_with_the_starter_tells_two_colours_apart(
    make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = replace(PRESETS[Preset.QUICK], image_size_px=64, device="cpu")
    result = train(config, make_photos(), tmp_path / "run")
    assert result.val_accuracy == 1


def test_the_checkpoint_answers_as_it_was_measured(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos((6, 6, 6), (3, 3, 3))
    events: list[TrainingEvent] = []
    result = train(exact, photos, tmp_path / "run", events=events)
    (epoch,) = (event for event in events if isinstance(event, EpochMetrics))
    predictor = load_predictor(result.checkpoint, device="cpu")
    for part, loss in ((photos.train, epoch.train_loss), (photos.val, epoch.val_loss)):
        pixels = [decode_file(p.path, shortest_px=predictor.decode_px) for p in part]
        rows = predictor.probabilities(pixels)
        chosen = rows[np.arange(len(part)), [photo.target for photo in part]]
        assert -np.log(chosen).mean() == pytest.approx(loss, abs=1e-3)


@pytest.mark.parametrize("augment", [Augment.OFF, Augment.STRONG])
def test_the_same_settings_give_the_same_head(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, augment: Augment
) -> None:
    config = replace(exact, augment=augment)
    first, again = (
        load_file(train(config, make_photos(), tmp_path / name).checkpoint / "model.safetensors")
        for name in ("a", "b")
    )
    assert all(tensor.equal(again[name]) for name, tensor in first.items())


def test_varied_photos_are_learned_from_as_well(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    config = replace(exact, augment=Augment.LIGHT)
    result = train(config, make_photos(), tmp_path / "run", events=events)
    plain = train(exact, make_photos(), tmp_path / "plain")
    looks = [e for e in events if isinstance(e, Phase) and e.words == "Looking at photos"]
    assert looks[-1].done == looks[-1].total
    heads = [load_file(r.checkpoint / "model.safetensors")["head.mean"] for r in (result, plain)]
    assert not torch.allclose(heads[0], heads[1])


def test_a_class_may_lack_photos_to_learn_from(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    result = train(exact, make_photos((4, 4, 0), (2, 0, 1)), tmp_path / "run")
    assert [sum(row) for row in result.val_confusion] == [2, 0, 1]


def _broken(name: str, **options: Any) -> Network:
    network = random_network(name, **options)
    nn.init.constant_(next(network.body.parameters()), torch.nan)
    return network


def test_a_backbone_whose_answers_are_no_numbers_is_told_in_words(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragon_app.vision.start.random_network", _broken)
    with pytest.raises(TrainingError, match="Choose other starting weights"):
        train(exact, make_photos(), tmp_path / "run")


def test_stopped_before_the_head_was_found_nothing_is_kept(
    exact: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []

    def is_solving() -> bool:
        return Phase(words="Finding the best last layer") in events

    with pytest.raises(TrainingError, match="before the first epoch ended"):
        train(exact, make_photos(), tmp_path / "run", events=events, should_stop=is_solving)
    assert not (tmp_path / "run").exists()
