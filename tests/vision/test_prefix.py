"""The frozen part of a network, computed once: the same results, in less time."""

import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, Freeze, WeightsSource
from dragon_app.core.training import (
    CacheFolder,
    EpochMetrics,
    FinetuneResult,
    Phase,
    RunFolders,
    StepMetrics,
    TrainingEvent,
    TrainingPhoto,
    TrainingPhotos,
)
from dragon_app.features.shelf import Shelf
from dragon_app.imaging.decode import decode_file
from dragon_app.imaging.sample import SAMPLES, sample_picture
from dragon_app.vision import course as course_module
from dragon_app.vision import observer as observer_module
from dragon_app.vision import photos as photos_module
from dragon_app.vision import prefix as prefix_module
from dragon_app.vision.budget import Budget
from dragon_app.vision.finetune import finetune

MakePhotos = Callable[..., TrainingPhotos]
FLOWERS = Path(__file__).resolve().parents[3] / "shared" / "data" / "flowers"


class Runs:
    """Runs in one folder that share a cache."""

    def __init__(self, folder: Path, photos: TrainingPhotos) -> None:
        self.folder = folder
        self.photos = photos
        self.events: list[TrainingEvent] = []
        self.count = 0

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def train(self, config: FinetuneConfig, *, limit_bytes: int = 10**9) -> FinetuneResult:
        self.count += 1
        self.events.clear()
        folders = RunFolders(
            checkpoints=self.folder / f"run-{self.count}",
            cache=CacheFolder(path=self.cache, limit_bytes=limit_bytes),
        )
        return finetune(
            config, self.photos, folders, report=self.events.append, should_stop=lambda: False
        )

    def weights(self, config: FinetuneConfig) -> dict[str, Tensor]:
        tensors: dict[str, Tensor] = load_file(self.train(config).checkpoint / "model.safetensors")
        return tensors

    @property
    def words(self) -> list[str]:
        return [event.words for event in self.events if isinstance(event, Phase)]

    def losses(self, config: FinetuneConfig) -> list[float]:
        self.train(config)
        return [event.loss for event in self.events if isinstance(event, StepMetrics)]


@pytest.fixture
def runs(make_photos: MakePhotos, tmp_path: Path) -> Runs:
    return Runs(tmp_path, make_photos())


@pytest.fixture
def no_decoding(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every photo that is decoded from now on fail the test."""

    def decode_file(path: Path, *, shortest_px: int | None = None) -> None:
        raise AssertionError(f"{path} was decoded")

    return lambda: monkeypatch.setattr(photos_module, "decode_file", decode_file)


def _same(first: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(tensor.equal(other[name]) for name, tensor in first.items())


KINDS = [
    {"freeze": Freeze.BACKBONE},
    {"freeze": Freeze.BACKBONE, "augment": Augment.MEDIUM, "epochs": 5},
    {"freeze": 2, "augment": Augment.LIGHT},
    {"freeze": 2, "unfreeze_after": 1, "augment": Augment.LIGHT, "epochs": 3},
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_cold_and_a_warm_cache_give_the_same_weights(
    small: FinetuneConfig, runs: Runs, no_decoding: Callable[[], None], kind: dict[str, object]
) -> None:
    config = replace(small, **kind)  # type: ignore[arg-type]
    cold = runs.weights(config)
    shutil.rmtree(runs.cache)
    assert _same(cold, runs.weights(config))
    no_decoding()
    assert _same(cold, runs.weights(config))
    assert "Looking at photos" not in runs.words


def test_other_seeds_and_rates_share_the_views(
    small: FinetuneConfig, runs: Runs, no_decoding: Callable[[], None]
) -> None:
    config = replace(small, freeze=Freeze.BACKBONE, augment=Augment.LIGHT, epochs=4)
    runs.train(replace(config, weights=WeightsSource.AUTO, backbone="regnet_y_400mf"))
    no_decoding()
    runs.train(
        replace(config, weights=WeightsSource.AUTO, backbone="regnet_y_400mf", seed=3, head_lr=0.1)
    )


def test_a_later_run_looks_at_new_photos_alone(
    small: FinetuneConfig, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(small, freeze=Freeze.BACKBONE)
    whole = runs.photos
    runs.photos = replace(whole, train=whole.train[:-2])
    runs.train(config)
    decoded = []

    def counted(path: Path, *, shortest_px: int | None = None) -> object:
        decoded.append(path)
        return decode_file(path, shortest_px=shortest_px)

    monkeypatch.setattr(photos_module, "decode_file", counted)
    runs.photos = whole
    runs.train(config)
    assert sorted(decoded) == sorted(photo.path for photo in whole.train[-2:])


def test_no_thread_is_left_behind(small: FinetuneConfig, runs: Runs) -> None:
    before = threading.active_count()
    runs.train(replace(small, augment=Augment.LIGHT))
    runs.train(replace(small, freeze=2))
    assert threading.active_count() == before


def test_a_network_that_cannot_be_cut_learns_without_the_cache_and_says_so(
    small: FinetuneConfig, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_module, "split", lambda *_: None)
    runs.train(replace(small, freeze=2))
    assert "Without the cache after stage 2: this network cannot be cut there" in runs.words
    assert len([event for event in runs.events if isinstance(event, EpochMetrics)]) == 2


@pytest.mark.parametrize("factor", [1e12, 1e-9])
def test_numbers_that_float16_cannot_hold_are_not_kept(
    small: FinetuneConfig, runs: Runs, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    run = course_module.Course.run

    def scaled(course: course_module.Course, part: object, batch: Tensor) -> Tensor:
        made = run(course, part, batch)  # type: ignore[arg-type]
        return made * factor if part is course.network.body else made

    monkeypatch.setattr(course_module.Course, "run", scaled)
    result = runs.train(replace(small, freeze=Freeze.BACKBONE))
    words = "Without the cache after stage 4: its numbers are out of the range of the cache"
    assert words in runs.words
    assert result.epochs_done == 2


def test_rows_beyond_the_memory_are_read_from_the_disk(
    small: FinetuneConfig, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(small, freeze=2, augment=Augment.LIGHT)
    expected = runs.weights(config)
    monkeypatch.setattr(Budget, "take", lambda budget, wanted_bytes: False)
    assert _same(expected, runs.weights(config))


def test_without_memory_and_disk_rows_are_made_each_time(
    small: FinetuneConfig, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(small, freeze=2, augment=Augment.LIGHT)
    expected = runs.train(config)
    shutil.rmtree(runs.cache)
    monkeypatch.setattr(Budget, "take", lambda budget, wanted_bytes: False)
    monkeypatch.setattr(Shelf, "put", lambda *_: False)
    result = runs.train(config)
    assert result.val_loss == pytest.approx(expected.val_loss, abs=1e-2)


def _real_photos(folder: Path) -> TrainingPhotos:
    """Return flowers where they are at hand, else drawn pictures."""
    if FLOWERS.is_dir():
        names = sorted(each.name for each in (FLOWERS / "train").iterdir())
        parts = {
            part: [sorted((FLOWERS / part / name).iterdir())[:count] for name in names]
            for part, count in (("train", 8), ("val", 4))
        }
    else:
        sample = SAMPLES["knights"]
        paths: list[list[Path]] = []
        for number in range(2):
            paths.append([])
            for place in range(12):
                path = folder / f"{number}-{place}.jpg"
                path.write_bytes(sample_picture(sample, number, place + 1).data)
                paths[-1].append(path)
        names = ["one", "other"]
        parts = {"train": [each[:8] for each in paths], "val": [each[8:] for each in paths]}

    def photos(of: Sequence[Sequence[Path]]) -> tuple[TrainingPhoto, ...]:
        return tuple(
            TrainingPhoto(path=path, digest=str(path), target=target)
            for target, paths in enumerate(of)
            for path in paths
        )

    return TrainingPhotos(
        class_names=tuple(names), train=photos(parts["train"]), val=photos(parts["val"])
    )


@pytest.mark.parametrize(
    ("freeze", "augment"),
    [
        (Freeze.BACKBONE, Augment.OFF),
        (Freeze.BACKBONE, Augment.MEDIUM),
        (Freeze.ALL_BUT_LAST_STAGE, Augment.LIGHT),
    ],
)
def test_on_real_photos_the_cache_changes_nothing_that_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, freeze: Freeze, augment: Augment
) -> None:
    runs = Runs(tmp_path, _real_photos(tmp_path))
    monkeypatch.setattr(observer_module, "INTERVAL_S", 0.0)
    config = FinetuneConfig(
        epochs=5,
        batch_size=8,
        image_size_px=64,
        freeze=freeze,
        augment=augment,
        device="cpu",
        arithmetic=Arithmetic.FLOAT32,
    )
    cached = runs.losses(config)
    accuracy = [event.val_accuracy for event in runs.events if isinstance(event, EpochMetrics)]
    monkeypatch.setattr(prefix_module, "split", lambda *_: None)
    uncached = runs.losses(config)
    assert len(uncached) >= 10
    differences = [abs(a - b) for a, b in zip(cached[:10], uncached[:10], strict=True)]
    assert max(differences) < 1e-2, differences
    if freeze is Freeze.BACKBONE:
        again = [event.val_accuracy for event in runs.events if isinstance(event, EpochMetrics)]
        assert accuracy[-1] == again[-1]


def test_frozen_statistics_stay_while_the_rest_learns(small: FinetuneConfig, runs: Runs) -> None:
    config = replace(small, freeze=2, epochs=1)
    first = runs.weights(config)
    longer = runs.weights(replace(config, epochs=3))
    still = {name for name, tensor in first.items() if tensor.equal(longer[name])}
    stages = ("body.conv1.", "body.stage2.")
    assert {name for name in first if name.startswith(stages)} <= still
    moving = {name for name in first if name.endswith("running_mean")} - still
    assert {name.split(".")[1] for name in moving} == {"stage3", "stage4", "conv5"}


def test_the_bar_goes_from_nothing_to_all(small: FinetuneConfig, runs: Runs) -> None:
    runs.train(replace(small, freeze=Freeze.BACKBONE))
    phases = [e for e in runs.events if isinstance(e, Phase) and e.words == "Looking at photos"]
    assert (phases[0].done, phases[-1].done, phases[-1].total) == (0, 18, 18)
    assert all(before.done <= after.done for before, after in pairwise(phases))


def test_torch_draws_the_same_random_numbers_warm_and_cold(
    small: FinetuneConfig, runs: Runs
) -> None:
    outside = torch.initial_seed()
    config = replace(small, backbone="mobilenet_v3_small", freeze=3, seed=77)  # has dropout behind
    assert _same(runs.weights(config), runs.weights(config))
    assert torch.initial_seed() == outside != config.seed
