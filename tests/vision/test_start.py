"""From settings to a network."""

from pathlib import Path

import pytest

from dragon_app.core.config import WeightsSource
from dragon_app.core.errors import InvalidConfigError, WeightsError
from dragon_app.core.ports import ByteProgress
from dragon_app.core.training import Phase, TrainingEvent
from dragon_app.vision import start
from dragon_app.vision.observer import Observer
from dragon_app.vision.sources import Pretrained, imagenet_path
from dragon_app.vision.transforms import EvalTransform


def test_the_weights_are_told_before_anything_else() -> None:
    told: list[TrainingEvent] = []
    start.find_weights(WeightsSource.AUTO, "resnet18", None, Observer(told.append, lambda: False))
    words = "Starting from none (random): no pretrained weights for resnet18 on this machine"
    assert told == [Phase(words=words)]


def test_weights_for_one_size_alone_refuse_another() -> None:
    own = EvalTransform(resize_px=256, crop_px=224)
    found = Pretrained(words="file", transform=own, path=Path("x"))
    with pytest.raises(InvalidConfigError, match="photos of 224 px alone, not 96"):
        start.read_as(found, "vit_b_16", 96)
    assert start.read_as(found, "resnet18", 112).resize_px == 128


def test_a_network_without_weights_takes_any_size() -> None:
    found = Pretrained(words="none", transform=EvalTransform(resize_px=256, crop_px=224))
    assert start.read_as(found, "vit_b_16", 96).crop_px == 96


def test_imagenet_weights_are_fetched_and_told_in_megabytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fetch(name: str, *, report: ByteProgress) -> None:
        report(40_000_000, 45_000_000)
        imagenet_path(name).parent.mkdir(parents=True)
        imagenet_path(name).touch()

    monkeypatch.setattr(start, "fetch_imagenet", fetch)
    told: list[TrainingEvent] = []
    observer = Observer(told.append, lambda: False)
    found = start.find_weights(WeightsSource.IMAGENET, "resnet18", None, observer)
    assert told[0] == Phase(words="Fetching resnet18 (MB)", done=40, total=45)
    assert found.words == "ImageNet (resnet18)"


def test_imagenet_weights_that_cannot_be_fetched_end_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fetch(name: str, *, report: ByteProgress) -> None:
        raise WeightsError("offline")

    monkeypatch.setattr(start, "fetch_imagenet", fetch)
    with pytest.raises(WeightsError, match="offline"):
        start.find_weights(
            WeightsSource.IMAGENET, "resnet18", None, Observer(lambda event: None, lambda: False)
        )
