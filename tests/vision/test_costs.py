"""The freezing map's numbers: directions, what is kept, and that no training is disturbed."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, Optimizer, WeightsSource
from dragon_app.core.errors import TrainingError
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.training import CacheFolder
from dragon_app.vision import stopwatch
from dragon_app.vision.backbone import anatomy, random_network
from dragon_app.vision.costs import CLASSES, costs
from dragon_app.vision.observer import Observer
from dragon_app.vision.stopwatch import StageTimes, time_stages


@pytest.fixture
def config(small: FinetuneConfig) -> FinetuneConfig:
    return replace(small, arithmetic=Arithmetic.FLOAT32)


@pytest.fixture
def cache(tmp_path: Path) -> CacheFolder:
    return CacheFolder(path=tmp_path)


def ask(config: FinetuneConfig, cache: CacheFolder, *, photos: int = 100) -> TrainingCosts:
    return costs(config, photos=photos, cache=cache, should_stop=lambda: False)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch, config: FinetuneConfig) -> list[StageTimes]:
    """What the stopwatch says instead of looking at the clock; a question empties the list."""
    stages = len(anatomy(config.backbone, 32).stages)
    told = StageTimes(
        look_s=(1.0,) * stages + (0.1,),
        forward_s=(2.0,) * stages + (0.2,),
        backward_s=(4.0,) * stages + (0.4,),
        saved_bytes=(1e6,) * stages + (1e3,),
        passing_bytes=1e5,
    )
    answers = [told]
    monkeypatch.setattr("dragon_app.vision.costs.time_stages", lambda *_: answers.pop())
    monkeypatch.setattr("dragon_app.vision.costs._time_photos", lambda *_: (0.5, 0.25))
    monkeypatch.setattr("dragon_app.vision.costs._time_step", lambda _: 0.0)
    return answers


def test_a_real_network_is_measured_stage_by_stage(
    config: FinetuneConfig, cache: CacheFolder
) -> None:
    before = torch.get_rng_state()
    found = ask(config, cache)
    assert torch.equal(torch.get_rng_state(), before)
    parts = anatomy(config.backbone, 32)
    assert found.stages == parts.stages
    assert [each.frozen for each in found.by_frozen] == list(range(len(parts.stages) + 1))
    assert all(each.once_s > 0 and each.epoch_s > 0 for each in found.by_frozen)
    memory = [each.memory_bytes for each in found.by_frozen]
    assert memory == sorted(memory, reverse=True)
    assert found.by_frozen[0].memory_bytes > found.by_frozen[-1].memory_bytes
    assert found.photos_per_s > 0


def test_parameters_are_those_that_learn(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    found = ask(config, cache)
    head = (anatomy(config.backbone, 32).width + 1) * CLASSES
    everything = head + sum(stage.parameters for stage in found.stages)
    assert found.by_frozen[0].trainable_parameters == everything
    assert found.by_frozen[-1].trainable_parameters == head
    assert found.by_frozen[1].trainable_parameters == everything - found.stages[0].parameters


def test_what_is_frozen_is_looked_at_once_and_the_rest_in_every_epoch(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    found = ask(config, cache)
    for cost in found.by_frozen:
        learning = len(found.stages) - cost.frozen
        assert cost.once_s == pytest.approx(100 * (0.5 + cost.frozen))
        learned_s, measured_s = 6 * learning + 0.6, learning + 0.1
        assert cost.epoch_s == pytest.approx(100 * (0.8 * learned_s + 0.2 * measured_s))


def test_varied_photos_are_looked_at_as_often_as_there_are_views(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    plain = ask(config, cache)
    varied = ask(replace(config, augment=Augment.LIGHT), cache)
    assert varied.by_frozen[-1].once_s > 3 * plain.by_frozen[-1].once_s
    assert varied.by_frozen[-1].epoch_s == plain.by_frozen[-1].epoch_s
    assert varied.by_frozen[0].epoch_s > plain.by_frozen[0].epoch_s


def test_memory_follows_batch_and_optimizer(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    first = ask(config, cache).by_frozen[0]
    larger = ask(replace(config, batch_size=2 * config.batch_size), cache).by_frozen[0]
    lighter = ask(replace(config, optimizer=Optimizer.SGD), cache).by_frozen[0]
    assert larger.memory_bytes > first.memory_bytes + config.batch_size * 1e6
    assert first.memory_bytes - lighter.memory_bytes == 4 * first.trainable_parameters


def test_the_second_question_is_answered_from_the_first(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    first = ask(config, cache)
    assert not times
    assert ask(config, cache) == first
    doubled = ask(config, cache, photos=200)
    assert doubled.by_frozen[0].epoch_s == pytest.approx(2 * first.by_frozen[0].epoch_s)


def test_imagenets_weights_need_not_be_here(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    imagenet = replace(config, weights=WeightsSource.IMAGENET, image_size_px=None)
    assert ask(imagenet, cache).image_size_px == 224


def test_auto_says_what_it_took(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    auto = replace(config, arithmetic=Arithmetic.AUTO)
    first = ask(auto, cache)
    assert first.arithmetic in set(Arithmetic) - {Arithmetic.AUTO}
    assert ask(auto, cache) == first


def test_a_damaged_measurement_is_taken_again(
    config: FinetuneConfig, cache: CacheFolder, times: list[StageTimes]
) -> None:
    again = times[0]
    first = ask(config, cache)
    (file,) = cache.path.rglob("*.json")
    file.write_text(file.read_text().replace("look_s", "seen_s"))
    times.append(again)
    assert ask(config, cache) == first


def test_a_stop_is_said_and_keeps_nothing(config: FinetuneConfig, cache: CacheFolder) -> None:
    with pytest.raises(TrainingError, match="stopped"):
        costs(config, photos=9, cache=cache, should_stop=lambda: True)
    assert not list(cache.path.rglob("*.json"))


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "swin_t", "googlenet"])
def test_every_kind_of_network_has_its_marks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopwatch, "BUDGET_S", 0.01)
    parts = anatomy(name, 64)
    network = random_network(
        name, classes=2, image_size_px=64, generator=torch.Generator().manual_seed(0)
    )
    times = time_stages(
        network, parts, 64, Arithmetic.FLOAT32, Observer(lambda _: None, lambda: False)
    )
    assert len(times.look_s) == len(parts.stages) + 1
    assert all(each > 0 for each in times.forward_s)
    assert all(each > 0 for each in times.backward_s)
    assert all(each > 0 for each in times.saved_bytes[:-1])


def test_memory_that_is_full_says_what_to_change(
    config: FinetuneConfig, cache: CacheFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def time_stages(*_: object) -> StageTimes:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr("dragon_app.vision.costs.time_stages", time_stages)
    with pytest.raises(TrainingError, match="smaller image size"):
        ask(config, cache)
