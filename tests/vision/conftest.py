"""Small real photos, small networks, and a torch home that holds nothing."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, Freeze, WeightsSource
from dragon_app.core.training import TrainingPhoto, TrainingPhotos
from dragon_app.vision.pair import wait_quietly

wait_quietly()

COLOURS = ((200, 40, 40), (40, 60, 200), (40, 180, 60))

MakePhotos = Callable[..., TrainingPhotos]


def draw(path: Path, colour: tuple[int, int, int], seed: int, size: tuple[int, int]) -> None:
    """Write a noisy picture of one colour, (width, height)."""
    width, height = size
    noise = np.random.default_rng(seed).normal(0, 30, (height, width, 3))
    pixels = np.clip(noise + np.array(colour), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture(autouse=True)
def torch_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where torchvision keeps its weights: an empty folder."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch"


@pytest.fixture
def make_photos(tmp_path: Path) -> MakePhotos:
    """Make photos of classes that differ in colour: a count per class for train and for val."""

    def make(train: tuple[int, ...] = (6, 6), val: tuple[int, ...] = (3, 3)) -> TrainingPhotos:
        def part(name: str, counts: tuple[int, ...]) -> tuple[TrainingPhoto, ...]:
            photos = []
            for target, count in enumerate(counts):
                for number in range(count):
                    path = tmp_path / f"{name}-{target}-{number}.png"
                    seed = 100 * target + number + (50 if name == "val" else 0)
                    draw(path, COLOURS[target], seed, (90 + 10 * number % 30, 80))
                    photos.append(TrainingPhoto(path=path, digest=path.stem, target=target))
            return tuple(photos)

        return TrainingPhotos(
            class_names=("red", "blue", "green")[: len(train)],
            train=part("train", train),
            val=part("val", val),
            snapshot_digest="abc",
        )

    return make


@pytest.fixture
def small() -> FinetuneConfig:
    """A run of a small network that takes a second."""
    return FinetuneConfig(
        backbone="shufflenet_v2_x0_5",
        weights=WeightsSource.NONE,
        freeze=Freeze.NOTHING,
        image_size_px=32,
        epochs=2,
        batch_size=4,
        head_lr=1e-2,
        augment=Augment.OFF,
        device="cpu",
        arithmetic=Arithmetic.FLOAT32,
    )
