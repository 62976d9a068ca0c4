"""Photos of a run in memory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dragon_app.core.errors import TrainingError
from dragon_app.core.training import TrainingPhoto, TrainingPhotos
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.photos import CompactPhotos
from dragon_app.vision.transforms import EvalTransform

MakePhotos = Callable[..., TrainingPhotos]
SEEN = EvalTransform(resize_px=40, crop_px=32)
SILENT = Observer(lambda event: None, lambda: False)


def test_photos_are_read_once_as_far_as_memory_reaches(make_photos: MakePhotos) -> None:
    photos = make_photos((6,), (0,)).train
    whole = CompactPhotos(photos, SEEN)
    whole.load(SILENT)
    some = CompactPhotos(photos, SEEN, budget_bytes=3 * 40 * 60 * 3)
    some.load(SILENT)
    for photo in photos[:2]:
        photo.path.unlink()
    assert all(a.equal(b) for a, b in zip(whole.batch([1, 5]), some.batch([1, 5]), strict=True))


def test_a_photo_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = TrainingPhoto(path=tmp_path / "gone.jpg", digest="gone", target=0)
    with pytest.raises(TrainingError, match=r"gone\.jpg"):
        CompactPhotos([gone], SEEN).load(SILENT)


def test_reading_stops_when_asked(make_photos: MakePhotos) -> None:
    photos = CompactPhotos(make_photos().train, SEEN)
    with pytest.raises(StoppedError):
        photos.load(Observer(lambda event: None, lambda: True))
