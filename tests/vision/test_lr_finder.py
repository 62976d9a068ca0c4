"""The range test on small photos, and the rule that reads a curve."""

from collections.abc import Callable
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from dragon_app.core.config import FinetuneConfig, Freeze, Optimizer
from dragon_app.core.errors import InvalidConfigError, NotEnoughImagesError, TrainingError
from dragon_app.core.networks import LrCurve
from dragon_app.core.training import CacheFolder, Phase, StepMetrics, TrainingEvent, TrainingPhotos
from dragon_app.vision import observer
from dragon_app.vision.backbone import Network, random_network
from dragon_app.vision.course import Course
from dragon_app.vision.lr_finder import DIVERGED, find_lr, suggest

MakePhotos = Callable[..., TrainingPhotos]


def _find(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    folder: Path,
    *,
    events: list[TrainingEvent] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> LrCurve:
    told = events if events is not None else []
    cache = CacheFolder(path=folder / "cache")
    return find_lr(config, photos, cache=cache, report=told.append, should_stop=should_stop)


@pytest.fixture(autouse=True)
def tell_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observer, "INTERVAL_S", 0.0)


@pytest.fixture
def head_only(small: FinetuneConfig) -> FinetuneConfig:
    return replace(small, freeze=Freeze.BACKBONE)


@pytest.mark.parametrize("optimizer", [Optimizer.SGD, Optimizer.ADAMW])
def test_the_loss_falls_then_climbs_and_the_rate_lies_before_the_lowest(
    head_only: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, optimizer: Optimizer
) -> None:
    curve = _find(replace(head_only, optimizer=optimizer), make_photos(), tmp_path)
    rates, losses = zip(*curve.points, strict=True)
    assert list(rates) == sorted(rates)
    assert losses[0] == pytest.approx(log(2), abs=0.05)
    assert min(losses) < 0.9 * losses[0]
    assert curve.suggestion is not None
    assert rates[0] < curve.suggestion < rates[losses.index(min(losses))]
    assert losses[-1] <= DIVERGED * min(losses)
    assert curve.words == ""


def test_the_same_seed_gives_the_same_curve(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos((3, 3), (1, 1))
    first, again = (_find(small, photos, tmp_path) for _ in range(2))
    assert first == again
    assert _find(replace(small, seed=1), photos, tmp_path).points != first.points


def test_nothing_is_kept_and_what_is_done_is_told(
    head_only: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    photos = make_photos()
    before = {path for path in tmp_path.rglob("*") if path.suffix == ".safetensors"}
    _find(head_only, photos, tmp_path, events=events)
    assert {path for path in tmp_path.rglob("*") if path.suffix == ".safetensors"} == before
    assert "Looking at photos" in {event.words for event in events if isinstance(event, Phase)}
    steps = [event for event in events if isinstance(event, StepMetrics)]
    assert steps
    assert all(0 < step.step <= step.steps_per_epoch * step.epochs for step in steps)


def test_rates_of_deeper_stages_follow_the_heads(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    config = replace(small, freeze=2, layer_decay=0.5)
    _find(config, make_photos((3, 3), (1, 1)), tmp_path, events=events)
    lrs = next(event.lrs for event in events if isinstance(event, StepMetrics))
    assert [lr / lrs[0] for lr in lrs] == pytest.approx([1, 0.5, 0.25])


def test_the_exact_optimizer_has_no_rate_to_find(
    head_only: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = replace(head_only, optimizer=Optimizer.EXACT, epochs=1)
    with pytest.raises(InvalidConfigError, match="takes no steps"):
        _find(config, make_photos(), tmp_path)


def test_it_needs_photos(
    head_only: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    with pytest.raises(NotEnoughImagesError):
        _find(head_only, make_photos((0, 0), (1, 1)), tmp_path)


def test_it_stops_when_asked(
    head_only: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []

    def has_stepped() -> bool:
        return any(isinstance(event, StepMetrics) for event in events)

    with pytest.raises(TrainingError, match="was stopped"):
        _find(head_only, make_photos(), tmp_path, events=events, should_stop=has_stepped)


def test_memory_that_is_full_says_what_to_change(
    head_only: FinetuneConfig,
    make_photos: MakePhotos,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def settle_head(course: Course) -> None:
        raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr("dragon_app.vision.lr_finder.settle_head", settle_head)
    with pytest.raises(TrainingError, match="Choose a smaller batch size"):
        _find(head_only, make_photos(), tmp_path)


def _broken(name: str, **options: Any) -> Network:
    network = random_network(name, **options)
    nn.init.constant_(next(network.body.parameters()), torch.nan)
    return network


def test_a_loss_that_is_no_number_at_once_has_words_instead_of_a_rate(
    head_only: FinetuneConfig,
    make_photos: MakePhotos,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dragon_app.vision.start.random_network", _broken)
    curve = _find(head_only, make_photos(), tmp_path)
    assert (curve.points, curve.suggestion) == ((), None)
    assert "Choose other starting weights" in curve.words


def test_a_flat_curve_has_no_suggestion() -> None:
    flat = [(10.0 ** (place / 10 - 6), 1.6 - 0.001 * place) for place in range(60)]
    assert suggest(flat) is None
    assert suggest([]) is None
