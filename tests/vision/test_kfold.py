"""Few photos, each held out in turn, on a small network."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import TrainingError
from dragon_app.core.forecast import FoldScores
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder, TrainingPhotos
from dragon_app.vision.kfold import REPEATS, SHARES, fold_scores

MakePhotos = Callable[..., TrainingPhotos]


def score(config: FinetuneConfig, photos: TrainingPhotos, folder: Path) -> FoldScores:
    count = len(photos.train) + len(photos.val)
    cache = CacheFolder(path=folder / "cache")
    return fold_scores(config, photos, range(count), cache=cache, should_stop=lambda: False)


def test_every_photo_is_held_out_once_a_repeat(make_photos: MakePhotos, tmp_path: Path) -> None:
    config = replace(PRESETS[Preset.QUICK], image_size_px=64, device="cpu")
    photos = make_photos((5, 5), (2, 2))
    found = score(config, photos, tmp_path)
    assert found.n == 14
    assert [sum(row) for row in found.confusion] == [7 * REPEATS] * 2
    assert found.confusion[0][0] > 6 * REPEATS  # the starter tells colours apart
    assert len(found.curves) == REPEATS
    sizes = [n for n, _ in found.curves[0]]
    assert len(sizes) == len(SHARES)
    assert sizes == sorted(sizes)
    assert score(config, photos, tmp_path) == found


def test_the_only_photo_of_a_class_is_never_held_out(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    found = score(small, make_photos((4, 1), (2, 0)), tmp_path)
    assert found.n == 6
    assert sum(found.confusion[1]) == 0


def test_it_stops_when_asked(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match="was stopped"):
        fold_scores(
            small, make_photos(), range(18), cache=CacheFolder(path=tmp_path / "cache"),
            should_stop=lambda: True,
        )  # fmt: skip
